from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.api.operations import RESOURCES
from tests.conftest import NOON
from tests.handlers.api.conftest import Let, Program
from tests.handlers.api.test_upserts import code_of

Make = Callable[..., Any]
HOUR = timedelta(hours=1)


def ids(items: list[Any]) -> list[Any]:
    return [item["id"] for item in items]


@pytest.fixture
def five(make: Make) -> list[int]:
    """Messages of one customer, an hour apart, the first at noon."""
    anna = make("customer", openid="o-anna")
    return [make("message", anna, f"第{hour}条", created_at=NOON + hour * HOUR) for hour in range(5)]


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 200])
@pytest.mark.parametrize("query", [{}, {"openid": "o-anna"}, {"from": "2026-11-24"}])
def test_pages_hold_everything_once_in_either_order(
    erp: Program, five: list[int], limit: int, query: dict[str, str]
) -> None:
    assert ids(erp.found("/messages", limit=limit, **query)) == five
    assert ids(erp.found("/messages", limit=limit, sort="newest", **query)) == five[::-1]


def test_what_comes_meanwhile_is_on_a_later_page(erp: Program, five: list[int], make: Make) -> None:
    first: Any = erp.get("/messages", limit=3).json
    later = make("message", make("customer"), "后来的")
    assert ids(erp.found("/messages", limit=3, cursor=first["next"])) == [*five[3:], later]


def test_the_link_header_leads_to_the_next_page(erp: Program, five: list[int]) -> None:
    answer = erp.get("/messages", limit=3, openid="o-anna")
    address = answer.headers["Link"].removeprefix("</api/v1").partition(">")[0]
    assert ids(erp.found(address)) == five[3:]
    assert "Link" not in erp.get("/messages").headers


@pytest.mark.parametrize("other", [{"direction": "in"}, {"sort": "newest"}])
def test_a_cursor_belongs_to_its_list_and_filters(
    erp: Program, five: list[int], other: dict[str, str]
) -> None:
    cursor = erp.get("/messages", limit=1).json["next"]  # type: ignore[index]
    assert erp.get("/messages", limit=2, cursor=cursor).status_code == 200
    for answer in (
        erp.get("/messages", cursor=cursor, **other),
        erp.get("/events", cursor=cursor),
        erp.get("/messages", cursor=cursor[:-3] + "abc"),
        erp.get("/messages", cursor="1"),
    ):
        assert (answer.status_code, code_of(answer)) == (400, "bad_parameter")
        assert "cursor" in answer.text


def test_messages_are_found_by_who_when_which_way_and_words(erp: Program, make: Make) -> None:
    anna, ben = make("customer", openid="o-anna"), make("customer", openid="o-ben")
    asked = make("message", anna, "绿茶用多热的水", created_at=NOON)
    told = make("message", anna, "80℃ 的水", direction="out", created_at=NOON + HOUR)
    other = make("message", ben, "100%", created_at=NOON + 2 * HOUR)

    assert ids(erp.found("/messages", openid="o-anna")) == [asked, told]
    assert ids(erp.found("/messages", customer_id=ben)) == [other]
    assert erp.found("/messages", openid="o-anna", customer_id=ben) == []
    assert erp.found("/messages", openid="nobody") == []
    assert ids(erp.found("/messages", direction="out")) == [told]
    assert ids(erp.found("/messages", q="的水")) == [asked, told]
    assert ids(erp.found("/messages", q="%")) == [other]
    assert ids(erp.found("/messages", **{"from": "2026-11-24T12:00:00+08:00", "to": "2026-11-24T13:00"})) == [
        asked
    ]
    assert ids(erp.found("/messages", **{"from": "2026-11-24T05:00:00Z", "openid": "o-anna"})) == [told]
    assert ids(erp.found("/messages?from=2026-11-24T14:00:00+08:00")) == [other]  # nobody escaped the +
    assert ids(erp.found("/messages?openid=&q=&from=&to=&direction=")) == [asked, told, other]
    one: Any = erp.get(f"/messages/{asked}").json
    assert (one["openid"], one["text"], one["created_at"]) == (
        "o-anna",
        "绿茶用多热的水",
        "2026-11-24T04:00:00Z",
    )


def test_events_are_what_happened_without_words(erp: Program, make: Make) -> None:
    anna = make("customer", openid="o-anna")
    make("message", anna, "你好")
    followed = make("message", anna, "", kind="event:follow")
    scanned = make("message", anna, "pot", kind="event:scan")
    assert ids(erp.found("/events")) == [followed, scanned]
    assert ids(erp.found("/events", kind="event:scan", openid="o-anna")) == [scanned]


def test_deliveries_are_found_by_campaign_customer_state_and_when_they_are_due(
    erp: Program, make: Make
) -> None:
    make("segment")
    content = make("content")
    tea, pots = make("campaign", "tea", [content]), make("campaign", "pots", [content])
    anna, ben = make("customer", openid="o-anna"), make("customer", openid="o-ben")
    sent = make("delivery", customer_id=anna, campaign_id=tea, content_id=content, state="sent", due_at=NOON)
    late = make("delivery", customer_id=ben, campaign_id=tea, due_at=NOON + HOUR)
    pot = make(
        "delivery", customer_id=anna, campaign_id=pots, state="skipped", reason="too_soon", due_at=NOON - HOUR
    )

    assert ids(erp.found("/deliveries")) == [sent, late, pot]
    assert ids(erp.found("/deliveries", campaign="tea", limit=1)) == [sent, late]
    assert ids(erp.found("/deliveries", campaign="tea", state="sent")) == [sent]
    assert ids(erp.found("/deliveries", openid="o-anna")) == [sent, pot]
    assert ids(erp.found("/deliveries", **{"from": "2026-11-24", "to": "2026-11-25"})) == [pot, sent, late]
    assert ids(erp.found("/deliveries", **{"from": NOON.isoformat(), "limit": 1, "sort": "newest"})) == [
        late,
        sent,
    ]
    one: Any = erp.get(f"/deliveries/{pot}").json
    assert (one["campaign_id"], one["state"], one["reason"], one["openid"]) == (
        "pots",
        "skipped",
        "too_soon",
        "o-anna",
    )


@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("/deliveries", {"from": "yesterday"}, "from"),
        ("/deliveries", {"to": "2026-13-01"}, "to"),
        ("/deliveries", {"state": "perhaps"}, "state"),
        ("/deliveries", {"stat": "sent"}, "stat"),
        ("/messages", {"limit": "201"}, "limit"),
        ("/messages", {"limit": "0"}, "limit"),
        ("/messages", {"limit": "many"}, "limit"),
        ("/messages", {"q": "a\0b"}, "q"),
        ("/messages", {"openid": "x" * 65}, "openid"),
        ("/messages", {"openid": ["a", "b"]}, "openid"),
        ("/messages", {"customer_id": str(2**63)}, "customer_id"),
        ("/customers", {"phone": "12"}, "phone"),
        ("/knowledge", {"enabled": "perhaps"}, "enabled"),
    ],
)
def test_a_filter_that_is_none_is_refused_by_name(
    erp: Program, path: str, query: dict[str, Any], name: str
) -> None:
    answer = erp.get(path, **query)
    said: Any = answer.json
    assert (answer.status_code, code_of(answer)) == (400, "bad_parameter")
    assert [error["field"] for error in said["errors"]] == [name]


@pytest.mark.parametrize(
    "name", ["0", "1", "-1", "x", "9" * 18, "9" * 6_000, "%00", "a%0Ab", "1e9", "%FF", "a/b", "١"]
)
def test_what_is_not_there_is_404_whatever_its_name(erp: Program, name: str) -> None:
    for resource in RESOURCES:
        answer = erp.get(f"/{resource.name}/{name}")
        assert (answer.status_code, code_of(answer)) == (404, "not_found"), (resource.name, answer.text)


def test_a_name_with_a_slash_is_found(erp: Program) -> None:
    erp.post("/products", {"external_id": "tea/green 绿", "name": "绿茶", "price": 1})
    assert erp.get("/products/tea/green 绿").json["name"] == "绿茶"  # type: ignore[index]
    assert erp.get("/products/tea%2Fgreen%20%E7%BB%BF").status_code == 200


def test_orders_are_found_by_customer_time_and_state(erp: Program, make: Make) -> None:
    anna = make("customer", openid="o-anna", external_id="C-1")
    make("order", anna, external_id="D1", ordered_at=datetime(2026, 11, 1, tzinfo=UTC))
    make("order", anna, external_id="D2", status="closed", ordered_at=datetime(2026, 10, 1, tzinfo=UTC))
    make("order", make("customer"), external_id="D3", ordered_at=datetime(2026, 11, 2, tzinfo=UTC))

    def found(**query: str) -> list[str]:
        return [order["external_id"] for order in erp.found("/orders", limit="1", **query)]

    assert found(customer_external_id="C-1") == ["D1", "D2"]
    assert found(openid="o-anna", status="closed") == ["D2"]
    assert found(**{"from": "2026-10-15"}) == ["D1", "D3"]
    assert found(to="2026-11-02") == ["D2", "D1"]


def test_what_follows_an_order_is_found_by_it(erp: Program, make: Make) -> None:
    order = make("order", make("customer"), external_id="D1")
    make("shipment", order, external_id="S1")
    make("shipment", make("order", make("customer")), external_id="S2")
    assert [one["external_id"] for one in erp.found("/shipments", order_external_id="D1")] == ["S1"]
    assert erp.found("/shipments", order_external_id="nothing") == []
    assert erp.get("/shipments/S2").status_code == 200


def test_a_segments_customers_are_found(erp: Program, make: Make) -> None:
    make("segment", "hangzhou", {"field": "region.city", "op": "=", "value": "杭州"})
    there = make("customer", city="杭州")
    make("customer", city="苏州")
    assert ids(erp.found("/customers", segment="hangzhou")) == [there]


def test_customers_of_a_segment_that_is_not_there_are_no_empty_list(erp: Program) -> None:
    answer = erp.get("/customers", segment="hangzhuo")
    assert (answer.status_code, code_of(answer)) == (400, "bad_parameter")
    assert answer.json is not None
    assert (answer.json["errors"][0]["field"], answer.json["errors"][0]["given"]) == ("segment", "hangzhuo")


def test_who_was_forgotten_is_not_among_the_customers(erp: Program, make: Make) -> None:
    gone = make("customer", openid=None, forgotten_at=NOON)
    assert erp.found("/customers") == []
    assert erp.get(f"/customers/{gone}").status_code == 404


def test_phones_birthdays_and_texts_are_masked_without_the_scope(let: Let, make: Make) -> None:
    anna = make("customer", phone="13800138000", birthday=NOON.date(), name="王芳")
    said = make("message", anna, "打我 13800138000")
    full, masked = let(), let("customers:read", "messages:read")

    def seen(program: Program) -> tuple[Any, ...]:
        who: Any = program.get(f"/customers/{anna}").json
        what: Any = program.get(f"/messages/{said}").json
        assert program.found("/customers") == [who]
        return who["phone"], who["birthday"], what["text"]

    assert seen(full) == ("13800138000", "2026-11-24", "打我 13800138000")
    assert seen(masked) == ("138****8000", None, "打我 138****8000")
