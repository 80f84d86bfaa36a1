"""The log of the conversation: once, with its answer, and whose answer is owed."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from bot.store.database import Session
from bot.store.tables import customers
from bot.store.tables import messages as rows
from bot.store.talk import arrivals, messages
from bot.store.talk.arrivals import Arrived, Windows
from bot.values.incoming import Incoming, LocationReport, MenuClick, Text
from bot.values.reply import Article, News, Silence
from bot.values.reply import Text as Said
from tests.conftest import NOON
from tests.support.build import Build
from tests.support.incoming import an, said

WINDOWS = Windows()


def arrive(session: Session, incoming: Incoming) -> Arrived:
    arrived = arrivals.arrive(session, incoming, "<xml/>", NOON, WINDOWS)
    assert arrived is not None
    return arrived


@pytest.fixture
def anna(build: Build) -> int:
    return build.customer(openid="o-1", silent_pushes=2)


def test_a_message_is_in_the_log_as_it_came(session: Session, anna: int) -> None:
    arrived = arrive(session, said("您好"))
    row = session.execute(select(rows)).one()
    assert (row.id, row.customer_id, row.direction, row.kind, row.text) == (
        arrived.message_id,
        anna,
        "in",
        "text",
        "您好",
    )
    assert (row.raw, row.state, row.created_at) == ("<xml/>", "done", NOON)


@pytest.mark.parametrize(
    ("incoming", "changed"),
    [
        pytest.param(said("您好"), (5, 0, 0), id="words open the long window"),
        pytest.param(an(MenuClick, key="x"), (0, 3, 0), id="a tap opens the short one"),
        pytest.param(an(Text, content="选项", menu_id="7"), (0, 3, 0), id="a tapped option is a tap"),
        pytest.param(
            an(LocationReport, latitude=1.0, longitude=2.0),
            (0, 0, 2),
            id="a report of the place opens nothing",
        ),
    ],
)
def test_what_a_contact_opens(
    session: Session, anna: int, incoming: Incoming, changed: tuple[int, int, int]
) -> None:
    profile = arrive(session, incoming).profile
    silent = session.execute(select(customers.c.silent_pushes).where(customers.c.id == anna)).scalar_one()
    assert (profile.window_left, profile.scene_left, silent) == changed


def test_a_repeat_changes_nothing(session: Session, anna: int) -> None:
    first = said("您好")
    arrive(session, first)
    later = NOON + timedelta(seconds=5)
    assert arrivals.arrive(session, first, "<xml/>", later, WINDOWS) is None
    assert session.execute(select(customers.c.spoke_at).where(customers.c.id == anna)).scalar_one() == NOON
    assert session.execute(select(func.count()).select_from(rows)).scalar_one() == 1


def test_somebody_unknown_has_to_be_met_first(session: Session, anna: int) -> None:
    assert anna
    assert arrivals.arrive(session, said("您好", openid="o-2"), "<xml/>", NOON, WINDOWS) is None


@pytest.mark.parametrize("reply", [Said("您好，请讲"), News((Article("水温", url="https://shop.test"),))])
def test_a_known_message_has_the_answer_it_was_given(session: Session, anna: int, reply: Said | News) -> None:
    incoming = said("您好")
    arrived = arrive(session, incoming)
    messages.answered(session, arrived.message_id, anna, reply, NOON, handler="greeting", source_id="entry")
    known = messages.known(session, incoming.once_key)
    assert known is not None
    assert (known.reply, known.customer_id, known.is_pending) == (reply, anna, False)
    assert messages.known(session, "another") is None


def test_a_report_is_nobodys_and_comes_once(session: Session) -> None:
    row = arrivals.row_of(said("x"), "<xml/>", NOON)
    assert arrivals.record(session, row, None) is not None
    assert arrivals.record(session, row, None) is None


def test_an_owed_answer_is_settled_once(session: Session, anna: int) -> None:
    arrived = arrive(session, said("难题"))
    messages.owe(session, arrived.message_id, anna)
    assert arrive(session, said("还在吗")).may_have_to_wait
    assert messages.settle(session, arrived.message_id, anna, "slow")
    assert not messages.settle(session, arrived.message_id, anna, "slow")
    assert not arrive(session, said("好的")).may_have_to_wait


def test_a_later_message_waits_behind_an_owed_one_and_only_of_the_same_customer(
    session: Session, anna: int, build: Build
) -> None:
    build.customer(openid="o-2")
    first = arrive(session, said("一"))
    messages.owe(session, first.message_id, anna)
    second, others = arrive(session, said("二")), arrive(session, said("三", openid="o-2"))
    assert messages.waits(session, second.message_id, anna)
    assert not others.may_have_to_wait
    assert messages.is_first_of_the_pending(session, first.message_id, anna)
    assert not messages.is_first_of_the_pending(session, second.message_id, anna)
    found = messages.unanswered(session, received_before=NOON + timedelta(seconds=1))
    assert [one.message_id for one in found] == [first.message_id, second.message_id]


def test_a_mark_without_a_pending_message_is_taken_away(session: Session, anna: int, build: Build) -> None:
    build.customer(openid="o-9", has_pending=True)
    arrived = arrive(session, said("您好", openid="o-9"))
    assert arrived.may_have_to_wait
    assert not messages.waits(session, arrived.message_id, arrived.profile.id)
    assert not arrive(session, said("您好", openid="o-9")).may_have_to_wait


def test_an_answer_that_never_left_is_taken_back(session: Session, anna: int) -> None:
    incoming = said("您好")
    arrived = arrive(session, incoming)
    messages.answered(session, arrived.message_id, anna, Said("请讲"), NOON, handler="x")
    messages.take_back_answer(session, arrived.message_id)
    known = messages.known(session, incoming.once_key)
    assert known is not None
    assert known.reply == Silence()


def test_what_went_out_by_itself_is_in_the_log_beside_what_answers(session: Session, anna: int) -> None:
    for text in ("甲", "乙"):
        messages.said(session, anna, "text", text, {"kind": "text", "text": text}, NOON, delivery_id=7)
    found = session.execute(select(rows.c.direction, rows.c.text, rows.c.delivery_id).order_by(rows.c.id))
    assert [tuple(row) for row in found] == [("out", "甲", 7), ("out", "乙", 7)]


def test_a_first_part_of_an_answer_begins_it_once(session: Session, anna: int) -> None:
    arrived = arrive(session, said("慢慢想"))
    messages.owe(session, arrived.message_id, anna)
    assert messages.given(session, arrived.message_id) is None
    assert messages.begin(session, arrived.message_id, "thinker")
    messages.answered(session, arrived.message_id, anna, Said("先说一句"), NOON, handler="thinker")
    assert not messages.begin(session, arrived.message_id, "thinker")
    assert messages.given(session, arrived.message_id) == Said("先说一句")
