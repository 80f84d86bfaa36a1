"""Followers who write while things break, a campaign that runs meanwhile, and what must hold afterwards.

Nothing answered is lost, nothing is sent twice, every push is accounted for: beside WeChat's own list of what arrived.
"""

import random
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle

import pytest
from sqlalchemy import func, select

from bot.sandbox.pusher import OUT_OF_ORDER
from bot.sandbox.state import Follower
from bot.store.database import Database
from bot.store.tables import customers, deliveries, messages
from tests.support.whole import SHANGHAI, Whole

EVENING = datetime(2026, 11, 24, 19, 31, tzinfo=SHANGHAI).astimezone(UTC)
CAMPAIGN = """
[[content]]
id = "first"
title = "一"
category = "care"
purpose = "care"
kind = "text"
text = "第一条：{customer.name|您}好"
[[content]]
id = "second"
title = "二"
category = "care"
purpose = "care"
kind = "text"
text = "第二条：{customer.name|您}好"
[[campaign]]
id = "evening"
name = "晚间"
segment = "everyone"
contents = ["first", "second"]
starts = 2026-11-01
ends = 2026-12-31
status = "running"
"""


class Crowd:
    """Followers who write while things break, and who remember what they wrote."""

    def __init__(self, system: Whole, talkers: int, silent: int) -> None:
        """Who speaks is reached through the reply window, the others by mass sends."""
        self._system = system
        self.people = talkers + silent
        self._chance = random.Random(20261124)
        self.talkers = [f"o-talker-{number}" for number in range(talkers)]
        self._turns = cycle(self.talkers)
        self.said: list[tuple[str, str]] = []
        system.platform.seed(
            Follower(openid=openid, name=openid, followed_at=EVENING - timedelta(days=90))
            for openid in [*self.talkers, *(f"o-silent-{number}" for number in range(silent))]
        )

    def all_talk(self) -> None:
        for openid in self.talkers:
            self._say(openid)

    def some_talk(self, number: int = 12) -> None:
        for openid in self._chance.sample(self.talkers, number):
            self._say(openid)

    def talk_in_turn(self, number: int) -> None:
        """The next ones, so that nobody has written more often than the others."""
        for _ in range(number):
            self._say(next(self._turns))

    def are_quiet(self) -> bool:
        return not self._system.platform.world.state.errands

    def _say(self, openid: str) -> None:
        words = f"我的订单到哪了 {len(self.said)}"
        self.said.append((openid, words))
        self._system.platform.says(openid, words)


def until_done(system: Whole, crowd: Crowd, database: Database, day: int, at_most: float = 45) -> None:
    """Every push of the day has its end. Later in the evening WeChat is asked how the mass sends ended whose
    report nobody took."""
    for minutes in (85, 118, 160, 200):
        system.set_clock(EVENING + timedelta(days=day, minutes=minutes))
        with suppress(TimeoutError):
            system.wait_until(
                partial(_is_done, crowd, database, day), "every push has its end", at_most=at_most
            )
            return
    with database.reading() as session:
        left = session.execute(
            select(
                deliveries.c.state, deliveries.c.channel, deliveries.c.reason, deliveries.c.day, func.count()
            ).group_by(deliveries.c.state, deliveries.c.channel, deliveries.c.reason, deliveries.c.day)
        ).all()
    pytest.fail(f"pushes without an end: {left}\n{system.log[-3000:]}")


def _is_done(crowd: Crowd, database: Database, day: int) -> bool:
    """Everybody has the day's push: sent, or its end unknown; nothing is under way."""
    of_the_day = deliveries.c.day == (EVENING + timedelta(days=day)).date()
    ended = (
        select(func.count())
        .select_from(deliveries)
        .where(deliveries.c.campaign_id == "evening", of_the_day, deliveries.c.state.in_(("sent", "unknown")))
    )
    with database.reading() as session:
        return bool(session.execute(ended).scalar_one() >= crowd.people)


def nothing_said_is_lost(system: Whole, crowd: Crowd, database: Database) -> None:
    with database.reading() as session:
        inbound = session.execute(
            select(customers.c.openid, messages.c.text, messages.c.id)
            .join(customers, customers.c.id == messages.c.customer_id)
            .where(messages.c.direction == "in", messages.c.kind == "text")
        ).all()
        answered = set(
            session.execute(select(messages.c.answers_id).where(messages.c.answers_id.is_not(None))).scalars()
        )
        owed = set(
            session.execute(
                select(deliveries.c.answers_id).where(deliveries.c.answers_id.is_not(None))
            ).scalars()
        )
    stored = Counter((row.openid, row.text) for row in inbound)
    assert max(stored.values()) == 1, "a message was taken in twice"
    given_up = Counter(
        openid
        for openid in crowd.talkers
        for line in system.platform.lines(openid)
        if line.text == OUT_OF_ORDER
    )
    lost = Counter(openid for openid, words in crowd.said if (openid, words) not in stored)
    assert not lost - given_up, "a message that was answered is not in the log"
    assert all(row.id in answered | owed for row in inbound), "a message in the log has no answer"


def nothing_is_sent_twice(system: Whole, database: Database) -> None:
    arrived = Counter(
        (openid, line.at.astimezone(SHANGHAI).date(), line.text)
        for openid in system.platform.world.state.followers
        for line in system.platform.lines(openid)
        if line.way in {"customer_service", "mass"} and line.text.startswith("第")
    )
    assert max(arrived.values()) == 1, "a push arrived twice"
    assert max(Counter((openid, day) for openid, day, _ in arrived).values()) == 1, "two pushes on one day"
    with database.reading() as session:
        ended = session.execute(
            select(customers.c.openid, deliveries.c.day, deliveries.c.state)
            .join(customers, customers.c.id == deliveries.c.customer_id)
            .where(deliveries.c.campaign_id == "evening")
        ).all()
    seen = {(openid, day) for openid, day, _ in arrived}
    sent = {(row.openid, row.day) for row in ended if row.state == "sent"}
    unknown = {(row.openid, row.day) for row in ended if row.state == "unknown"}
    assert sent <= seen, "sent, says the table, and the customer has nothing"
    assert seen <= sent | unknown, "the customer has something the table does not know"


def every_push_is_accounted_for(
    system: Whole, crowd: Crowd, database: Database, *, days: int
) -> dict[str, int]:
    """One row for each customer and day, each at an end; of the unknown ones what WeChat says became of them.

    An unknown one left (`left_at`), belongs to no worker any more, and says why. Who got it, WeChat tells: its own
    list of what it delivered stands beside ours.
    """
    with database.reading() as session:
        rows = session.execute(
            select(customers.c.openid, deliveries)
            .join(customers, customers.c.id == deliveries.c.customer_id)
            .where(deliveries.c.campaign_id == "evening")
        ).all()
    arrived = {
        (openid, line.at.astimezone(SHANGHAI).date())
        for openid in system.platform.world.state.followers
        for line in system.platform.lines(openid)
        if line.way in {"customer_service", "mass"} and line.text.startswith("第")
    }
    ended = [row for row in rows if row.state != "skipped"]
    each = Counter((row.openid, row.day) for row in ended)
    assert max(each.values()) == 1, "two rows went out for one customer and day"
    assert len(ended) == days * crowd.people, "somebody has no push of a day"
    unknown = [row for row in ended if row.state == "unknown"]
    assert all(row.left_at and row.finished_at and row.reason for row in unknown), (
        "an unknown one tells nothing"
    )
    known = sum(row.state == "sent" for row in ended)
    assert known + len(unknown) == len(ended), f"not at an end: {Counter(row.state for row in ended)}"
    came = sum((row.openid, row.day) in arrived for row in unknown)
    assert len(arrived) == known + came, "WeChat delivered something nobody accounts for"
    return {
        "sent": known,
        "unknown, arrived": came,
        "unknown, lost with the process": len(unknown) - came,
        "skipped": len(rows) - len(ended),
    }
