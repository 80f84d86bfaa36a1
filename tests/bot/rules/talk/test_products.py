"""What of a product's name is the thing, and what is only done with it."""

import pytest

from bot.rules.talk.continuing_words import asks_of_any_goods
from bot.rules.talk.products import is_an_activity, is_called


@pytest.mark.parametrize(
    ("words", "name", "is_one"),
    [
        ("磨刀", "双面磨刀石", True),
        ("泡茶", "「初见」泡茶入门套装", True),
        ("煮茶", "玻璃煮茶壶 600 毫升", True),
        ("磨刀石", "双面磨刀石", False),
        ("炒锅", "熟铁炒锅 32 厘米", False),
        ("紫砂", "西施紫砂壶 180 毫升", False),
        ("炖汤", "珐琅铸铁炖锅", False),
    ],
)
def test_an_activity_is_no_thing(words: str, name: str, is_one: bool) -> None:
    assert is_an_activity(words, name) is is_one


def test_a_thing_is_called_by_what_its_name_ends_with() -> None:
    assert is_called("红茶", "祁门红茶 100 克")
    assert is_called("茶巾", "棉麻茶巾（两条）")
    assert not is_called("入门", "「初见」泡茶入门套装")


@pytest.mark.parametrize("text", ["有货吗", "多少一斤", "还有没有", "一盒多少钱", "什么时候补货", "怎么卖"])
def test_of_whatever_was_spoken_of(text: str) -> None:
    assert asks_of_any_goods(text)


@pytest.mark.parametrize("text", ["有茶针吗", "有没有刷子", "运费多少"])
def test_of_something_else(text: str) -> None:
    assert not asks_of_any_goods(text)
