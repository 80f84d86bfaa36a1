"""Tables in which a Chinese character is two places wide."""

from bot.rules.columns import table, wide


def test_a_chinese_character_takes_two_places() -> None:
    assert wide("a活动（1）") == 1 + 4 + 2 + 1 + 2


def test_columns_stand_under_each_other() -> None:
    lines = list(table([["id", "名称", "人数"], ["tea", "晚间茶话", "1,024"]]))
    assert lines == ["id   名称       人数", "tea  晚间茶话  1,024"]
