import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from bot.services import Services
from bot.store.operators import passwords, staff
from bot.store.tables import audit, contents, segments
from handlers.api.fields import EXAMPLES
from tests.conftest import NOON
from tests.handlers.api.conftest import Program
from tests.handlers.api.test_upserts import code_of, told

SEGMENT, CONTENT, CAMPAIGN = (EXAMPLES[name] for name in ("segments", "contents", "campaigns"))


def wrong(answer: Any, item: int = 0) -> dict[str, str]:
    return {error["field"]: error["expected"] for error in answer.json["items"][item]["errors"]}


def test_what_is_defined_is_audited_with_the_programs_name(erp: Program, services: Services) -> None:
    erp.post("/segments", SEGMENT)
    erp.put("/segments/tea-lovers", {"name": "茶客", "rule": SEGMENT["rule"]})
    with services.database.reading() as session:
        rows = session.execute(
            select(audit.c.action, audit.c.subject_id, audit.c.detail).where(
                audit.c.subject_kind == "segment"
            )
        ).all()
    assert [(row.action, row.subject_id, row.detail["client"]) for row in rows] == [
        ("segment.created", "tea-lovers", "erp-1"),
        ("segment.changed", "tea-lovers", "erp-1"),
    ]
    assert rows[1].detail["after"] == {"name": "茶客"}


def test_put_says_what_changed_and_the_same_again_changes_nothing(erp: Program) -> None:
    erp.post("/knowledge", EXAMPLES["knowledge"])
    changed = {name: value for name, value in EXAMPLES["knowledge"].items() if name != "id"} | {
        "answer": "85℃"
    }
    first: Any = erp.put("/knowledge/how-hot", changed).json
    assert (first["items"][0]["status"], first["items"][0]["changed"]) == ("updated", ["answer"])
    again: Any = erp.put("/knowledge/how-hot", changed | {"id": "how-hot"}).json
    assert again["items"][0]["status"] == "unchanged"
    assert erp.get("/knowledge/how-hot").json == {
        "id": "how-hot", "question": "绿茶用多热的水？", "answer": "85℃", "keywords": "水温 温度", "category": "",
        "enabled": True, "updated_at": "2026-11-24T04:00:00Z", "asks": [],
    }  # fmt: skip


def test_other_wordings_of_an_entry_are_kept_changed_and_left_alone(erp: Program) -> None:
    def wordings() -> Any:
        return erp.get("/knowledge/how-hot").json["asks"]  # type: ignore[index]

    erp.post("/knowledge", EXAMPLES["knowledge"] | {"asks": ["几度的水", "水温多少"]})
    assert wordings() == ["几度的水", "水温多少"]
    rest = {name: value for name, value in EXAMPLES["knowledge"].items() if name not in {"id", "asks"}}
    erp.put("/knowledge/how-hot", rest | {"asks": None})
    assert wordings() == ["几度的水", "水温多少"]
    changed: Any = erp.put("/knowledge/how-hot", rest | {"asks": ["水要多热"]}).json
    assert (changed["items"][0]["changed"], wordings()) == (["asks"], ["水要多热"])
    erp.put("/knowledge/how-hot", rest | {"asks": []})
    assert wordings() == []


def test_the_id_in_the_body_is_that_of_the_address(erp: Program) -> None:
    answer = erp.put("/segments/tea", SEGMENT)
    assert (answer.status_code, wrong(answer)) == (422, {"id": "tea, as in the address, or nothing"})


@pytest.mark.parametrize(
    ("path", "changed", "field"),
    [
        pytest.param("/segments", {"rule": {"all": [{"field": "no", "op": "=", "value": 1}]}}, "rule.all[0].field", id="a field nobody knows"),
        pytest.param("/segments", {"rule": {"not": {"field": "lifecycle", "op": "=", "value": "流失"}}}, "rule.not.value", id="a place nobody can stand in"),
        pytest.param("/segments", {"rule": []}, "rule", id="a rule that is a list"),
        pytest.param("/segments", {"id": "a: b"}, "id", id="an id with a colon"),
        pytest.param("/segments", {"id": None}, "id", id="no id"),
        pytest.param("/segments", {"name": ""}, "name", id="an empty name"),
        pytest.param("/segments", {"colour": "red"}, "colour", id="a key nobody knows"),
        pytest.param("/segments", {"id": "everyone"}, "rule", id="everyone is everyone"),
        pytest.param("/contents", {"purpose": "spam"}, "purpose", id="a purpose there is not"),
        pytest.param("/contents", {"text": "{customer.password}"}, "text", id="a placeholder there is not"),
        pytest.param("/contents", {"useful_until": "0001-01-01T00:00:00+14:00"}, "useful_until", id="before all time"),
        pytest.param("/contents", {"useful_until": "soon"}, "useful_until", id="no time"),
        pytest.param("/campaigns", {"segment": "nobody"}, "segment", id="a segment there is not"),
        pytest.param("/campaigns", {"contents": ["nothing"]}, "contents", id="a content there is not"),
        pytest.param("/campaigns", {"status": "running"}, "contents", id="running what nobody approved"),
        pytest.param("/campaigns", {"ends": "2026-11-01"}, "ends", id="an end before the start"),
        pytest.param("/campaigns", {"starts": "2026-02-30"}, "starts", id="a day there is not"),
        pytest.param("/knowledge", {"answer": 5}, "answer", id="an answer that is a number"),
        pytest.param("/knowledge", {"asks": "几度"}, "asks", id="wordings that are no list"),
        pytest.param("/knowledge", {"asks": ["长" * 201]}, "asks", id="a wording too long to be one"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_by_the_name_of_its_field(
    erp: Program, path: str, changed: dict[str, Any], field: str
) -> None:
    erp.post("/segments", SEGMENT)
    erp.post("/contents", CONTENT)
    answer = erp.post(path, EXAMPLES[path.removeprefix("/")] | changed)
    assert (answer.status_code, code_of(answer)) == (422, "nothing_taken")
    assert list(wrong(answer)) == [field], answer.text


def test_a_list_keeps_the_good_ones(erp: Program, services: Services) -> None:
    bad = SEGMENT | {"id": "bad", "rule": {"not": {}, "all": []}}
    answer = erp.post("/segments", [SEGMENT, bad, SEGMENT | {"id": "more"}])
    assert told(answer) == [("tea-lovers", "created"), ("bad", "rejected"), ("more", "created")]
    with services.database.reading() as session:
        assert set(session.scalars(select(segments.c.id))) == {"everyone", "tea-lovers", "more"}


def test_nothing_is_approved_and_a_changed_content_loses_its_approval(
    erp: Program, services: Services, make: Callable[..., Any]
) -> None:
    erp.post("/contents", CONTENT)
    assert erp.get("/contents/water-temperature").json["approved_by"] is None  # type: ignore[index]
    anna = make("staff", name="anna")
    with services.database.transaction() as session:
        session.execute(contents.update().values(approved_by=anna, approved_at=NOON))
    assert erp.get("/contents/water-temperature").json["approved_by"] == "anna"  # type: ignore[index]
    erp.post("/contents", CONTENT)
    assert erp.get("/contents/water-temperature").json["approved_by"] == "anna"  # type: ignore[index]
    erp.post("/contents", CONTENT | {"text": "您好"})
    assert erp.get("/contents/water-temperature").json["approved_by"] is None  # type: ignore[index]


def test_an_approved_content_may_run(erp: Program, services: Services, make: Callable[..., Any]) -> None:
    erp.post("/segments", SEGMENT)
    make("content", "water-temperature", approved_by=make("staff"), approved_at=NOON)
    assert told(erp.post("/campaigns", CAMPAIGN | {"status": "running"})) == [("evening-tea", "created")]
    [campaign] = erp.found("/campaigns", status="running")
    assert (campaign["segment"], campaign["contents"]) == ("tea-lovers", ["water-temperature"])


def test_many_who_define_the_same_at_once_all_get_an_answer(erp: Program) -> None:
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: erp.post("/segments", SEGMENT), range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(told(answer)[0][1] for answer in answers) == ["created"] + ["unchanged"] * 7


def test_the_audit_page_names_the_program(erp: Program, services: Services, app: Flask) -> None:
    erp.post("/segments", SEGMENT)
    with services.database.transaction() as session:
        hashed = passwords.hashed("a long password 1")
        staff.add(session, name="anna", role="admin", password_hash=hashed, now=NOON)
    browser = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/console/sign-in").text)
    assert token
    sent = {"csrf_token": token[1], "name": "anna", "password": "a long password 1"}
    browser.post("/console/sign-in", data=sent)
    assert "erp-1" in browser.get("/console/audit").text
