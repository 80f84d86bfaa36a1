"""Vouchers: given once, with a code a person can type, and redeemed once."""

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import insert, select, update

from bot.store import numbers
from bot.store.database import Session
from bot.store.tables import vouchers
from bot.values.membership import Voucher

GROUPS, OF = 3, 4

_v = vouchers.c
_READ = select(_v.code, _v.name, _v.value, _v.least, _v.valid_until, _v.redeemed_at)


def give(
    session: Session,
    customer_id: int,
    *,
    origin: str,
    name: str,
    value: Decimal,
    least: Decimal,
    lasts: timedelta,
    now: datetime,
) -> Voucher:
    """`origin`: reward:<id>, or the offer that gave it. 60 bits of chance: nobody guesses one."""
    code = _plain(numbers.by_chance(GROUPS * OF))
    until = now + lasts
    session.execute(
        insert(vouchers).values(
            code=code, customer_id=customer_id, origin=origin, name=name, value=value, least=least,
            given_at=now, valid_until=until,
        )
    )  # fmt: skip
    return Voucher(code=code, name=name, value=value, least=least, valid_until=until)


def of(session: Session, customer_id: int, now: datetime) -> list[Voucher]:
    """Those they can still use, the first to end first."""
    mine = _READ.where(_v.customer_id == customer_id, _v.redeemed_at.is_(None), _v.valid_until > now)
    return [Voucher(**row) for row in session.execute(mine.order_by(_v.valid_until, _v.id)).mappings()]


def given_since(session: Session, customer_id: int, origin: str, since: datetime) -> Voucher | None:
    """The newest of one kind; None when none was given since then."""
    mine = _READ.where(_v.customer_id == customer_id, _v.origin == origin, _v.given_at > since)
    row = session.execute(mine.order_by(_v.id.desc()).limit(1)).mappings().one_or_none()
    return Voucher(**row) if row else None


def find(session: Session, code: str) -> Voucher | None:
    """As typed: capitals, blanks and dashes aside."""
    row = session.execute(_READ.where(_v.code == _plain(code))).mappings().one_or_none()
    return Voucher(**row) if row else None


def redeem(session: Session, code: str, staff_id: int | None, now: datetime) -> bool:
    """Once, whoever asks at the same time; False when it was, when it is over, and when there is none."""
    valid = (_v.code == _plain(code), _v.redeemed_at.is_(None), _v.valid_until > now)
    taken = update(vouchers).where(*valid).values(redeemed_at=now, redeemed_by=staff_id)
    return session.execute(taken).rowcount == 1


def _plain(code: str) -> str:
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return "-".join(letters[at : at + OF] for at in range(0, len(letters), OF))
