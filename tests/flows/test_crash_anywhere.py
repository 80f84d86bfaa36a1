"""One evening's work, with a crash at each of its statements, commits and requests in turn: nothing is lost or doubled."""

import os
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from bot.clock import FixedClock
from bot.services import Services
from bot.store.database import Database
from bot.store.tables import customers, deliveries, metadata
from scheduler.deliver import deliver_batch, hand_out
from scheduler.plan import plan
from scheduler.recover import recover
from tests.support.build import Build
from tests.support.faults import Trouble, Worker, dies
from tests.support.promises import Promises, marked
from tests.support.watched_wechat import WatchedWeChat

EVENING = datetime(2026, 11, 24, 11, 30, tzinfo=UTC)  # 19:30 in Shanghai, when care may go out
TALKERS, SILENT = 2, 2  # who is reached through the reply window, and by a mass send
OPENIDS = [f"o-{number}" for number in range(TALKERS + SILENT)]
MOST_POINTS = 400


class Evening:
    """A shop with one campaign, one worker that may die, and the judge."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock, self.wechat = FixedClock(EVENING), WatchedWeChat()
        self.worker = Worker(database, self.clock, self.wechat, {"push": {"at_once": 1}})

    def lay_out(self) -> None:
        self.clock.set(EVENING)
        self.promises = Promises(self.worker.services.config.push, OPENIDS, is_subscription=False)
        self.wechat.__init__(promises=self.promises, reached=self.worker.reached)  # type: ignore[misc]
        with self.database.transaction() as session:
            for table in reversed(metadata.sorted_tables):
                session.execute(delete(table))
            build = Build(session)
            build.segment()
            approved = {"approved_by": build.staff(), "approved_at": EVENING}
            words = marked("care", "words", regular=True)
            build.campaign("k", [build.content("words", text=words, **approved)])
            for number, openid in enumerate(OPENIDS):
                talks = number < TALKERS
                until = EVENING + timedelta(hours=20) if talks else None
                build.customer(openid=openid, window_until=until, window_left=5 if talks else 0)
                self.promises.people[openid].window = (until, 5) if until else None

    def works(self, services: Services) -> None:
        plan(services, self.clock.now())
        self.clock.forward(minutes=70)
        for batch in hand_out(services):
            deliver_batch(services, batch.ids)

    def ends_the_day(self, services: Services) -> None:
        """A process begun anew: the lease of the dead one is over, and the minute's work goes on."""
        for minutes in (75, 85, 100):  # the lease is over, and so is every slot, however late it was planned
            self.clock.set(EVENING + timedelta(minutes=minutes))
            recover(services)
            self.works_on(services)

    def works_on(self, services: Services) -> None:
        plan(services, self.clock.now())
        for batch in hand_out(services):
            deliver_batch(services, batch.ids)


@pytest.mark.parametrize("point", ["statement", "commit", "before request", "after request"])
def test_a_crash_at_any_point_loses_nothing_and_doubles_nothing(point: str, database: Database) -> None:
    """Of the statements every seventh on SQLite and every thirteenth on PostgreSQL; `WEILAN_EXAMPLES` tries them all."""
    evening = Evening(database)
    step = 1 if point != "statement" or "WEILAN_EXAMPLES" in os.environ else 7 if database.is_sqlite else 13
    tried = 0
    try:
        for number in range(1, MOST_POINTS, step):
            evening.lay_out()
            if evening.worker.work(evening.works, Trouble(point, number, dies)):
                break
            tried += 1
            evening.worker.work(evening.ends_the_day)
            nothing_is_lost_or_doubled(evening, f"{point} {number}")
        else:
            pytest.fail("the work never came to its end")
    finally:
        evening.worker.close()
    assert tried >= 2


def nothing_is_lost_or_doubled(evening: Evening, when: str) -> None:
    assert not evening.promises.broken, f"died at {when}: {evening.promises.broken}"
    asked = select(customers.c.openid, deliveries.c.state).join(
        customers, customers.c.id == deliveries.c.customer_id
    )
    with evening.database.reading() as session:
        rows = session.execute(asked).all()
    states = {row.openid: row.state for row in rows}
    assert len(rows) == len(states) == len(OPENIDS), f"died at {when}: {rows}"
    for openid, person in evening.promises.people.items():
        state, arrived = states[openid], len(person.pushes)
        assert state in {"sent", "accepted", "unknown"}, f"died at {when}: {openid} is {state} for ever"
        assert arrived == 1 or state == "unknown", f"died at {when}: {openid} {state}, and {arrived} arrived"
    unknown = Counter(states.values())["unknown"]
    assert unknown <= 1, f"died at {when}: {unknown} unknown, and one request was under way"
