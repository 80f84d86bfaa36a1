import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from bot.clock import FixedClock
from bot.config import Membership
from bot.services import Services
from bot.store.loyalty import points
from bot.store.programs import api_clients
from bot.store.tables import customer_statistics, customers, order_lines, orders, products
from bot.values.records import Kind
from handlers.api import bodies
from handlers.api.fields import DEFINITIONS, EXAMPLES, RECORDS
from handlers.app import create_app, stop
from tests.handlers.api.conftest import Let, Program


def told(answer: TestResponse) -> list[tuple[str | None, str]]:
    said: Any = answer.json
    return [(item["id"], item["status"]) for item in said["items"]]


def errors(answer: TestResponse, item: int = 0) -> list[str]:
    said: Any = answer.json
    return [error["field"] for error in said["items"][item]["errors"]]


def test_each_published_example_is_taken_and_the_same_again_changes_nothing(erp: Program) -> None:
    for kind in (*RECORDS, *DEFINITIONS):
        first, again = erp.post(f"/{kind}", EXAMPLES[kind]), erp.post(f"/{kind}", EXAMPLES[kind])
        assert (first.status_code, again.status_code) == (200, 200), (first.text, again.text)
        assert told(first)[0][1] == ("updated" if kind == "stock" else "created"), first.text
        assert told(again)[0][1] == "unchanged", again.text


def test_what_was_sent_is_found_again(erp: Program) -> None:
    for kind in ("customers", "products", "orders"):
        erp.post(f"/{kind}", EXAMPLES[kind])
    order: Any = erp.get("/orders/D-5001").json
    assert (order["customer_external_id"], order["amount"], order["ordered_at"]) == (
        "C-1001",
        "256.00",
        "2026-11-20T02:30:00Z",
    )
    assert order["lines"] == [
        {"product_external_id": "TEA-01", "product_name": "龙井 100g", "quantity": 2, "price": "128.00"}
    ]


def test_an_order_changes_its_customers_figures_in_the_same_transaction(
    erp: Program, services: Services
) -> None:
    erp.post("/products", EXAMPLES["products"])
    erp.post("/orders", EXAMPLES["orders"])
    with services.database.reading() as session:
        assert session.execute(select(customer_statistics.c.spent)).scalar_one() == 25_600
    [customer] = erp.found("/customers")
    assert (customer["figures"]["orders"], customer["figures"]["spent"]) == (1, "256.00")


@pytest.mark.parametrize(
    ("said", "amount", "quantities"),
    [
        pytest.param({}, "247.00", [2], id="a status alone changes neither"),
        pytest.param({"amount": None, "lines": []}, "247.00", [2], id="what is empty says nothing"),
        pytest.param({"amount": "200.00"}, "200.00", [2], id="an amount alone leaves the lines"),
        pytest.param(
            {"lines": [{"product_external_id": "TEA-01", "quantity": 1, "price": "128.00"}]},
            "119.00",
            [1],
            id="lines replace lines, and the discount stays",
        ),
    ],
)
def test_of_a_known_order_what_is_not_sent_stays(
    erp: Program, said: dict[str, Any], amount: str, quantities: list[int]
) -> None:
    erp.post("/products", EXAMPLES["products"])
    erp.post("/orders", EXAMPLES["orders"] | {"discount": "5.00", "coupon_amount": "4.00"})
    head = {"external_id": "D-5001", "status": "shipped", "ordered_at": EXAMPLES["orders"]["ordered_at"]}
    assert told(erp.post("/orders", head | said)) == [("D-5001", "updated")]
    assert told(erp.post("/orders", head | said)) == [("D-5001", "unchanged")]
    order: Any = erp.get("/orders/D-5001").json
    assert (order["status"], order["amount"], order["discount"]) == ("shipped", amount, "5.00")
    assert [line["quantity"] for line in order["lines"]] == quantities
    [customer] = erp.found("/customers")
    assert customer["figures"]["spent"] == amount


def test_a_new_order_needs_lines_or_an_amount_and_makes_nobody_without(erp: Program) -> None:
    head = {key: value for key, value in EXAMPLES["orders"].items() if key != "lines"}
    assert errors(erp.post("/orders", head)) == ["amount"]
    assert erp.found("/customers") == []
    assert told(erp.post("/orders", head | {"amount": "5"})) == [("D-5001", "created")]


def test_a_list_answers_for_each_item_and_takes_the_good_ones(erp: Program, services: Services) -> None:
    erp.post("/products", EXAMPLES["products"])
    order = EXAMPLES["orders"]
    unknown = order | {
        "external_id": "D-2",
        "lines": [{"product_external_id": "no", "quantity": 1, "price": 1}],
    }
    answer = erp.post(
        "/orders",
        [order, unknown, order | {"external_id": "D-3", "status": "perhaps"}, order, {"colour": "red"}],
    )
    assert answer.status_code == 200
    assert told(answer) == [
        ("D-5001", "created"), ("D-2", "rejected"), ("D-3", "rejected"), ("D-5001", "rejected"), (None, "rejected"),
    ]  # fmt: skip
    assert errors(answer, 1) == ["lines[1].product_external_id"]
    assert errors(answer, 2) == ["status"]
    assert errors(answer, 3) == ["external_id"]
    said: Any = answer.json
    assert (said["created"], said["rejected"]) == (1, 4)
    assert said["items"][4]["ignored"] == ["colour"]
    with services.database.reading() as session:
        assert session.scalars(select(orders.c.external_id)).all() == ["D-5001"]
        assert session.scalar(select(func.count()).select_from(order_lines)) == 1


def test_when_nothing_is_taken_the_answer_is_a_problem_that_says_why(erp: Program) -> None:
    answer = erp.post("/payments", {"external_id": "P", "amount": "-1", "paid_at": "yesterday"})
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert errors(answer) == ["amount", "paid_at", "order_external_id"]


def test_a_customer_is_known_by_external_id_or_openid(erp: Program, make: Callable[..., Any]) -> None:
    make("customer", openid="o-anna", name="安娜")
    answer = erp.post(
        "/customers", [{"openid": "o-anna", "external_id": "C-1"}, {"phone": "+86 138 0013 8000"}]
    )
    assert told(answer) == [("C-1", "updated"), (None, "created")]
    [anna] = erp.found("/customers", external_id="C-1")
    assert (anna["openid"], anna["name"]) == ("o-anna", "安娜")
    assert len(erp.found("/customers", phone="13800138000")) == 1


def test_money_is_what_was_written_not_what_a_float_makes_of_it(erp: Program, services: Services) -> None:
    body = b'{"external_id": "p", "name": "n", "price": 1234567890.01}'
    erp.post("/products", data=body, content_type="application/json")
    with services.database.reading() as session:
        assert session.scalar(select(products.c.price)) == Decimal("1234567890.01")


def test_a_thousand_items_are_taken_and_one_more_is_too_many(erp: Program, services: Services) -> None:
    items = [{"external_id": f"C{number}"} for number in range(bodies.MOST_ITEMS + 1)]
    answer = erp.post("/customers", items)
    assert (answer.status_code, code_of(answer)) == (413, "too_many_items")
    assert erp.post("/customers", items[1:]).status_code == 200
    with services.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(customers)) == bodies.MOST_ITEMS


def code_of(answer: TestResponse) -> str:
    said: Any = answer.json
    code: str = said["code"]
    return code


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b'{"external_id": "C",}', "line 1, column 21", id="a comma too much"),
        pytest.param(
            b'[{"external_id":\n "C"}, \n oops]', "line 3, column 2", id="not JSON on its third line"
        ),
        pytest.param("{'名': 1}".encode("gb18030"), "UTF-8", id="another encoding"),
        pytest.param(b"", "line 1, column 1", id="nothing"),
        pytest.param(b"[]", "at least one", id="an empty list"),
        pytest.param(b"null", "object", id="null"),
        pytest.param(b'["C"]', "item 0", id="a text instead of an object"),
        pytest.param(b'{"points": NaN}', "NaN", id="not a number"),
        pytest.param(b'{"points": ' + b"9" * 6_000 + b"}", "digits", id="a number without end"),
        pytest.param(b"[" * 200_000, "nested", id="lists in lists in lists"),
        pytest.param(b'{"name": "\\ud800"}', "surrogate", id="half a character"),
    ],
)
def test_a_malformed_body_is_400_and_says_where(erp: Program, body: bytes, says: str) -> None:
    for path in ("/customers", "/segments"):
        answer = erp.post(path, data=body, content_type="application/json")
        assert (answer.status_code, code_of(answer)) == (400, "malformed"), answer.text
        assert says in answer.text


def test_a_body_that_is_not_json_by_name_is_415(erp: Program) -> None:
    assert erp.post("/customers", data=b"{}", content_type="text/csv").status_code == 415
    assert erp.post("/customers", data=b"{}").status_code == 415
    assert erp.put("/segments/s", data=b"{}", content_type="application/xml").status_code == 415


def test_a_body_of_many_megabytes_is_413(erp: Program) -> None:
    large = json.dumps([{"external_id": "C", "name": "x" * bodies.LARGEST}]).encode()
    answer = erp.post("/customers", data=large, content_type="application/json")
    assert (answer.status_code, code_of(answer)) == (413, "too_large")


STRANGE = ["'; DROP TABLE customers; --", "\x00", "\u202e", "x" * 30_000, [], {}, 10**30, True]


@pytest.mark.parametrize("kind", RECORDS)
def test_whatever_stands_in_a_field_is_taken_or_refused_by_name(erp: Program, kind: Kind) -> None:
    fields = [(field, value) for field in RECORDS[kind] for value in STRANGE]
    answer = erp.post(f"/{kind}", [EXAMPLES[kind] | {field: value} for field, value in fields])
    assert answer.status_code in {200, 422}, answer.text
    too_long = [at for at, (_, value) in enumerate(fields) if isinstance(value, str) and len(value) > 20_000]
    assert [errors(answer, at)[0] for at in too_long] == list(RECORDS[kind])


def test_the_same_key_is_answered_as_the_first_time_and_done_once(erp: Program, services: Services) -> None:
    first = erp.post("/customers", {"external_id": "C"}, key="k-1")
    again = erp.post("/customers", {"external_id": "C"}, key="k-1")
    assert (again.status_code, again.data, told(again)) == (200, first.data, [("C", "created")])
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert told(erp.post("/customers", {"external_id": "C"}, key="k-2")) == [("C", "unchanged")]


def test_two_requests_of_one_key_at_once_are_done_once(erp: Program, services: Services) -> None:
    bodies_of_both = [{"phone": f"1380013{number:04}"} for number in range(200)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: erp.post("/customers", bodies_of_both, key="k"), range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.data for answer in answers} == {answers[0].data}
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 3
    with services.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(customers)) == 200


def test_a_key_of_another_request_is_refused(erp: Program) -> None:
    erp.post("/customers", {"external_id": "C"}, key="k")
    for answer in (
        erp.post("/customers", {"external_id": "D"}, key="k"),
        erp.post("/products", {"external_id": "C"}, key="k"),
    ):
        assert (answer.status_code, code_of(answer)) == (422, "idempotency_key_reused")
    assert erp.found("/customers", external_id="D") == []


def test_keys_belong_to_the_client_that_chose_them(let: Let) -> None:
    one, other = let(), let()
    one.post("/customers", {"external_id": "C"}, key="k")
    assert told(other.post("/customers", {"external_id": "D"}, key="k")) == [("D", "created")]


def test_after_a_day_a_key_may_be_used_anew(erp: Program, clock: FixedClock) -> None:
    erp.post("/customers", {"external_id": "C"}, key="k")
    clock.forward(hours=23)
    assert told(erp.post("/customers", {"external_id": "C"}, key="k")) == [("C", "created")]
    clock.forward(hours=2)
    assert told(erp.post("/customers", {"external_id": "D"}, key="k")) == [("D", "created")]


def test_a_rejection_is_kept_under_its_key_too(erp: Program) -> None:
    first = erp.post("/orders", {"external_id": "D"}, key="k")
    again = erp.post("/orders", {"external_id": "D"}, key="k")
    assert (first.status_code, again.status_code, again.data) == (422, 422, first.data)
    assert again.content_type == "application/problem+json"


@pytest.mark.parametrize("key", ["x" * 201, "钥匙", "a\tb"])
def test_a_key_that_is_none_is_refused(erp: Program, key: str) -> None:
    answer = erp.post("/customers", {"external_id": "C"}, key=key.encode().decode("latin-1"))
    assert (answer.status_code, code_of(answer)) == (400, "malformed")


def test_what_failed_halfway_leaves_neither_the_effect_nor_the_key(erp: Program, services: Services) -> None:
    with services.database.transaction() as session:  # the answer cannot be written: as if the process died
        session.exec_driver_sql(
            "CREATE TRIGGER no_answer BEFORE UPDATE ON api_answers BEGIN SELECT RAISE(ABORT, 'died'); END"
            if services.database.is_sqlite
            else "ALTER TABLE api_answers ADD CONSTRAINT no_answer CHECK (status = 0)"
        )
    answer = erp.post("/customers", {"external_id": "C"}, key="k")
    with services.database.transaction() as session:
        session.exec_driver_sql(
            "DROP TRIGGER no_answer"
            if services.database.is_sqlite
            else "ALTER TABLE api_answers DROP CONSTRAINT no_answer"
        )
    assert (answer.status_code, code_of(answer)) == (500, "error")
    assert erp.found("/customers") == []
    assert told(erp.post("/customers", {"external_id": "C"}, key="k")) == [("C", "created")]


def test_points_are_refused_while_they_are_counted_here(services: Services) -> None:
    config = services.config.model_copy(update={"membership": Membership(source="orders")})
    app = create_app(replace(services, config=config))
    with services.database.transaction() as session:
        added = api_clients.add(
            session, name="till", scopes=tuple(api_clients.SCOPES), now=services.clock.real(), a_minute=100
        )
        points.begin(session, date(2027, 12, 31), services.now())
    assert added
    erp = Program(app, added.token)
    both = [{"external_id": "C-1", "points": 50}, {"external_id": "C-2", "name": "王芳"}]
    answer = erp.post("/customers", both)
    assert told(answer) == [("C-1", "rejected"), ("C-2", "created")]
    assert errors(answer) == ["points"]
    assert "are counted here" in answer.text
    assert erp.post("/customers", both[0]).status_code == 422
    stop(app)
