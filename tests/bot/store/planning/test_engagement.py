"""What the statements make of a customer is what the rule says, and nobody waits for the night to recover."""

from datetime import timedelta

from sqlalchemy import select

from bot.rules.pushes.rhythm import engagement as rule
from bot.store.database import Session
from bot.store.planning import engagement
from bot.store.tables import customers
from bot.store.tables.columns import LARGEST_ID
from tests.conftest import NOON
from tests.support import contact
from tests.support.build import Build

DAY = timedelta(days=1)
SPOKE = (None, NOON - 13 * DAY, NOON - 14 * DAY, NOON - 40 * DAY)


def engagement_of(session: Session, customer_id: int) -> tuple[str, int]:
    asked = select(customers.c.engagement, customers.c.silent_pushes).where(customers.c.id == customer_id)
    found, silent = session.execute(asked).one()
    return found, silent


def test_the_night_reads_off_what_the_rule_says(session: Session, build: Build) -> None:
    expected = {
        build.customer(spoke_at=spoke_at, silent_pushes=unanswered): rule(spoke_at, unanswered, NOON)
        for spoke_at in SPOKE
        for unanswered in range(6)
    }
    engagement.refresh(session, NOON, 1, LARGEST_ID)
    assert {id_: engagement_of(session, id_)[0] for id_ in expected} == expected
    assert engagement.refresh(session, NOON, 1, LARGEST_ID) == 0, "rows were written that did not change"


def test_each_push_left_unanswered_counts_at_once_and_an_answer_restores_everything(
    session: Session, build: Build
) -> None:
    silent, talker = build.customer(), build.customer(spoke_at=NOON - DAY, engagement="engaged")
    seen = []
    for _ in range(4):
        engagement.one_more_unanswered(session, [silent, talker], NOON)
        seen.append((engagement_of(session, silent)[0], engagement_of(session, talker)[0]))
    assert seen == [
        ("ordinary", "engaged"), ("ordinary", "engaged"), ("tired", "ordinary"), ("tired", "ordinary")
    ]  # fmt: skip
    for who in (silent, talker):
        contact.spoke(session, who, NOON)
        assert engagement_of(session, who) == ("engaged", 0)
