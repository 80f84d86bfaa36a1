"""How attempts ended: written into the delivery, the customer's row and the conversation log, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, update

from bot.store.database import Session
from bot.store.planning import engagement
from bot.store.planning.moments import Moment
from bot.store.programs import outbox
from bot.store.sending import halts, parts
from bot.store.sending.corrections import ANOTHER_WAY, learn, plan_anew
from bot.store.sending.reported_endings import REPORTED, accepted
from bot.store.sending.taking_back import release, take_back
from bot.store.tables import customers, deliveries
from bot.store.talk import messages
from bot.values.channels import NEXT_CONTACT, TEMPLATE
from bot.values.outcome import Accepted, Halt, Later, Never, Outcome, Sent, Unsure
from bot.values.push import Claimed
from bot.values.reply import Reply

MOST_TRIES = 4  # the first, and three more
LONGEST_WAIT = LATE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt, how it ended, and what was said if it was."""

    delivery: Claimed
    outcome: Outcome
    said: Reply | None
    cut_short: str = ""  # how many of its parts were sent, and why not the rest


def close(session: Session, ended: Sequence[Ended], moment: Moment) -> None:
    """Writes how attempts ended, if the deliveries are still these claims'; what was said goes into the log.

    One that recovery has called unknown meanwhile may still be told sent or failed: its worker knows.
    """
    went = [one for one in ended if isinstance(one.outcome, Sent | Accepted)]
    _close_sent(session, [one for one in went if one.delivery.channel not in REPORTED], moment)
    taken = [(one.delivery, _wechat_id(one.outcome)) for one in went if one.delivery.channel in REPORTED]
    accepted(session, taken, moment.now)
    for one in went:
        if one.cut_short:
            parts.cut_short(session, one.delivery, one.cut_short)
    for one in ended:
        if isinstance(one.outcome, Unsure) and one.delivery.channel == TEMPLATE:
            continue  # it stays claimed: recovery repeats it with its key, or calls it unknown
        _close_other(session, one.delivery, one.outcome, moment)
        if isinstance(one.outcome, Never) and one.outcome.lesson:
            learn(session, one.delivery, one.outcome.lesson, one.outcome.reason, moment)
    for channel in sorted({one.delivery.channel for one in ended}):
        _note(session, channel, [one.outcome for one in ended if one.delivery.channel == channel], moment)


def _wechat_id(outcome: Outcome) -> str:
    return outcome.wechat_id if isinstance(outcome, Sent | Accepted) else ""


def _note(session: Session, channel: str, outcomes: Sequence[Outcome], moment: Moment) -> None:
    troubles = [reason for outcome in outcomes if (reason := trouble(outcome))]
    halts.note(session, channel, troubles, len(outcomes) - len(troubles), moment.standing, moment.now)


def trouble(outcome: Outcome) -> str:
    """Why, where it is of the platform and not of this one attempt: what the breaker counts. Empty otherwise."""
    match outcome:
        case Unsure(reason) | Later(_, reason, is_trouble=True):
            return reason
        case _:
            return ""


def _close_other(session: Session, delivery: Claimed, outcome: Outcome, moment: Moment) -> None:
    match outcome:
        case Sent() | Accepted():
            return
        case Unsure(_):
            _end(session, delivery, "unknown", "no_answer", moment)
        case Later(at, reason, is_for_all=True):  # no fault of this delivery: not counted against it
            release(session, [delivery.id], moment, reason, token=delivery.token, due_at=at)
            halts.pause(session, delivery.channel, reason, at, moment.now)
        case Later(at, reason) if delivery.attempts < MOST_TRIES:
            again = _later_and_later(outcome, delivery.attempts, moment.now) if outcome.is_trouble else at
            release(session, [delivery.id], moment, reason, token=delivery.token, due_at=again)
        case Later(_, reason):
            _fail(session, delivery, f"gave_up:{reason}", moment)
        case Never(reason) if delivery.content is None and delivery.attempts < MOST_TRIES:
            _keep(session, delivery, reason, moment)
        case Never(reason, lesson) if lesson in ANOTHER_WAY and delivery.content is not None:
            plan_anew(session, delivery, reason, moment)
        case Never(reason):
            _fail(session, delivery, reason, moment)
        case Halt():
            _halt(session, delivery, outcome, moment)


def _halt(session: Session, delivery: Claimed, refusal: Halt, moment: Moment) -> None:
    is_tried_again = refusal.may_pass and delivery.attempts == 1
    due_at = moment.now + LATE if is_tried_again else None
    release(session, [delivery.id], moment, refusal.reason, token=delivery.token, due_at=due_at)
    if not is_tried_again:
        halts.heed(session, delivery.channel, refusal, moment.now)


def _later_and_later(outcome: Later, attempts: int, now: datetime) -> datetime:
    """After the first try as long as the outcome says, then twice as long after each."""
    return now + min((outcome.at - now) * (1 << max(attempts - 1, 0)), LONGEST_WAIT)


def _fail(session: Session, delivery: Claimed, reason: str, moment: Moment) -> None:
    if _end(session, delivery, "failed", reason, moment):
        take_back(session, [delivery.id], moment.month)


def _keep(session: Session, delivery: Claimed, reason: str, moment: Moment) -> None:
    """An answer WeChat would not take now is owed still: it waits for the customer's next contact."""
    release(session, [delivery.id], moment, reason, token=delivery.token)
    waits = and_(deliveries.c.id == delivery.id, deliveries.c.state == "planned")
    if session.execute(update(deliveries).where(waits).values(channel=NEXT_CONTACT)).rowcount:
        session.execute(update(customers).where(customers.c.id == delivery.profile.id).values(has_kept=True))


def _end(session: Session, delivery: Claimed, state: str, reason: str, moment: Moment) -> bool:
    ended = session.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery.id, deliveries.c.claim_token == delivery.token)
        .where(deliveries.c.state.in_(("claimed", "unknown")))
        .values(state=state, reason=reason[:100], finished_at=moment.now)
    )
    if ended.rowcount == 0:
        return False
    outbox.deliveries_ended(session, [delivery.id])
    return True


def _close_sent(session: Session, ended: Sequence[Ended], moment: Moment) -> None:
    """All that were sent in three statements: this is what most attempts come to."""
    if not ended:
        return
    tokens = {one.delivery.token for one in ended}
    done = session.execute(
        update(deliveries)
        .where(deliveries.c.id.in_([one.delivery.id for one in ended]), deliveries.c.claim_token.in_(tokens))
        .where(deliveries.c.state.in_(("claimed", "unknown")))
        .values(state="sent", reason="", finished_at=moment.now)
        .returning(deliveries.c.id, deliveries.c.staff_id)
    )
    staff = {row.id: row.staff_id for row in done}
    outbox.deliveries_ended(session, list(staff))
    sent = [one for one in ended if one.delivery.id in staff]
    # an answer is no push: only a push counts as one they did not answer
    pushed = [one.delivery.profile.id for one in sent if one.delivery.content is not None]
    engagement.one_more_unanswered(session, pushed, moment.now)
    messages.all_said(
        session,
        [
            messages.Said(
                customer_id=one.delivery.profile.id,
                reply=one.said,
                delivery_id=one.delivery.id,
                staff_id=staff[one.delivery.id],
            )
            for one in sent
            if one.said is not None
        ],
        moment.now,
    )
