"""Due deliveries are locked with their customers and signed with the token of a claim, before anybody asks who may be sent to.

Nobody sees it before the commit, and who was not allowed is let go before that.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, case, or_, select, update

from bot.store.among import among
from bot.store.database import Session
from bot.store.planning.entitlements import in_open_window
from bot.store.planning.moments import Moment
from bot.store.tables import contents, customers, deliveries
from bot.values.channels import MASS, NEXT_CONTACT, NOTICE, TEMPLATE

LEASE = timedelta(minutes=2)  # of real time; a claim older than this and not closed belongs to a dead worker


@dataclass(frozen=True, slots=True)
class Picked:
    """Due deliveries that are locked, with their customers."""

    customers: dict[int, int]  # delivery → customer, one delivery each
    notices: list[int]
    templates: list[int]

    def without(self, ids: Iterable[int]) -> "Picked":
        dropped = set(ids)
        kept = {one: customer for one, customer in self.customers.items() if one not in dropped}
        return Picked(kept, self.notices, [one for one in self.templates if one not in dropped])

    def of(self, customer_ids: Iterable[int]) -> list[int]:
        whose = {customer: delivery for delivery, customer in self.customers.items()}
        return sorted(whose[customer] for customer in customer_ids)


def pick(session: Session, ids: Sequence[int], which: ColumnElement[bool], moment: Moment) -> Picked:
    """Locks the due ones and their customers, passing over what somebody else holds."""
    due = (
        select(deliveries.c.id, deliveries.c.customer_id, deliveries.c.channel)
        .join(customers, customers.c.id == deliveries.c.customer_id)
        .where(among(session, deliveries.c.id, ids))
        .where(deliveries.c.state == "planned", deliveries.c.due_at <= moment.now)
        .where(or_(deliveries.c.closes_at.is_(None), deliveries.c.closes_at > moment.now))
        .where(deliveries.c.channel != NEXT_CONTACT, which)
        .order_by(deliveries.c.id)
        .with_for_update(skip_locked=True, key_share=True, of=[deliveries, customers])
    )
    rows = session.execute(due).all()
    of = {channel: [row.id for row in rows if row.channel == channel] for channel in (NOTICE, TEMPLATE)}
    return Picked({row.id: row.customer_id for row in rows}, of[NOTICE], of[TEMPLATE])


def sign(
    session: Session,
    picked: Picked,
    moment: Moment,
    token: str,
    real: datetime,
    messages: ColumnElement[int],
    *beside: ColumnElement[bool],
    leaves: bool,
    values: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Claims the picked ones, as if all were allowed: what was their customer's rhythm, and which ledger would pay.

    Nobody sees it before the commit, and who was not allowed is let go before that. `messages`: how many the content
    has that stands beside the delivery; an answer is one.
    """
    payer = case((in_open_window(moment, messages), "window"), else_="scene")
    is_notice = deliveries.c.channel == NOTICE
    session.execute(
        update(deliveries)
        .where(among(session, deliveries.c.id, picked.customers), deliveries.c.state == "planned")
        .where(customers.c.id == deliveries.c.customer_id, *beside)
        .values(
            state="claimed",
            reason="",
            claim_token=token,
            claimed_at=moment.now,
            left_at=moment.now if leaves else None,
            lease_until=real + LEASE,
            attempts=deliveries.c.attempts + 1,
            before_push_at=customers.c.last_push_at,
            before_push_day=customers.c.last_push_day,
            before_push_id=customers.c.last_push_id,
            took=case(
                (deliveries.c.channel == MASS, "mass"),
                (is_notice, "notice"),
                (deliveries.c.channel == TEMPLATE, "template"),
                else_=payer,
            ),
            messages=messages,
            parts_left=0,
            notice_template=case((is_notice, contents.c.notice_template), else_=None) if beside else None,
            reported=None,
            **values,
        )
    )


def let_go(session: Session, picked: Picked, claimed: list[int]) -> list[int]:
    """Those of the picked whose customer may not be sent to are planned, as they were; gives them."""
    lost = sorted(set(picked.customers).difference(claimed))
    if lost:
        session.execute(
            update(deliveries)
            .where(among(session, deliveries.c.id, lost), deliveries.c.state == "claimed")
            .values(
                state="planned", claim_token=None, claimed_at=None, left_at=None, lease_until=None, took=None, mass_send_id=None,
                attempts=deliveries.c.attempts - 1,
            )
        )  # fmt: skip
    return lost
