"""One stage, played from day to day: the real planner and the real claim, and around them a modelled world.

WeChat takes whatever is sent; customers answer, say TD, leave and buy as the model draws.
"""

import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import chain, groupby
from typing import Any

from bot.clock import FixedClock
from bot.insight.responses import ROUNDS, Responses
from bot.rules.pushes.windows import PURPOSES, windows_of
from bot.rules.simulation.simulation_events import Event, of_day, tick
from bot.services import Services
from bot.store.campaigns import working_days
from bot.store.database import Session
from bot.store.planning import moments
from bot.store.planning.moments import Moment
from bot.store.sending import claims, deliveries, lone, mass_sends, taking_back
from bot.store.sending.handing import MASS_BATCH
from bot.store.simulation import simulation, simulation_blame, simulation_counts
from bot.store.simulation.simulation import Due
from bot.values.channels import MASS
from bot.values.simulation import CampaignDay, CampaignLine, Day, Played
from scheduler.plan import AHEAD, rehearse
from scheduler.tidy import refresh_engagement

AT_ONCE = 10_000  # deliveries claimed by one statement
ASKED_AGAIN = timedelta(hours=1)  # of what the claim would not take yet
SHORT = timedelta(days=14)  # a campaign that runs no longer than this has no second chance
LONG_AGO = datetime.min.replace(tzinfo=UTC)

Seconds = dict[str, float]


@dataclass(slots=True)
class World:
    """`services`: those of the stage, with this clock."""

    services: Services
    clock: FixedClock
    model: Responses
    lines: Sequence[CampaignLine]
    followers: set[int]
    out: Played = field(default_factory=Played)
    seconds: Seconds = field(default_factory=dict)
    answering: set[int] = field(default_factory=set)  # who will write in the next round, after a push
    ticked: datetime = LONG_AGO

    def play(self, days: int, day_is_over: Callable[[], None]) -> Played:
        begins = self.clock.now()
        first = self._today()
        for number in range(days):
            for event in self._events(first + timedelta(days=number), begins):
                self._until(event)
            day_is_over()
        with timed(self.seconds, "report"), self.services.database.reading() as session:
            self.out.gaps = simulation_counts.gaps(session, begins)
            self.out.times = simulation_counts.times_reached(session, begins)
            self.out.reached = simulation_counts.people_reached(session, begins)
        return self.out

    def _events(self, day: date, begins: datetime) -> list[Event]:
        push = self.services.config.push
        with self.services.database.reading() as session:
            calendar = working_days.around(session, day)
        kind = calendar.kind(day)
        self.out.days.append(Day(day, kind.works, kind.known))
        windows = {purpose: list(windows_of(purpose, day, push, calendar)) for purpose in PURPOSES}
        events = [event for event in of_day(day, windows, AHEAD, ROUNDS, push) if event.at >= begins]
        if begins.astimezone(push.zone).date() == day:
            events.insert(0, Event(begins, "plan"))
        return events

    def _until(self, event: Event) -> None:
        self._send_until(event.at)
        self.clock.set(max(event.at.astimezone(UTC), self.clock.now()))
        match event.what:
            case "nightly":
                with timed(self.seconds, "nightly"):
                    refresh_engagement(self.services)
            case "plan":
                self._plan(counts=event.counts)
            case "contacts":
                with timed(self.seconds, "contacts"):
                    self._contacts(event.number)
            case "midnight":
                with timed(self.seconds, "close"):
                    self._close()

    def _plan(self, *, counts: bool) -> None:
        today = self._today()
        will_be_asked = any(_has_no_second_chance(line) and line.ends == today for line in self.lines)
        with timed(self.seconds, "plan"):
            report = rehearse(self.services, self.clock.now(), keeps=will_be_asked, counts=counts)
        self.out.days[-1].calendar_known &= report.calendar_known
        for each in report.campaigns:
            of = self._of(each.campaign_id)
            of.planned += each.planned
            if not counts:
                continue
            of.judged = {key: number for key, number in of.judged.items() if key[0] != each.purpose}
            of.judged |= {(each.purpose, reason): number for reason, number in each.totals.items()}

    def _send_until(self, until: datetime) -> None:
        """From one delivery that comes due to the next."""
        with timed(self.seconds, "send"):
            while True:
                with self.services.database.reading() as session:
                    found = simulation.next_due(session, self.clock.now())
                if found is None:
                    return
                at = max(tick(*found, self.ticked), self.clock.now())
                if at >= until:
                    return
                self.ticked = at
                self.clock.set(at)
                self._send()

    def _send(self) -> None:
        with self.services.database.transaction() as session:
            moment = moments.claiming(session, self.clock.now(), self.services.config)
            while dues := simulation.due(session, moment.now, moment.halted, most=AT_ONCE):
                for requests in _claims(dues):
                    self._claim(session, requests, moment)

    def _claim(self, session: Session, requests: Sequence[Sequence[Due]], moment: Moment) -> None:
        token, whose = uuid.uuid4().hex, {each.id: each.campaign_id for each in chain(*requests)}
        claimed, refused = claims.claim_pushes(
            session, list(whose), moment, token=token, real=moment.now, leaves=True
        )
        for one in refused:
            reasons = self._of(whose[one.id]).refused
            reasons[one.reason] = reasons.get(one.reason, 0) + 1
        won, gone = set(claimed), set[int]()
        if waiting := [each for each in whose if each not in won]:
            simulation.wait_a_while(session, waiting, moment.now + ASKED_AGAIN)
        for request in requests:
            ids = [each.id for each in request if each.id in won]
            gone |= self._gone(session, request[0], ids, token, moment)
        if gone:
            sent = simulation.close_sent(session, token, moment.now)
            self._count(sent)
            self._react(session, [row.customer_id for row in sent], moment.now)

    def _gone(self, session: Session, first: Due, won: list[int], token: str, moment: Moment) -> set[int]:
        """Of what was claimed, what WeChat takes: a mass send needs two people, or the day's one place."""
        if not won or first.channel != MASS:
            return set(won)
        if moment.mass.target == "tag":
            place = mass_sends.gather(
                session, won, target="tag", token=token, day=moment.mass_day, now=moment.now
            )
            if place is None:
                taking_back.release(session, won, moment, "day_is_spent", token=token)
                deliveries.skip(session, won, "day_is_spent", moment.now)
                return set()
        elif len(won) < mass_sends.FEWEST:
            closes = moment.closes.get(first.purpose)
            taking_back.release(session, won, moment, "too_few", token=token, due_at=closes)
            lone.wait(session, won, moment.now)
            lone.group(session, moment.now)
            return set()
        requests = self.out.days[-1].mass_requests
        request = f"{moment.now:%H:%M} {first.content_id}"
        requests[request] = requests.get(request, 0) + len(won)
        return set(won)

    def _count(self, sent: Sequence[Any]) -> None:
        day = self.out.days[-1]
        counted = Counter((row.campaign_id, row.content_id, row.channel) for row in sent)
        for (campaign_id, content_id, channel), number in counted.items():
            day.sent[channel] = day.sent.get(channel, 0) + number
            of = self._of(campaign_id)
            of.sent[channel] = of.sent.get(channel, 0) + number
            of.contents[content_id] = of.contents.get(content_id, 0) + number

    def _react(self, session: Session, pushed: list[int], now: datetime) -> None:
        """Who got it answers in the next round, or says TD, or leaves at once; or, mostly, nothing."""
        today, day = self.out.days[-1], self._today().toordinal()
        leave, stop = self.model.who_leaves(pushed, day), self.model.who_stops(pushed, day)
        if leave:
            simulation.left(session, leave, now)
            self.followers.difference_update(leave)
        if stop:
            simulation.stopped(session, stop, now)
        self.answering.update(self.model.who_answers(pushed, day))
        today.left += len(leave)
        today.stopped += len(stop)

    def _contacts(self, number: int) -> None:
        """Those who write open their window, and what waited for them becomes due."""
        writing = self.model.who_writes(self._today().toordinal(), number)
        answering = self.answering & self.followers
        who = sorted(answering | (set(writing) & self.followers))
        self.answering = set()
        if not who:
            return
        with self.services.database.transaction() as session:
            simulation.wrote(session, who, self.clock.now())
            if holding := simulation.holders(session, who):
                simulation.release_kept(session, holding, self.clock.now(), self.services.config.push)
        self.out.days[-1].wrote += len(who)
        self.out.days[-1].answered += len(answering)

    def _close(self) -> None:
        """The last minute of the day: who bought, what is left of the quota, who was in whose way."""
        today, now = self.out.days[-1], self.clock.now()
        month = f"{today.day:%Y-%m}"
        buyers = sorted(set(self.model.who_buys(today.day.toordinal())) & self.followers)
        with self.services.database.transaction() as session:
            rules = moments.claiming(session, now, self.services.config).mass
            if buyers:
                simulation.bought(session, buyers, now)
            used = simulation_counts.mass_counts(session, month)
            for line in self.lines:
                if _has_no_second_chance(line) and line.ends == today.day:
                    self.out.blames += simulation_blame.blames(session, line.id, today.day, month)
        today.bought = len(buyers)
        today.mass_used = sum(times * number for times, number in used.items())
        today.mass_left = sum(
            max(0, rules.most - rules.reserve - times) * number for times, number in used.items()
        )
        today.reserve_left = sum(
            min(rules.reserve, max(0, rules.most - times)) * number for times, number in used.items()
        )

    def _today(self) -> date:
        return self.clock.now().astimezone(self.services.config.push.zone).date()

    def _of(self, campaign_id: str) -> CampaignDay:
        key = (self._today(), campaign_id)
        return self.out.by_campaign.setdefault(key, CampaignDay(campaign_id, key[0]))


def _has_no_second_chance(line: CampaignLine) -> bool:
    return not line.regular or line.ends - line.starts < SHORT


def _claims(dues: Sequence[Due]) -> Iterator[list[list[Due]]]:
    """All requests of an instant at once; one after the other when some customer is in two of them."""
    requests = list(_requests(dues))
    if len({each.customer_id for each in dues}) == len(dues):
        yield requests
    else:
        yield from ([request] for request in requests)


def _requests(dues: Sequence[Due]) -> Iterator[list[Due]]:
    """Messages to single customers together; mass sends by content, so many openids at a time."""
    yield from filter(None, [[each for each in dues if each.channel != MASS]])
    by_mass = sorted(
        (each for each in dues if each.channel == MASS), key=lambda each: (each.content_id, each.id)
    )
    for _, group in groupby(by_mass, key=lambda each: each.content_id):
        many = list(group)
        yield from (many[start : start + MASS_BATCH] for start in range(0, len(many), MASS_BATCH))


@contextmanager
def timed(seconds: Seconds, step: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[step] = seconds.get(step, 0.0) + time.perf_counter() - began
