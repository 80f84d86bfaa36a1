"""What is done because time passed: engagement, housekeeping, and mass sends nobody reported."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select, update

from bot.clock import FixedClock
from bot.services import Services
from bot.store.database import Database
from bot.store.people import binding
from bot.store.rows import AT_ONCE
from bot.store.sending import mass_reports
from bot.store.tables import bind_codes, binding_talks, binding_tries, mass_sends, messages, volatile
from bot.values.reports import MassFinished
from scheduler.recover import ask_after_mass, recover
from scheduler.tidy import refresh_engagement, tidy
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build
from tests.support.fake_wechat import FakeWeChat

DAY = timedelta(days=1)


@pytest.fixture
def services(database: Database, wechat: FakeWeChat) -> Services:
    return pushing.services_with(database, FixedClock(NOON), wechat)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(
            {"spoke_at": NOON - 13 * DAY, "silent_pushes": 2}, "engaged", id="wrote within two weeks"
        ),
        pytest.param(
            {"spoke_at": NOON - 13 * DAY, "silent_pushes": 3}, "ordinary", id="is silent since three pushes"
        ),
        pytest.param(
            {"spoke_at": NOON - 14 * DAY, "engagement": "engaged"}, "ordinary", id="wrote two weeks ago"
        ),
        pytest.param({"silent_pushes": 3}, "tired", id="three pushes unanswered"),
        pytest.param({"silent_pushes": 2, "engagement": "tired"}, "ordinary", id="recovers"),
    ],
)
def test_engagement_is_refreshed(services: Services, fields: dict[str, Any], expected: str) -> None:
    with services.database.transaction() as session:
        who = Build(session).customer(**fields)
    refresh_engagement(services)
    with services.database.reading() as session:
        assert pushing.customer(session, who).engagement == expected


def test_raw_bodies_go_after_a_month_unless_an_answer_is_owed(services: Services) -> None:
    with services.database.transaction() as session:
        build = Build(session)
        who = build.customer()
        for text, age, state in (("old", 31, "done"), ("owed", 31, "pending"), ("new", 29, "done")):
            build.message(who, text, raw="<xml/>", created_at=NOON - age * DAY, state=state)
    tidy(services)
    with services.database.reading() as session:
        left = select(messages.c.text).where(messages.c.raw.is_not(None)).order_by(messages.c.id)
        assert list(session.execute(left).scalars()) == ["owed", "new"]


def test_others_write_between_the_parts_of_a_large_night(services: Services) -> None:
    """On SQLite a message waits for the whole of a transaction, and is answered late after two seconds."""
    with services.database.transaction() as session:
        who = Build(session).customer()
        old = {
            "customer_id": who,
            "direction": "in",
            "kind": "text",
            "raw": "<xml/>",
            "created_at": NOON - 31 * DAY,
        }
        session.execute(insert(messages), [old] * 2_500)
    sizes: list[int] = []

    def hear(_connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("UPDATE messages SET raw"):
            sizes.append(cursor.rowcount)

    written: list[int] = []
    event.listen(services.database.engine, "after_cursor_execute", hear)
    event.listen(services.database.engine, "commit", lambda _session: written.append(len(sizes)))
    tidy(services)
    event.remove(services.database.engine, "after_cursor_execute", hear)
    assert sum(sizes) == 2_500
    assert max(sizes) <= AT_ONCE
    assert set(range(1, len(sizes) + 1)) <= set(written), "each part has a commit of its own"


def test_expired_keys_go(services: Services) -> None:
    with services.database.transaction() as session:
        for key, expires_at in (("dead", NOON - DAY), ("alive", NOON + DAY)):
            session.execute(insert(volatile).values(key=key, value="1", expires_at=expires_at))
    tidy(services)
    with services.database.reading() as session:
        assert list(session.execute(select(volatile.c.key)).scalars()) == ["alive"]


@pytest.fixture
def accepted(services: Services) -> int:
    """A mass send WeChat took an hour ago."""
    with services.database.transaction() as session:
        build = Build(session)
        build.segment()
        build.content("words", purpose="service")
        build.campaign("first", ["words"])
        taken = insert(mass_sends).values(
            client_msg_id="1", content_id="words", target="openids", state="accepted", wechat_id="77",
            created_at=NOON - timedelta(hours=1),
        )  # fmt: skip
        mass_id = session.execute(taken.returning(mass_sends.c.id)).scalar_one()
        return build.delivery(
            customer_id=build.customer(), campaign_id="first", content_id="words", channel="mass", state="accepted",
            mass_send_id=mass_id, wechat_id="77", day=date(2026, 11, 24), claimed_at=NOON - timedelta(hours=1),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("said", "state"),
    [("SEND_SUCCESS", "sent"), ("SEND_FAIL", "failed"), ("DELETE", "failed"), ("SENDING", "accepted"), ("?", "accepted")],
)  # fmt: skip
def test_a_report_that_was_lost_is_asked_for(
    services: Services, wechat: FakeWeChat, accepted: int, said: str, state: str
) -> None:
    wechat.mass_states["77"] = said
    ask_after_mass(services)
    with services.database.reading() as session:
        assert pushing.delivery(session, accepted).state == state


@pytest.mark.parametrize("is_early", [False, True])
def test_how_many_it_reached_is_known_once_the_report_is_read_and_not_before(
    services: Services, wechat: FakeWeChat, accepted: int, is_early: bool
) -> None:
    """mass/get says how it ended, and no figures."""
    wechat.mass_states["77"] = "SEND_SUCCESS"
    ask_after_mass(services)
    figures = select(mass_sends.c.state, mass_sends.c.total, mass_sends.c.sent)
    with services.database.transaction() as session:
        assert session.execute(figures).one() == ("done", None, None)
        late = MassFinished(
            account="", openid="", sent_at=NOON, once_key="", msg_id_of_job="77", status="send success",
            total=3, filtered=2, sent=2,
        )  # fmt: skip
        if is_early:  # it came before the answer to the request, and lay there when mass/get was asked
            session.execute(update(mass_sends).values(wechat_id="66"))
            mass_reports.finished(session, late, NOON)
            session.execute(update(mass_sends).values(wechat_id="77"))
            assert mass_reports.settle_early(session, NOON) == 1
        mass_reports.finished(session, late, NOON)
        mass_reports.finished(session, replace(late, total=9), NOON)
        assert session.execute(figures).one() == ("done", 3, 2)


def test_what_nobody_ever_reports_is_unknown_in_the_end(services: Services, accepted: int) -> None:
    pushing.set_clock(services, NOON + 4 * DAY)
    ask_after_mass(services)
    recover(services)
    with services.database.reading() as session:
        row = pushing.delivery(session, accepted)
    assert (row.state, row.reason) == ("unknown", "not_reported")


def test_what_a_binding_left_behind_goes(services: Services) -> None:
    with services.database.transaction() as session:
        build = Build(session)
        chat, shop = build.customer(), build.customer(openid=None, followed_at=None)
        binding.ask(session, chat, "13800001234", NOON - DAY)
        binding.by_code(session, binding.Asker(id=chat, openid="o-1"), "BCDFGHJK", "salt", NOON - 2 * DAY)
        binding.give_code(session, shop, lasts=timedelta(hours=1), salt="salt", now=NOON - 2 * DAY)
    tidy(services)
    with services.database.reading() as session:
        for table in (binding_talks, binding_tries, bind_codes):
            assert session.execute(select(table)).all() == []
