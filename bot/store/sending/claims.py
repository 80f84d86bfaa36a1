"""A due delivery becomes one worker's own, if every policy allows it at this very instant: exactly once.

The claim is one conditional UPDATE on the customer's row: it asks all policies, writes the rhythm and takes from
the ledger. Nothing else in the house moves a customer's rhythm forward, so no set of campaigns, workers or
crashes can bring two pushes too near each other. `mark_left` is the second gate: only what it lets through is
sent. A claim that certainly sent nothing is taken back; one that may have sent is never repeated.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    and_,
    exists,
    literal,
    or_,
    select,
    update,
)

from bot.store.among import among
from bot.store.database import Session
from bot.store.planning.candidates import is_joined, of_delivery
from bot.store.planning.eligibility import CLAIM, LEAVE, allowed, objection
from bot.store.planning.entitlements import in_open_scene, in_open_window
from bot.store.planning.moments import Moment
from bot.store.programs import outbox
from bot.store.sending import daily_calls, notice_consents
from bot.store.sending.signing import let_go, pick, sign
from bot.store.sending.winning import is_signed, taken_from_ledger, win
from bot.store.tables import campaigns, contents, customers, deliveries
from bot.values.channels import NEXT_CONTACT, TEMPLATE
from bot.values.push import Refused

# refused for now: the delivery stays planned
WAITS = frozenset({"outside_window", "channel_halted", "pushes_stopped"})


def claim_pushes(
    session: Session,
    ids: Sequence[int],
    moment: Moment,
    *,
    token: str,
    real: datetime,
    leaves: bool = False,
    mass_send_id: int | None = None,
) -> tuple[list[int], list[Refused]]:
    """Of these due pushes, those that are this token's now, and why the others are not.

    `leaves`: their requests leave as soon as this is committed, so that there is no second gate to pass.
    """
    picked = pick(session, ids, deliveries.c.campaign_id.is_not(None), moment)
    if picked.templates and moment.has_template_calls:
        picked = picked.without(_beyond_the_day(session, picked.templates, moment))
    if not picked.customers:
        return [], []
    values = {"mass_send_id": mass_send_id} if mass_send_id is not None else {}
    beside = contents.c.id == deliveries.c.content_id
    sign(session, picked, moment, token, real, contents.c.messages, beside, leaves=leaves, values=values)
    if picked.notices:
        notice_consents.lock(session, picked.notices)
    claimed = picked.of(win(session, list(picked.customers), token, moment))
    if picked.notices:
        notice_consents.take(session, sorted(set(claimed).intersection(picked.notices)), moment.now)
    if calls := len(set(claimed).intersection(picked.templates)):
        daily_calls.take(session, TEMPLATE, moment.now, calls)
    return claimed, _refuse(session, let_go(session, picked, claimed), moment)


def _beyond_the_day(session: Session, templates: list[int], moment: Moment) -> list[int]:
    """Those for whom no call is left today: they stay as they were, and are refused when they are asked about again."""
    used = daily_calls.lock_used(session, TEMPLATE, moment.now)
    return templates[max(moment.templates_a_day - used, 0) :]


def claim_answers(
    session: Session, ids: Sequence[int], moment: Moment, *, token: str, real: datetime, leaves: bool = False
) -> tuple[list[int], list[Refused]]:
    """Answers that came too late for the passive reply: they obey the reply window and nothing else.

    One a customer at a time, the oldest first. Those that find no open window wait for the next contact.
    """
    before = deliveries.alias("before")
    is_first = ~exists().where(
        before.c.customer_id == deliveries.c.customer_id,
        before.c.campaign_id.is_(None),
        or_(before.c.state == "claimed", and_(before.c.state == "planned", before.c.channel != NEXT_CONTACT)),
        before.c.id < deliveries.c.id,
    ).correlate(deliveries)
    picked = pick(session, ids, and_(deliveries.c.campaign_id.is_(None), is_first), moment)
    if not picked.customers:
        return [], []
    sign(session, picked, moment, token, real, literal(1), leaves=leaves)
    mine = deliveries.alias("mine")
    won = session.execute(
        update(customers)
        .where(is_signed(mine, among(session, mine.c.id, picked.customers), token))
        .where(customers.c.forgotten_at.is_(None))
        .where(customers.c.openid.is_not(None), or_(in_open_window(moment), in_open_scene(moment)))
        .values(taken_from_ledger(mine, moment))
        .returning(customers.c.id)
    )
    claimed = picked.of(won.scalars())
    return claimed, _keep_for_contact(session, let_go(session, picked, claimed), moment)


def mark_left(
    session: Session, ids: Sequence[int], token: str, moment: Moment, *, real: datetime
) -> list[int]:
    """The last gate before the requests leave: only what it gives back may be sent.

    Refuses what is not this token's any more, whose window closed, whose claim is of a later time (the clock
    was set back), whose customer said no since, and whose content lost its approval. The rhythm counts from here.
    """
    mine = deliveries.alias("leaving")
    still_wanted = (
        select(literal(1))
        .select_from(
            customers.outerjoin(campaigns, campaigns.c.id == mine.c.campaign_id).outerjoin(
                contents, contents.c.id == mine.c.content_id
            )
        )
        .where(customers.c.id == mine.c.customer_id)
        .where(or_(mine.c.campaign_id.is_(None), allowed(of_delivery(mine, moment), moment, LEAVE)))
        .correlate(mine)
        .exists()
    )
    wanted = (
        select(mine.c.id)
        .where(among(session, mine.c.id, ids), mine.c.state == "claimed", mine.c.claim_token == token)
        .where(mine.c.lease_until > real, mine.c.claimed_at <= moment.now)
        .where(or_(mine.c.closes_at.is_(None), mine.c.closes_at > moment.now), still_wanted)
    )
    if session.dialect.name == "postgresql":
        wanted = wanted.with_for_update(of=mine)
    left = list(session.execute(wanted).scalars())
    session.execute(
        update(deliveries)
        .where(among(session, deliveries.c.id, left), deliveries.c.state == "claimed")
        .values(left_at=moment.now)
    )
    session.execute(
        update(customers)
        .where(
            customers.c.id.in_(customers_of(session, left)), among(session, customers.c.last_push_id, left)
        )
        .where(customers.c.last_push_at < moment.now)
        .values(last_push_at=moment.now)
    )
    return left


def _refuse(session: Session, ids: list[int], moment: Moment) -> list[Refused]:
    """Names what stood against them; what can wait stays planned, the others are skipped."""
    if not ids:
        return []
    lost = deliveries.alias("lost")
    asked = (
        select(lost.c.id, objection(of_delivery(lost, moment), moment, CLAIM))
        .select_from(is_joined(lost).join(customers, customers.c.id == lost.c.customer_id))
        .where(among(session, lost.c.id, ids), lost.c.state == "planned")
        .order_by(lost.c.id)
    )
    refused = [Refused(id_, reason) for id_, reason in session.execute(asked) if reason]
    for reason in sorted({one.reason for one in refused}):
        ids = [one.id for one in refused if one.reason == reason]
        values: dict[str, Any] = {"reason": reason}
        still = update(deliveries).where(
            among(session, deliveries.c.id, ids), deliveries.c.state == "planned"
        )
        if reason in WAITS:
            session.execute(still.values(values))
        else:
            values |= {"state": "skipped", "finished_at": moment.now}
            outbox.ending(session, still.values(values), "skipped")
    return refused


def _keep_for_contact(session: Session, lost: list[int], moment: Moment) -> list[Refused]:
    """Answers for which no window is open any more."""
    if not lost:
        return []
    nobody = select(customers.c.id).where(customers.c.openid.is_(None))
    of_nobody = and_(among(session, deliveries.c.id, lost), deliveries.c.customer_id.in_(nobody))
    ends = (
        update(deliveries)
        .where(of_nobody, deliveries.c.state == "planned")
        .values(state="skipped", reason="forgotten", finished_at=moment.now)
    )
    outbox.ending(session, ends, "skipped")
    session.execute(
        update(deliveries)
        .where(among(session, deliveries.c.id, lost), deliveries.c.state == "planned")
        .values(channel=NEXT_CONTACT, reason="contact_awaited", handed_until=None)
    )
    session.execute(
        update(customers).where(customers.c.id.in_(customers_of(session, lost))).values(has_kept=True)
    )
    return [Refused(id_, "contact_awaited") for id_ in lost]


def customers_of(session: Session, ids: Iterable[int]) -> Any:
    return select(deliveries.c.customer_id).where(among(session, deliveries.c.id, ids))
