"""Due deliveries go out: claimed in one transaction, sent outside of any, closed in another.

Whatever dies between two steps, recovery knows from the row how far it came (`scheduler/recover.py`).
"""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from types import MappingProxyType

import structlog

from bot.channels import mass, reply_window, subscription_notice, template_message
from bot.rules.pushes.breaker import TRIAL
from bot.services import Services
from bot.store.database import Session
from bot.store.insisting import insist
from bot.store.planning import moments
from bot.store.planning.moments import Moment
from bot.store.sending import (
    claims,
    deliveries,
    endings,
    halts,
    handing,
    mass_sends,
    repeats,
    taking_back,
)
from bot.store.sending.endings import Ended, trouble
from bot.store.sending.handing import Batch
from bot.values.outcome import Later
from bot.values.push import Claimed, MassSend
from bot.wechat.limits import limits_of
from scheduler import attempts, rates
from scheduler.rates import Granted
from scheduler.senders import Senders

MOST_HANDED = 1_000
# times within a batch, when the second's calls are used up; then the rest is handed out again
LOOKS_AGAIN = 3
SOON = timedelta(seconds=2)

Send = Callable[[Services, Claimed], Ended]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Delivered:
    sent: int = 0
    refused: int = 0

    def __add__(self, other: "Delivered") -> "Delivered":
        return Delivered(self.sent + other.sent, self.refused + other.refused)


def hand_out(services: Services, *, at_most: int = MOST_HANDED) -> list[Batch]:
    """What is due now, in batches, each handed to one worker."""
    real = services.clock.real()
    with services.database.reading() as session:
        if not handing.is_due(session, services.now(), real):
            return []
    with services.database.transaction() as session:
        moment = moments.claiming(session, services.now(), services.config)
        return handing.hand_out(session, moment.now, real, moment.halted, most=at_most)


def hand_out_at_rate(services: Services) -> list[Batch]:
    """Every second: no more than may be sent in one. What leaves asks again (`rates.take`), whoever sends it."""
    return hand_out(services, at_most=limits_of(services.config.wechat)["custom_per_second"] or MOST_HANDED)


def deliver_due(services: Services) -> Delivered:
    """Everything that is due, in this thread; for commands and tests, and the whole of a small installation."""
    done = Delivered()
    with closing(Senders(services.config.push.at_once)) as senders:
        while batches := hand_out(services):
            for batch in batches:
                done += deliver_batch(services, batch.ids, senders)
    return done


def deliver_batch(services: Services, ids: Sequence[int], senders: Senders | None = None) -> Delivered:
    """The actor: claims what it can of these, sends it, writes the outcome. Run twice, it finds nothing to claim."""
    with services.database.reading() as session:
        batches = handing.by_channel(session, ids)
    done = Delivered()
    with nullcontext(senders) if senders else closing(Senders(services.config.push.at_once)) as through:
        for channel, of_channel in batches.items():
            if channel == mass.name:
                done += _deliver_mass(services, of_channel)
            elif channel in SENDS:
                done += _deliver_singles(services, channel, of_channel, through)
    return done


# one request a customer


SENDS: Mapping[str, Send] = MappingProxyType(
    {
        reply_window.name: attempts.attempt,
        subscription_notice.name: attempts.notify,
        template_message.name: attempts.send_template,
    }
)
ENDPOINTS: Mapping[str, str] = MappingProxyType(
    {
        reply_window.name: "custom",
        subscription_notice.name: "notice",
        template_message.name: "template",
        mass.name: "mass",
    }
)


def _deliver_singles(services: Services, channel: str, ids: Sequence[int], senders: Senders) -> Delivered:
    done, rest, looks = Delivered(), list(ids), 0
    while rest:
        with senders.room(len(rest)) as most:
            granted = _granted(services, channel, most)
            chunk, rest = rest[: granted.calls], rest[granted.calls :]
            if chunk:
                done += _send_chunk(services, channel, chunk, senders)
        if not chunk:
            looks += 1
            if looks > LOOKS_AGAIN or not _waits(services, granted):
                _come_back(services, channel, rest, granted)
                return done
    return done


def _send_chunk(services: Services, channel: str, chunk: list[int], senders: Senders) -> Delivered:
    """What is claimed here leaves at once: written down as left in the transaction of its claim."""
    attempts.bring(services, chunk)
    token, real = uuid.uuid4().hex, services.clock.real()
    with services.database.transaction() as session:
        moment = moments.claiming(session, services.now(), services.config)
        wanted = [] if channel in moment.halted else chunk
        if channel in moment.standing.on_trial:
            wanted = chunk[:TRIAL]
        mine, refused = _claimed(session, wanted, moment, token, services)
        if len(mine) < len(chunk):
            handing.put_back(session, chunk)
        leaving = deliveries.claimed(session, mine)
    leaving, ended_already = (
        attempts.readied(services, leaving)
        if channel == reply_window.name
        else (attempts.with_facts(services, leaving), [])
    )
    unused = len(chunk) - len(leaving)
    rates.give_back(
        services.keys,
        limits_of(services.config.wechat),
        ENDPOINTS[channel],
        unused,
        now=moment.now,
        real=real,
    )
    for ended in senders.each(lambda delivery: _attempt(services, channel, delivery), leaving):
        _close(services, ended, moment)
    if ended_already:
        _close(services, ended_already, moment)
    return Delivered(len(leaving), refused + len(ended_already))


def _attempt(services: Services, channel: str, delivery: Claimed) -> Ended:
    """Nothing leaves after its claim's end, or its window's: the process stood still, or files took long."""
    if over := attempts.is_over(services, delivery):
        return Ended(delivery, Later(services.now(), over), None)
    return SENDS[channel](services, delivery)


def _claimed(
    session: Session, ids: list[int], moment: Moment, token: str, services: Services
) -> tuple[list[int], int]:
    """The ids that are ours, and how many were refused."""
    real = services.clock.real()
    pushes, refused = claims.claim_pushes(session, ids, moment, token=token, real=real, leaves=True)
    others = sorted(set(ids) - set(pushes) - {one.id for one in refused})
    if not others:
        return pushes, len(refused)
    answers, kept = claims.claim_answers(session, others, moment, token=token, real=real, leaves=True)
    return pushes + answers, len(refused) + len(kept)


def _close(services: Services, ended: list[Ended], moment: Moment) -> None:
    """All workers lock rows in one order."""
    in_order = sorted(ended, key=lambda one: one.delivery.id)
    insist(
        services.database,
        lambda session: endings.close(session, in_order, replace(moment, now=services.now())),
    )


def repeat_templates(services: Services, ids: Sequence[int]) -> None:
    """Requests that left and were not answered, once more under the same keys, at the account's rate."""
    calls = _granted(services, template_message.name, len(ids)).calls
    token = uuid.uuid4().hex
    with services.database.transaction() as session:
        moment = moments.claiming(session, services.now(), services.config)
        if not calls or halts.stands_in_the_way(moment.halted, template_message.name):
            return
        again = repeats.take_again(session, ids[:calls], token, moment, real=services.clock.real())
        leaving = deliveries.claimed(session, again)
    for delivery in attempts.with_facts(services, leaving):
        if attempts.is_over(services, delivery):
            return
        ended = attempts.send_template(services, delivery)
        insist(services.database, partial(_close_repeat, services, ended, moment))


def _close_repeat(services: Services, ended: Ended, moment: Moment, session: Session) -> None:
    repeats.close(session, ended.delivery, ended.outcome, replace(moment, now=services.now()))


# many customers in one request


def _deliver_mass(services: Services, ids: list[int]) -> Delivered:
    granted = _granted(services, mass.name, 1)
    if not granted.calls:
        _come_back(services, mass.name, ids, granted)
        return Delivered()
    if trouble := attempts.trouble_with_mass(services, ids):
        attempts.put_off(services, ids, trouble)
        return Delivered(0, len(ids))
    token, real = uuid.uuid4().hex, services.clock.real()
    with services.database.transaction() as session:
        moment = moments.claiming(session, services.now(), services.config)
        made = mass_sends.begin(
            session, ids, target=moment.mass.target, token=token, day=moment.mass_day, now=moment.now
        )
        mine, refused = claims.claim_pushes(
            session, ids, moment, token=token, real=real, leaves=True, mass_send_id=made
        )
        if len(mine) < len(ids):
            handing.put_back(session, ids)
        group = _gathered(session, made, mine, token, moment)
    if group is not None:
        attempt_mass(services, group, repeated=False)
    elif mine:
        attempts.group_the_lone(services)
    return Delivered(len(mine), len(refused))


def _gathered(
    session: Session, made: int | None, mine: list[int], token: str, moment: Moment
) -> MassSend | None:
    if made is not None:
        return mass_sends.enough(session, mass_sends.gathered(session, made, token), moment)
    taking_back.release(session, mine, moment, "day_is_spent", token=token)
    deliveries.skip(session, mine, "day_is_spent", moment.now)
    return None


def attempt_mass(services: Services, group: MassSend, *, repeated: bool) -> None:
    """The request of a mass send that may leave, and what became of it."""
    group, outcome = attempts.attempt_mass(services, group)

    def close(session: Session) -> None:
        moment = moments.claiming(session, services.now(), services.config)
        mass_sends.close(session, group, outcome, moment, real=services.clock.real(), repeated=repeated)
        troubles = [reason] if (reason := trouble(outcome)) else []
        halts.note(session, mass.name, troubles, 1 - len(troubles), moment.standing, moment.now)

    insist(services.database, close)
    _log.info("mass send", mass_send=group.id, people=len(group.deliveries), outcome=type(outcome).__name__)


# at the account's rate


def _granted(services: Services, channel: str, wanted: int) -> Granted:
    return rates.take(
        services.keys,
        limits_of(services.config.wechat),
        ENDPOINTS[channel],
        wanted,
        now=services.now(),
        real=services.clock.real(),
    )


def _waits(services: Services, granted: Granted) -> bool:
    """Until the next second; false when it would be longer."""
    if granted.again_at is None or granted.again_at - services.now() > SOON:
        return False
    time.sleep(max((granted.again_at - services.now()).total_seconds(), 0.0))
    return True


def _come_back(services: Services, channel: str, rest: Sequence[int], granted: Granted) -> None:
    """The calls of the minute are used up: handed out again then. Those of the day: the channel rests until midnight."""
    again_at = granted.again_at or services.now() + SOON
    with services.database.transaction() as session:
        handing.put_back(session, rest, services.clock.real() + (again_at - services.now()))
        if granted.limit.endswith("_per_day"):
            halts.pause(session, channel, f"day_quota:{granted.limit}", again_at, services.now())
