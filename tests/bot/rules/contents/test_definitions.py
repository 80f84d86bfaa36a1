import tomllib
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.rules.contents.definitions import read, together
from bot.values.definitions import BadDefinition

SHOP = """
[[segment]]
id = "tea-lovers"
name = "爱茶的人"
rule = { all = [ { field = "orders_365d", op = ">=", value = 1 }, { field = "tags", op = "has", value = "tea" } ] }

[[content]]
id = "water-temperature"
title = "泡茶的水温"
category = "leisure"
purpose = "care"
kind = "text"
text = "{customer.name|您}好，绿茶宜用 80℃ 的水"

[[campaign]]
id = "evening-tea"
name = "晚间茶话"
segment = "tea-lovers"
contents = ["water-temperature"]
starts = 2026-12-01
ends = 2026-12-31

[[knowledge]]
id = "water"
question = "绿茶用多热的水？"
keywords = ["水温", "绿茶"]
answer = "80℃ 左右。"

[[festival]]
id = "our-day"
name = "店庆"
on = "9-18"
"""


def changed(old: str, new: str) -> dict[str, Any]:
    assert old in SHOP
    return tomllib.loads(SHOP.replace(old, new))


def test_a_file_becomes_definitions_with_their_defaults() -> None:
    found = read("shop.toml", tomllib.loads(SHOP))

    (campaign,) = found.campaigns
    assert (campaign.starts, campaign.ends, campaign.contents) == (
        date(2026, 12, 1),
        date(2026, 12, 31),
        ("water-temperature",),
    )
    assert (campaign.status, campaign.priority, campaign.regular, campaign.repeat, campaign.channels) == (
        "draft",
        0,
        True,
        False,
        (),
    )
    assert found.contents[0].text.startswith("{customer.name|您}好")
    assert found.knowledge[0].keywords == "水温 绿茶"
    assert found.segments[0].rule["all"][1]["value"] == "tea"
    (ours,) = found.festivals
    assert (ours.english, ours.kind, ours.falls, ours.lasts) == ("店庆", "own", {"on": "09-18"}, 1)


@pytest.mark.parametrize(
    ("said", "occasion", "regular"),
    [
        pytest.param("", None, True, id="any day: by the rhythm"),
        pytest.param("occasion = { birthday = true }", {"birthday": True, "days_before": 0, "lasts": 1}, False, id="a day: bound to it"),
        pytest.param("regular = true\noccasion = { birthday = true }", {"birthday": True, "days_before": 0, "lasts": 1}, True, id="unless it says so"),
        pytest.param(
            'occasion = { care = { field = "points", op = ">=", value = 9 } }',
            {"care": {"field": "points", "op": ">=", "value": 9}, "lasts": 7, "pause_days": 30, "existing": False}, True,
            id="a condition: by the rhythm",
        ),
    ],
)  # fmt: skip
def test_a_campaign_that_waits_for_a_day_is_bound_to_it(said: str, occasion: Any, regular: bool) -> None:
    (campaign,) = read("shop.toml", changed("ends = 2026-12-31", f"ends = 2026-12-31\n{said}")).campaigns
    assert (campaign.occasion, campaign.regular) == (occasion, regular)


def test_days_and_times_may_be_text_as_over_the_api() -> None:
    raw = changed("starts = 2026-12-01", 'starts = "2026-12-01"')
    raw["content"][0]["useful_until"] = "2026-12-31T18:00:00+08:00"

    found = read("shop.toml", raw)
    assert found.campaigns[0].starts == date(2026, 12, 1)
    assert found.contents[0].useful_until == datetime(2026, 12, 31, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param("[[knowledge]]", "[[wisdom]]", "shop.toml: wisdom: unknown table", id="unknown table"),
        pytest.param(
            'name = "店庆"',
            'name = "店庆"\nlunar = "05-05"',
            "shop.toml: festival our-day: expected one of on, lunar, term, weekday, dates; found on and lunar",
            id="a festival by two calendars",
        ),
        pytest.param(
            "[[knowledge]]",
            "[knowledge]",
            "shop.toml: knowledge: expected [[knowledge]] tables",
            id="one bracket",
        ),
        pytest.param(
            'segment = "tea',
            'segmnt = "tea',
            "campaign evening-tea: segmnt: unknown key; expected id, name, segment",
            id="unknown key",
        ),
        pytest.param(
            'segment = "tea-lovers"',
            "",
            "shop.toml: campaign evening-tea: segment: missing",
            id="missing key",
        ),
        pytest.param('id = "evening-tea"', "", "shop.toml: campaign: id: missing", id="no id"),
        pytest.param(
            '"evening-tea"',
            '"evening tea"',
            "campaign evening tea: id: expected 1 to 64 letters",
            id="bad id",
        ),
        pytest.param(
            '"evening-tea"', "7", "shop.toml: campaign: id: expected 1 to 64 letters", id="a number for an id"
        ),
        pytest.param(
            'contents = ["water-temperature"]',
            "contents = []",
            "campaign evening-tea: contents: expected a list of at least one",
            id="no contents",
        ),
        pytest.param(
            '["water-temperature"]',
            '["a", "a"]',
            "campaign evening-tea: contents: expected each only once",
            id="a content twice",
        ),
        pytest.param(
            "ends = 2026-12-31",
            "ends = 2026-11-30",
            "campaign evening-tea: ends: expected a day not before starts",
            id="backwards",
        ),
        pytest.param(
            "ends = 2026-12-31",
            "ends = 2026-12-31T00:00:00Z",
            "campaign evening-tea: ends: expected a day as",
            id="an instant for a day",
        ),
        pytest.param(
            "ends = 2026-12-31",
            'ends = "31.12."',
            "campaign evening-tea: ends: expected a day as",
            id="another way to write it",
        ),
        pytest.param(
            "starts = ",
            'status = "on"\nstarts = ',
            "campaign evening-tea: status: expected one of draft,",
            id="bad status",
        ),
        pytest.param(
            "starts = ",
            'channels = ["fax"]\nstarts = ',
            "evening-tea: channels: expected one of reply_window, mass,",
            id="unknown channel",
        ),
        pytest.param(
            "starts = ",
            "priority = true\nstarts = ",
            "evening-tea: priority: expected a whole number",
            id="yes is no priority",
        ),
        pytest.param(
            "starts = ",
            "priority = 1000001\nstarts = ",
            "evening-tea: priority: expected a whole number from -1000000 to 1000000, found 1000001",
            id="a priority beyond all",
        ),
        pytest.param(
            "ends = 2026-12-31",
            'ends = "2026-12-32"',
            "campaign evening-tea: ends: expected a day as",
            id="no such day",
        ),
        pytest.param(
            "starts = ",
            'repeat = "no"\nstarts = ',
            "evening-tea: repeat: expected true or false",
            id="text for yes or no",
        ),
        pytest.param(
            '"care"',
            '"love"',
            "content water-temperature: purpose: expected one of marketing,",
            id="unknown purpose",
        ),
        pytest.param(
            'kind = "text"',
            'kind = "fax"',
            "content water-temperature: kind: expected one of text,",
            id="unknown kind",
        ),
        pytest.param(
            'kind = "text"',
            'kind = "image"',
            "content water-temperature: media_id: expected WeChat's id",
            id="an image without one",
        ),
        pytest.param(
            "{customer.name|您}",
            "{customer.nam|您}",
            "content water-temperature: text: no name {customer.nam}",
            id="unknown name in a text",
        ),
        pytest.param(
            "{customer.name|您}好",
            "{customer.name|您好",
            "content water-temperature: text: a { without",
            id="an open brace",
        ),
        pytest.param(
            "80℃ 的水",
            "好" * 700,
            "content water-temperature: text: expected at most 2000 bytes",
            id="too long",
        ),
        pytest.param(
            '"orders_365d"',
            '"orders_1d"',
            "segment tea-lovers: rule.all[0].field: no field 'orders_1d'",
            id="a bad rule names its node",
        ),
        pytest.param(
            '"泡茶的水温"',
            '" "',
            "content water-temperature: title: expected 1 to 100 characters",
            id="a blank title",
        ),
    ],
)
def test_a_mistake_is_one_line_with_file_table_id_and_field(old: str, new: str, says: str) -> None:
    with pytest.raises(BadDefinition) as refused:
        read("shop.toml", changed(old, new))

    assert says in str(refused.value)
    assert str(refused.value).startswith("shop.toml: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "raw",
    [
        {"content": None},
        {"content": [None]},
        {"segment": [{"id": "a", "name": None, "rule": {}}]},
        {"segment": [{"id": None}]},
    ],
)
def test_nothing_where_something_is_needed_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(BadDefinition):
        read("body", raw)


def test_the_same_id_twice_names_both_files() -> None:
    one = read("one.toml", tomllib.loads(SHOP))
    two = read("two.toml", tomllib.loads(SHOP))
    with pytest.raises(
        BadDefinition, match=r"two.toml: segment tea-lovers: id: given twice, first in one.toml"
    ):
        together([one, two])


def test_files_without_anything_in_common_go_together() -> None:
    raw = tomllib.loads(SHOP)
    whole = together(
        [read("a.toml", {"segment": raw["segment"]}), read("b.toml", {"campaign": raw["campaign"]})]
    )
    assert (len(whole.segments), len(whole.campaigns), len(whole.contents)) == (1, 1, 0)
