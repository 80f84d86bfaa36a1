"""Offers: which are open to a customer, and the choice. One a customer, and never more of a thing than there are.

The choice is three statements in the message's transaction: one piece is taken from the stock if there is one, the
unique key says whether they chose before, and the voucher with its code is theirs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Row, and_, func, insert, or_, select, update

from bot.store.database import Session
from bot.store.loyalty import vouchers
from bot.store.people import own_data
from bot.store.segments import segments
from bot.store.tables import offer_choices, offer_options, offers
from bot.store.tables import segments as segments_table
from bot.store.tables import vouchers as vouchers_table
from bot.store.upserts import or_insert
from bot.values.offers import Chosen, Open, Option

_o, _p, _c = offers.c, offer_options.c, offer_choices.c


def open_to(session: Session, customer_id: int, today: date, now: datetime) -> Open | None:
    """The offer that runs, suits them and has something left, the one that ends first; chosen from or not.

    Who wants nothing personal gets what is for everybody.
    """
    runs = (_o.status == "running", _o.starts <= today, _o.ends >= today)
    asked = select(offers, segments_table.c.rule).join(segments_table, segments_table.c.id == _o.segment_id)
    running = session.execute(asked.where(*runs).order_by(_o.ends, _o.id)).all()
    if any(row.rule for row in running) and not own_data.wants_personal(session, customer_id):
        running = [row for row in running if not row.rule]
    if not running:
        return None
    rules = [segments.understood(session, row.rule) for row in running]
    met = segments.those_met(session, customer_id, rules, now) or []
    suits = [row for row, is_met in zip(running, met, strict=False) if is_met]
    return next((_open(session, row) for row in suits), None)


def chosen(session: Session, customer_id: int, offer_id: str) -> Chosen | None:
    """What they took of it."""
    asked = (
        select(_o.id, _o.title, offer_options, vouchers_table.c.code)
        .join_from(offer_choices, offers, _o.id == _c.offer_id)
        .join(offer_options, and_(_p.offer_id == _c.offer_id, _p.letter == _c.letter))
        .join(vouchers_table, vouchers_table.c.id == _c.voucher_id)
        .where(_c.customer_id == customer_id, _c.offer_id == offer_id)
    )
    row = session.execute(asked).one_or_none()
    if row is None:
        return None
    return Chosen(offer_id=row.id, title=row.title, option=_option(row), code=row.code)


def choose(
    session: Session, customer_id: int, offer: Open, letter: str, now: datetime
) -> Chosen | Literal["gone", "before"]:
    """`gone`: nothing is left of it. `before`: they have chosen already; nothing changes."""
    option = next(one for one in offer.options if one.id == letter)
    if chosen(session, customer_id, offer.id) is not None:
        return "before"
    there = and_(_p.offer_id == offer.id, _p.letter == letter, or_(_p.stock.is_(None), _p.taken < _p.stock))
    if not session.execute(update(offer_options).where(there).values(taken=_p.taken + 1)).rowcount:
        return "gone"
    voucher = vouchers.give(
        session, customer_id, origin=f"offer:{offer.id}", name=option.name, value=option.value, least=option.least,
        lasts=timedelta(days=option.valid_days), now=now,
    )  # fmt: skip
    voucher_id = select(vouchers_table.c.id).where(vouchers_table.c.code == voucher.code).scalar_subquery()
    row = {"offer_id": offer.id, "customer_id": customer_id, "letter": letter, "chosen_at": now}
    put = or_insert(session, offer_choices).values(row | {"voucher_id": voucher_id}).on_conflict_do_nothing()
    if not session.execute(put, execution_options={"preserve_rowcount": True}).rowcount:
        _give_back(session, offer.id, letter, voucher.code)  # chosen in another process at this instant
        return "before"
    return Chosen(offer_id=offer.id, title=offer.title, option=option, code=voucher.code)


def put_options(
    session: Session, offer_id: str, wanted: Sequence[Option]
) -> Sequence[Mapping[str, Any]] | None:
    """The options as they were, when these differ; what was taken of each stays counted. Raises `ValueError`."""
    old = session.execute(select(offer_options).where(_p.offer_id == offer_id).order_by(_p.letter)).all()
    before = [_option(row, left=False) for row in old]
    if before == list(wanted):
        return None
    taken = {row.letter: row.taken for row in old}
    new = {one.id: one for one in wanted}
    for letter, count in taken.items():
        if count and letter not in new:
            raise ValueError(
                f"option {letter}: {count} were given; it can be sold out by stock = {count}, not removed"
            )
        stock = new[letter].stock if letter in new else None
        if stock is not None and stock < count:
            raise ValueError(f"option {letter}: stock: expected at least the {count} that were given")
    for letter in taken.keys() - new.keys():
        session.execute(offer_options.delete().where(_p.offer_id == offer_id, _p.letter == letter))
    for one in wanted:
        values = {
            "kind": one.kind, "name": one.name, "value": one.value, "least": one.least, "stock": one.stock,
            "valid_days": one.valid_days,
        }  # fmt: skip
        if one.id in taken:
            here = (_p.offer_id == offer_id, _p.letter == one.id)
            session.execute(update(offer_options).where(*here).values(values))
        else:
            session.execute(insert(offer_options).values(values | {"offer_id": offer_id, "letter": one.id}))
    return [{"letter": one.id, "name": one.name} for one in before]


def counts(session: Session) -> Sequence[Row[*tuple[Any, ...]]]:
    """Of every offer and option: offer, title, status, ends, letter, name, stock, taken, redeemed."""
    redeemed = (
        select(func.count())
        .select_from(offer_choices.join(vouchers_table, vouchers_table.c.id == _c.voucher_id))
        .where(_c.offer_id == _o.id, _c.letter == _p.letter, vouchers_table.c.redeemed_at.is_not(None))
        .correlate(offers, offer_options)
        .scalar_subquery()
    )
    columns = (_o.id, _o.title, _o.status, _o.ends, _p.letter, _p.name, _p.stock, _p.taken)
    asked = select(*columns, redeemed.label("redeemed")).join(offer_options, _p.offer_id == _o.id)
    return session.execute(asked.order_by(_o.ends.desc(), _o.id, _p.letter)).all()


def _give_back(session: Session, offer_id: str, letter: str, code: str) -> None:
    session.execute(vouchers_table.delete().where(vouchers_table.c.code == code))
    here = (_p.offer_id == offer_id, _p.letter == letter)
    session.execute(update(offer_options).where(*here).values(taken=_p.taken - 1))


def _open(session: Session, row: Row[*tuple[Any, ...]]) -> Open:
    found = session.execute(select(offer_options).where(_p.offer_id == row.id).order_by(_p.letter))
    options = tuple(_option(one) for one in found)
    return Open(id=row.id, title=row.title, intro=row.intro, ends=row.ends, options=options)


def _option(row: Row[*tuple[Any, ...]], *, left: bool = True) -> Option:
    option = Option(
        id=row.letter, kind=row.kind, name=row.name, value=Decimal(row.value), least=Decimal(row.least),
        stock=row.stock, valid_days=row.valid_days,
    )  # fmt: skip
    return replace(option, stock=row.stock - row.taken) if left and row.stock is not None else option
