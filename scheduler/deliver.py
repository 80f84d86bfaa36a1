"""Due deliveries go out: claimed in one transaction, sent outside of any, closed in another.

Whatever dies between two steps, recovery knows from the row how far it came (`scheduler/recover.py`).
"""

import uuid
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

import structlog

from bot.channels import mass, reply_window
from bot.services import Services
from bot.store import claims, deliveries, endings, handing, mass_sends, moments, taking_back
from bot.store.database import Session
from bot.store.endings import Ended
from bot.store.handing import Batch
from bot.store.moments import Moment
from bot.values.outcome import Accepted, Sent
from bot.values.push import Claimed, MassSend

AT_ONCE = 16  # requests of a worker under way at once; a crash leaves at most so many unknown
A_SECOND = 100  # customer-service messages of the whole account, all processes together
MOST_HANDED = 1_000
RATE_LASTS = timedelta(seconds=5)

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
    with services.database.transaction() as session:
        moment = moments.claiming(session, services.now(), services.config)
        return handing.hand_out(session, moment.now, real, sorted(moment.halted), most=at_most)


def deliver_due(services: Services) -> Delivered:
    """Everything that is due, in this thread; for commands and tests, and the whole of a small installation."""
    done = Delivered()
    while batches := hand_out(services):
        for batch in batches:
            done += deliver_batch(services, batch.ids)
    return done


def deliver_batch(services: Services, ids: Sequence[int]) -> Delivered:
    """The actor: claims what it can of these, sends it, writes the outcome. Run twice, it finds nothing to claim."""
    token = uuid.uuid4().hex
    real = services.clock.real()
    with services.database.transaction() as session:
        moment = moments.claiming(session, services.now(), services.config)
        pushes, refused = claims.claim_pushes(session, ids, moment, token=token, real=real)
        answers, kept = claims.claim_answers(session, ids, moment, token=token, real=real)
        handing.put_back(session, ids)
        mine = deliveries.claimed(session, pushes + answers)
        many = [delivery.id for delivery in mine if delivery.channel == mass.name]
        group = _gather(session, many, token, moment) if many else None
    singles = [delivery for delivery in mine if delivery.channel == reply_window.name]
    for chunk in _chunks(singles, AT_ONCE):
        _send_singles(services, chunk, token)
    if group is not None:
        _send_mass(services, group)
    return Delivered(len(mine), len(refused) + len(kept))


def _gather(session: Session, ids: list[int], token: str, moment: Moment) -> MassSend | None:
    group = mass_sends.gather(
        session, ids, target=moment.mass.target, token=token, day=moment.today, now=moment.now
    )
    if group is None:
        taking_back.release(session, ids, moment, "day_is_spent", token=token)
        deliveries.skip(session, ids, "day_is_spent", moment.now)
    return group


def _send_singles(services: Services, chunk: list[Claimed], token: str) -> None:
    with services.database.transaction() as session:
        moment = moments.claiming(session, services.now(), services.config)
        ids = [delivery.id for delivery in chunk]
        left = set(claims.mark_left(session, ids, token, moment, real=services.clock.real()))
        taking_back.release(session, [id_ for id_ in ids if id_ not in left], moment, "", token=token)
    leaving = [delivery for delivery in chunk if delivery.id in left]
    ended = _all_at_once(services, leaving)
    with services.database.transaction() as session:
        moment = moments.claiming(session, services.now(), services.config)
        endings.close(session, ended, moment)


def _all_at_once(services: Services, leaving: list[Claimed]) -> list[Ended]:
    def attempt(delivery: Claimed) -> Ended:
        words = reply_window.words_for(delivery)
        return Ended(delivery, reply_window.send(services.wechat, delivery, words, services.now()), words)

    if len(leaving) < 2:
        return [attempt(delivery) for delivery in leaving]
    with ThreadPoolExecutor(len(leaving), thread_name_prefix="send") as pool:
        return list(pool.map(attempt, leaving))


def _send_mass(services: Services, group: MassSend) -> None:
    with services.database.transaction() as session:
        moment = moments.claiming(session, services.now(), services.config)
        leaving = mass_sends.leave(session, group, moment, real=services.clock.real())
    if leaving is not None:
        attempt_mass(services, leaving, repeated=False)


def attempt_mass(services: Services, group: MassSend, *, repeated: bool) -> None:
    """The request of a mass send that may leave, and what became of it."""
    with services.database.reading() as session:
        under_the_tag = mass_sends.in_the_tag(session, group.id) if group.target == "tag" else []
    outcome = mass.send(services.wechat, group, under_the_tag, services.now())
    with services.database.transaction() as session:
        moment = moments.claiming(session, services.now(), services.config)
        mass_sends.close(session, group, outcome, moment, real=services.clock.real(), repeated=repeated)
        if group.target == "tag" and isinstance(outcome, Accepted | Sent):
            mass_sends.tag_is_empty(session, group.id, moment.now)
    _log.info("mass send", mass_send=group.id, people=len(group.deliveries), outcome=type(outcome).__name__)


def hand_out_at_rate(services: Services) -> list[Batch]:
    """The same, no faster than the account's rate: asked before anything is handed, so that no worker waits."""
    second = f"rate:custom:{int(services.clock.real().timestamp())}"
    at_most = A_SECOND - services.keys.count(second, by=0, lasts=RATE_LASTS)
    batches = hand_out(services, at_most=max(at_most, 0))
    handed = sum(len(batch.ids) for batch in batches if batch.channel == reply_window.name)
    if handed:
        services.keys.count(second, by=handed, lasts=RATE_LASTS)
    return batches


def _chunks(many: Iterable[Claimed], size: int) -> Iterable[list[Claimed]]:
    rest = iter(many)
    while chunk := list(islice(rest, size)):
        yield chunk
