"""What a command tells about its work."""

from bot.rules.intake.reports import of_changes
from bot.values.definitions import Change, FieldChange


def test_of_a_table_only_what_differs_in_it_is_told() -> None:
    cover = "9" * 80
    old = {"cover": cover, "digest": "今年的第一批", "author": "小林"}
    new = {"cover": cover, "digest": "改过的摘要", "url": "https://example.com"}
    fields = (FieldChange("details", old, new), FieldChange("title", "茶", "新茶"))
    assert list(of_changes([Change("updated", "content", "spring", fields)])) == [
        "updated    content spring",
        "           details.author: '小林' → None",
        "           details.digest: '今年的第一批' → '改过的摘要'",
        "           details.url: None → 'https://example.com'",
        "           title: '茶' → '新茶'",
    ]
