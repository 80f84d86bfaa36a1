"""What WeChat holds for us, and who is just bringing it there: one process uploads, the others wait for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, tuple_, update

from bot.store.database import Session
from bot.store.tables import uploads
from bot.store.upserts import or_insert
from bot.values.content import Need

LEASE = timedelta(minutes=2)  # of real time; longer than an upload may take


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it is with one need."""

    value: str = ""
    is_lasting: bool = False
    expires_at: datetime | None = None
    job: str = ""
    retry_at: datetime | None = None
    error: str = ""
    uploaded_at: datetime | None = None


def held(session: Session, needs: Iterable[Need], *, good_until: datetime) -> dict[Need, str]:
    """Those that WeChat holds and still will at `good_until`."""
    found = standings(session, needs)
    return {
        need: one.value
        for need, one in found.items()
        if one.value
        and (one.is_lasting or not need.must_last)
        and (one.expires_at is None or one.expires_at > good_until)
    }


def standings(session: Session, needs: Iterable[Need]) -> dict[Need, Standing]:
    """Of each need that was ever asked for."""
    wanted = {(need.key, need.form): need for need in needs}
    if not wanted:
        return {}
    asked = select(uploads).where(tuple_(uploads.c.key, uploads.c.form).in_(list(wanted)))
    return {
        wanted[row.key, row.form]: Standing(
            value=row.value or "",
            is_lasting=row.is_lasting,
            expires_at=row.expires_at,
            job=row.job or "",
            retry_at=row.retry_at,
            error=row.error,
            uploaded_at=row.uploaded_at,
        )
        for row in session.execute(asked)
    }


def take(session: Session, need: Need, token: str, now: datetime, real: datetime) -> bool:
    """True: this process brings it there; everybody else waits until the lease is over."""
    row = {"key": need.key, "form": need.form}
    session.execute(or_insert(session, uploads).values(row).on_conflict_do_nothing())
    is_free = or_(uploads.c.lease_until.is_(None), uploads.c.lease_until < real)
    may_try = or_(uploads.c.retry_at.is_(None), uploads.c.retry_at <= now)
    taken = session.execute(
        update(uploads)
        .where(_is(need), is_free, may_try)
        .values(claim_token=token, lease_until=real + LEASE)
        .returning(uploads.c.key)
    )
    return taken.one_or_none() is not None


def keep(
    session: Session, need: Need, token: str, value: str, *, expires_at: datetime | None, now: datetime
) -> None:
    """It is there. Of a lease that was lost meanwhile nothing is written: the other upload counts."""
    values: dict[str, Any] = {
        "value": value, "is_lasting": expires_at is None, "expires_at": expires_at, "uploaded_at": now, "job": None,
        "claim_token": None, "lease_until": None, "retry_at": None, "error": "",
    }  # fmt: skip
    session.execute(update(uploads).where(_is(need), uploads.c.claim_token == token).values(values))


def give_up(
    session: Session, need: Need, token: str, error: str, retry_at: datetime, *, job: str = ""
) -> None:
    """It is not there yet; `job`: WeChat is at it and has to be asked again."""
    values = {
        "claim_token": None, "lease_until": None, "retry_at": retry_at, "error": error[:200], "job": job or None,
    }  # fmt: skip
    session.execute(update(uploads).where(_is(need), uploads.c.claim_token == token).values(values))


def forget(session: Session, refused: dict[Need, str]) -> None:
    """WeChat does not know these any more. One that was renewed meanwhile stays."""
    for need, value in refused.items():
        gone: dict[str, Any] = {"value": None, "is_lasting": False, "expires_at": None, "retry_at": None}
        session.execute(update(uploads).where(_is(need), uploads.c.value == value).values(gone))


def kept_for_good(session: Session, form: str) -> int:
    counted = select(func.count()).where(uploads.c.form == form, uploads.c.is_lasting)
    return int(session.execute(counted).scalar_one())


def _is(need: Need) -> Any:
    return and_(uploads.c.key == need.key, uploads.c.form == need.form)
