"""`weilan merge` and `weilan scene` as people at a terminal meet them."""

import json

import pytest
from sqlalchemy import insert, select

from bot.store.database import Database
from bot.store.tables import audit, bind_codes, customers, follow_history, merges
from tests.support.build import LONG_AGO, Build
from tests.support.terminal import Run


@pytest.fixture
def pair(database: Database) -> tuple[int, int]:
    with database.transaction() as session:
        build = Build(session)
        chat = build.customer(openid="o-lin")
        shop = build.customer(openid=None, external_id="E1", phone="13800001234", followed_at=None)
        build.order(shop)
        return chat, shop


def test_two_become_one_and_two_again(run: Run, database: Database, pair: tuple[int, int]) -> None:
    chat, shop = pair
    code, out, _ = run("merge", "join", "E1", "o-lin", "--json")
    found = json.loads(out)
    assert (code, found["survivor_id"], found["loser_id"], found["counts"]) == (0, chat, shop, {"orders": 1})
    number = str(found["id"])
    assert f"id:{shop} into id:{chat}" in run("merge", "list")[1]
    assert "external_id became E1" in run("merge", "show", number)[1]
    code, out, _ = run("merge", "undo", number)
    assert (code, out.splitlines()[0]) == (0, f"merge {number} is undone; went back: 1 orders")
    code, _, err = run("merge", "undo", number)
    assert (code, err) == (1, f"weilan: merge {number}: it was undone before\n")
    with database.reading() as session:
        actions = session.execute(select(audit.c.action).order_by(audit.c.id)).scalars().all()
    assert actions == ["customer.merged", "customer.unmerged"]


def test_a_dry_run_shows_all_and_changes_nothing(run: Run, database: Database, pair: tuple[int, int]) -> None:
    code, out, _ = run("merge", "join", "o-lin", "13800001234", "--dry-run")
    assert code == 0
    assert "moved: 1 orders" in out
    assert "nothing was changed" in out
    with database.reading() as session:
        assert session.execute(select(merges)).all() == []
        assert session.execute(select(customers.c.forgotten_at).distinct()).scalars().all() == [None]


@pytest.mark.usefixtures("pair")
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("merge", "join", "E1", "nobody"), "nobody has the openid, external_id or phone nobody"),
        (("merge", "join", "E1", "13800001234"), "both names mean the same customer"),
        (("merge", "join", "E1", "id:99999999999999999999"), "nobody has the openid"),
        (("merge", "join", "E1", "o-lin", "--as", "ghost"), "nobody called ghost is on the staff"),
        (("merge", "undo", "4711"), "there is no such merge"),
        (("merge", "show", "4711"), "there is no merge 4711"),
        (("merge", "code", "--phone", "123"), "expected a mobile number"),
        (("merge", "code", "--external-id", "E9"), "nobody has"),
        (("scene", "name", "bind_ABCD", "x"), "is kept for codes"),
        (("scene", "name", "s" * 65, "x"), "expected 1 to 64 characters"),
        (("scene", "name", "fair", " "), "expected 1 to 100 characters"),
    ],
)
def test_bad_words_are_one_clear_line(run: Run, words: tuple[str, ...], says: str) -> None:
    code, out, err = run(*words)
    assert (code, out) == (1, "")
    assert says in err
    assert err.count("\n") == 1


def test_a_code_is_shown_once_and_its_hash_is_kept(
    run: Run, database: Database, pair: tuple[int, int]
) -> None:
    code, out, _ = run("merge", "code", "--phone", "138 0000 1234", "--hours", "2", "--json")
    made = json.loads(out)
    assert (code, made["customer_id"], made["scene"]) == (0, pair[1], f"bind_{made['code']}")
    with database.reading() as session:
        kept = session.execute(select(bind_codes)).one()
        assert made["code"] not in str(kept)
        assert session.execute(select(audit.c.action)).scalar_one() == "customer.code_given"
        assert made["code"] not in str(session.execute(select(audit)).all())


def test_who_has_a_chat_needs_no_code(run: Run, pair: tuple[int, int]) -> None:
    run("merge", "join", "E1", "o-lin")
    code, _, err = run("merge", "code", "--external-id", "E1")
    assert (code, "has a chat already" in err) == (1, True)


def test_one_of_phone_and_external_id(run: Run) -> None:
    assert run("merge", "code")[0] == 2
    assert run("merge", "code", "--phone", "13800001234", "--external-id", "E1")[0] == 2


def test_scenes_with_their_figures(run: Run, database: Database) -> None:
    with database.transaction() as session:
        build = Build(session)
        stays = build.customer()
        build.order(stays, amount=250)
        came = {"source": "scan", "scene": "fair", "at": LONG_AGO, "who": None}
        rows = [("follow", stays), ("scan", stays), ("follow", None), ("unfollow", None), ("refollow", None)]
        session.execute(
            insert(follow_history), [{"kind": kind, "customer_id": who, **came} for kind, who in rows]
        )
    assert run("scene", "name", "fair", "秋季茶博会")[0] == 0
    assert run("scene", "name", "door", "店门海报")[0] == 0
    fair, door = json.loads(run("scene", "list", "--json")[1])
    assert (fair["scene"], fair["title"]) == ("fair", "秋季茶博会")
    figures = ("scans", "new", "back", "left", "still", "orders", "spent")
    assert tuple(fair[name] for name in figures[:-1]) == (4, 2, 1, 1, 1, 1)
    assert float(fair["spent"]) == 250
    assert (door["scans"], door["title"]) == (0, "店门海报")
    assert "秋季茶博会" in run("scene", "list")[1]
    assert json.loads(run("scene", "list", "--since", "2030-01-01", "--json")[1])[0]["scans"] == 0
