"""Mass sends: one request to WeChat for many deliveries, with WeChat's own idempotency key, so it may be repeated.

A repeat has the same key, so the platform counts it once. What it answers to a repeat says nothing about the
first request, unless it says "accepted": everything else leaves the deliveries unknown.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import and_, delete, insert, literal, or_, select, update

from bot.rules.contents.rendering import reply_of
from bot.store.among import among
from bot.store.campaigns.content_rows import content_of
from bot.store.database import Instant, Session
from bot.store.planning import engagement
from bot.store.planning.moments import Moment
from bot.store.programs import outbox
from bot.store.sending import lone
from bot.store.sending.claims import mark_left
from bot.store.sending.corrections import quota_spent
from bot.store.sending.halts import heed, pause
from bot.store.sending.signing import LEASE
from bot.store.sending.taking_back import release, take_back
from bot.store.tables import contents, customers, deliveries, mass_sends, messages
from bot.store.upserts import or_insert
from bot.values.channels import MASS
from bot.values.outcome import Accepted, Halt, Later, Never, Outcome, Sent, Unsure
from bot.values.push import MassSend
from bot.values.reply import text_of

FEWEST = 2  # openids; WeChat refuses a list of one
ANOTHERS = "taken_for_another"
SOON_ENOUGH = timedelta(minutes=1)  # before a request that got no answer is repeated
# under way, done, or accepted once and failed after: WeChat would take the same key for a repeat, and send nothing
HOLDS_ITS_KEY = or_(mass_sends.c.state != "failed", mass_sends.c.wechat_id.is_not(None))


def begin(
    session: Session, ids: Sequence[int], *, target: str, token: str, day: date, now: datetime
) -> int | None:
    """Makes one mass send for due deliveries of one content, before their claim; None when the day's one is used.

    The token is the claim's, and its key.
    """
    first = select(deliveries.c.content_id).where(among(session, deliveries.c.id, ids))
    row = {
        "content_id": session.execute(first.limit(1)).scalar_one(),
        "target": target,
        "state": "claimed",
        "reason": "",
        "created_at": now,
    }
    made = or_insert(session, mass_sends).values(
        client_msg_id=day_key(day) if target == "tag" else token, **row
    )
    made = made.on_conflict_do_update(
        index_elements=[mass_sends.c.client_msg_id], set_=row, where=~HOLDS_ITS_KEY
    )
    made_id: int | None = session.execute(made.returning(mass_sends.c.id)).scalar_one_or_none()
    return made_id


def gathered(session: Session, mass_id: int, token: str) -> MassSend:
    """With whom the claim put into it, who may be nobody."""
    return _load(session, mass_id, token)


def gather(
    session: Session, ids: Sequence[int], *, target: str, token: str, day: date, now: datetime
) -> MassSend | None:
    """The same of deliveries that are claimed already."""
    made_id = begin(session, ids, target=target, token=token, day=day, now=now)
    if made_id is None:
        return None
    session.execute(
        update(deliveries).where(among(session, deliveries.c.id, ids)).values(mass_send_id=made_id)
    )
    return _load(session, made_id, token)


def day_is_spent(session: Session, day: date) -> bool:
    """A subscription account has one mass send a day, and it is under way or done."""
    of_the_day = and_(mass_sends.c.client_msg_id == day_key(day), HOLDS_ITS_KEY)
    return session.execute(select(mass_sends.c.id).where(of_the_day)).first() is not None


def enough(session: Session, mass: MassSend, moment: Moment) -> MassSend | None:
    """As it is; None when too few are in it, who are planned again for the end of their window.

    Where nobody is in it nothing is left of it, but the row of a day.
    """
    if len(mass.deliveries) >= (FEWEST if mass.target == "openids" else 1):
        return mass
    if not mass.deliveries and mass.target == "openids":
        session.execute(delete(mass_sends).where(mass_sends.c.id == mass.id))
        return None
    at = moment.closes.get(mass.content.purpose)
    release(session, list(mass.deliveries), moment, "too_few", token=mass.token, due_at=at)
    lone.wait(session, list(mass.deliveries), moment.now)
    _end(session, mass.id, "failed", "too_few", moment.now)
    return None


def close(
    session: Session, mass: MassSend, outcome: Outcome, moment: Moment, *, real: datetime, repeated: bool
) -> None:
    """Writes what became of the request into it and into each delivery."""
    _hold_row(session, mass.id)
    match outcome:
        case Accepted() | Sent():
            _taken(session, mass, outcome, moment.now, repeated=repeated)
        case Unsure(_):
            _hold(session, mass, real + SOON_ENOUGH)
        case Later(at, reason, is_for_all=True, is_pending=False) if not repeated:
            release(session, list(mass.deliveries), moment, reason, token=mass.token, due_at=at)
            _end(session, mass.id, "failed", reason, moment.now)
            pause(session, MASS, reason, at, moment.now)
        case Later(
            at, _
        ):  # not released: a lost answer, or an administrator who has yet to confirm, looks alike
            _hold(session, mass, real + max(SOON_ENOUGH, at - moment.now))
        case Never(reason) | Halt(reason) if repeated:
            _lose(session, mass.id, mass.token, reason, moment.now)
        case Halt(reason):
            release(session, list(mass.deliveries), moment, reason, token=mass.token)
            _end(session, mass.id, "failed", reason, moment.now)
        case Never(reason):
            _fail(session, mass, reason, moment)
            _end(session, mass.id, "failed", reason, moment.now)
    if isinstance(outcome, Halt) and outcome.lesson == "quota_spent":
        quota_spent(session, MASS, outcome.reason, moment)
    elif isinstance(outcome, Halt):
        heed(session, MASS, outcome, moment.now)


def unanswered(session: Session, real: datetime) -> list[int]:
    """Requests that left and whose worker is gone, or got no answer."""
    return list(
        session.execute(
            select(deliveries.c.mass_send_id)
            .where(deliveries.c.state == "claimed", deliveries.c.lease_until < real)
            .where(deliveries.c.left_at.is_not(None), deliveries.c.mass_send_id.is_not(None))
            .distinct()
        ).scalars()
    )


def take_again(
    session: Session, mass_id: int, token: str, moment: Moment, *, real: datetime
) -> MassSend | None:
    """For a repeat with the same key, while its window is open; None when that is over, or another has it.

    Those who may not be sent to any more stay unknown: the first request may have reached them.
    """
    _hold_row(session, mass_id)
    mine = and_(deliveries.c.mass_send_id == mass_id, deliveries.c.state == "claimed")
    dead = and_(mine, deliveries.c.lease_until < real, deliveries.c.left_at.is_not(None))
    ids = list(
        session.execute(
            update(deliveries)
            .where(dead)
            .values(claim_token=token, lease_until=real + LEASE)
            .returning(deliveries.c.id)
        ).scalars()
    )
    if not ids:
        return None
    again = set(mark_left(session, ids, token, moment, real=real))
    lost = [id_ for id_ in ids if id_ not in again]
    ends = (
        update(deliveries)
        .where(deliveries.c.id.in_(lost), deliveries.c.state == "claimed")
        .values(state="unknown", reason="no_answer", finished_at=moment.now)
    )
    outbox.ending(session, ends, "unknown")
    mass = _load(session, mass_id, token) if again else None
    if mass is None or (mass.target == "openids" and len(mass.deliveries) < FEWEST):
        _lose(session, mass_id, token, "no_answer", moment.now)
        return None
    return mass


def _hold_row(session: Session, mass_id: int) -> None:
    """First the mass send, then its deliveries, whoever changes them: so that no two wait for each other."""
    session.execute(select(mass_sends.c.id).where(mass_sends.c.id == mass_id).with_for_update())


def day_key(day: date) -> str:
    return f"day-{day:%Y%m%d}"


def _load(session: Session, mass_id: int, token: str) -> MassSend:
    row = session.execute(
        select(mass_sends.c.client_msg_id, mass_sends.c.target, contents)
        .join(contents, contents.c.id == mass_sends.c.content_id)
        .where(mass_sends.c.id == mass_id)
    ).one()
    within = session.execute(
        select(deliveries.c.id, customers.c.openid, deliveries.c.lease_until, deliveries.c.closes_at)
        .join(customers, customers.c.id == deliveries.c.customer_id)
        .where(deliveries.c.mass_send_id == mass_id, deliveries.c.state == "claimed")
        .where(deliveries.c.claim_token == token, customers.c.openid.is_not(None))
        .order_by(deliveries.c.id)
    ).all()
    return MassSend(
        id=mass_id,
        token=token,
        client_msg_id=row.client_msg_id,
        target=row.target,
        content=content_of(row),
        deliveries={row.id: row.openid for row in within},
        until=within[0].lease_until if within else None,
        closes_at=min((row.closes_at for row in within if row.closes_at), default=None),
    )


def _taken(
    session: Session, mass: MassSend, taken: Accepted | Sent, now: datetime, *, repeated: bool
) -> None:
    is_known = isinstance(taken, Accepted) and taken.is_known
    if is_known and _is_anothers(session, mass, taken.wechat_id):
        _lose(session, mass.id, mass.token, ANOTHERS, now)
    else:
        _accept(session, mass, taken.wechat_id, now, with_lost=repeated and is_known)


def _is_anothers(session: Session, mass: MassSend, wechat_id: str) -> bool:
    """WeChat takes one content to several lists for a repeat at times, and names the first: who it reached was not these."""
    others = select(mass_sends.c.id).where(mass_sends.c.wechat_id == wechat_id, mass_sends.c.id != mass.id)
    return session.execute(others.limit(1)).first() is not None


def _accept(session: Session, mass: MassSend, wechat_id: str, now: datetime, *, with_lost: bool) -> None:
    """`with_lost`: whom this repeat left out, too, since it was the first request that WeChat took."""
    lost = and_(deliveries.c.state == "unknown", deliveries.c.reason == "no_answer")
    waiting = deliveries.c.state == "claimed"
    session.execute(
        update(mass_sends)
        .where(mass_sends.c.id == mass.id, mass_sends.c.state.in_(("claimed", "unknown")))
        .values(state="accepted", wechat_id=wechat_id, reason="")
    )
    accepted = session.execute(
        update(deliveries)
        .where(deliveries.c.mass_send_id == mass.id, deliveries.c.claim_token == mass.token)
        .where(or_(waiting, lost) if with_lost else waiting)
        .values(state="accepted", wechat_id=wechat_id, reason="", finished_at=None)
        .returning(deliveries.c.customer_id)
    )
    reached = list(accepted.scalars())
    engagement.one_more_unanswered(session, reached, now)
    _log(session, mass, reached, now)


def _log(session: Session, mass: MassSend, customer_ids: list[int], now: datetime) -> None:
    """One line in each conversation; the delivery holds the rest."""
    text = text_of(reply_of(mass.content, mass.held))  # as it went out, not as it stands in the table
    said = select(
        deliveries.c.customer_id, literal("out"), literal(mass.content.kind), literal(text), deliveries.c.id,
        literal(now, Instant()),
    ).where(deliveries.c.mass_send_id == mass.id, among(session, deliveries.c.customer_id, customer_ids))  # fmt: skip
    columns = ["customer_id", "direction", "kind", "text", "delivery_id", "created_at"]
    session.execute(insert(messages).from_select(columns, said.where(deliveries.c.state == "accepted")))


def _hold(session: Session, mass: MassSend, until: datetime) -> None:
    session.execute(
        update(deliveries)
        .where(deliveries.c.mass_send_id == mass.id, deliveries.c.state == "claimed")
        .where(deliveries.c.claim_token == mass.token)
        .values(lease_until=until)
    )


def _lose(session: Session, mass_id: int, token: str, reason: str, now: datetime) -> None:
    ends = (
        update(deliveries)
        .where(deliveries.c.mass_send_id == mass_id, deliveries.c.claim_token == token)
        .where(deliveries.c.state == "claimed")
        .values(state="unknown", reason=ANOTHERS if reason == ANOTHERS else "no_answer", finished_at=now)
    )
    outbox.ending(session, ends, "unknown")
    _end(session, mass_id, "unknown", reason, now)


def _fail(session: Session, mass: MassSend, reason: str, moment: Moment) -> None:
    failed = session.execute(
        update(deliveries)
        .where(deliveries.c.mass_send_id == mass.id, deliveries.c.claim_token == mass.token)
        .where(deliveries.c.state == "claimed")
        .values(state="failed", reason=reason[:100], finished_at=moment.now)
        .returning(deliveries.c.id)
    )
    ended = list(failed.scalars())
    outbox.deliveries_ended(session, ended)
    take_back(session, ended, moment.month)


def _end(session: Session, mass_id: int, state: str, reason: str, now: datetime) -> None:
    session.execute(
        update(mass_sends)
        .where(mass_sends.c.id == mass_id, mass_sends.c.state.in_(("claimed", "accepted")))
        .values(state=state, reason=reason[:100], finished_at=now)
    )
