"""The one conditional UPDATE of a claim. Its words are put together once for all claims that ask the same questions.

Putting them together takes several times as long as the database takes to answer them for a hundred customers. So the
instants of a moment are parameters, and whatever else the policies look at is what the statement is known by.
"""

from collections.abc import Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    FromClause,
    String,
    Update,
    and_,
    bindparam,
    case,
    update,
)

from bot.rules.pushes.rhythm import Apart
from bot.store.among import listed, those
from bot.store.database import Instant, Session
from bot.store.planning.candidates import of_delivery
from bot.store.planning.eligibility import CLAIM, Policy, allowed, at_stage
from bot.store.planning.entitlements import mass_used
from bot.store.planning.moments import Moment
from bot.store.sending.halts import NOTHING_HALTED
from bot.store.tables import campaigns, contents, customers, deliveries

KINDS = 64  # of claims that are kept at hand

Fixed = tuple[tuple[str, Any], ...]


def win(session: Session, ids: Sequence[int], token: str, moment: Moment) -> list[int]:
    """The customers of these signed deliveries who may be sent to: their rhythm and their ledgers say so from now on."""
    statement = _conditional(session.dialect.name, _fixed(moment), at_stage(CLAIM))
    values = {"ids_": listed(session.dialect.name, ids), "token_": token, **_instants(moment)}
    return list(session.execute(statement, values).scalars())


def is_signed(mine: FromClause, these: ColumnElement[bool], token: Any) -> ColumnElement[bool]:
    return and_(
        these, mine.c.claim_token == token, mine.c.state == "claimed", mine.c.customer_id == customers.c.id
    )


def taken_from_ledger(mine: FromClause, moment: Moment) -> dict[str, Any]:
    took = mine.c.took
    return {
        "window_left": customers.c.window_left - case((took == "window", mine.c.messages), else_=0),
        "scene_left": customers.c.scene_left - case((took == "scene", mine.c.messages), else_=0),
        "mass_used": case((took == "mass", mass_used(moment) + 1), else_=customers.c.mass_used),
        "mass_month": case((took == "mass", moment.month), else_=customers.c.mass_month),
    }


@lru_cache(KINDS)
def _conditional(dialect: str, fixed: Fixed, _policies: tuple[Policy, ...]) -> Update:
    moment = Moment(**dict(fixed), **_PARAMETERS)
    mine = deliveries.alias("mine")
    these = those(dialect, mine.c.id, "ids_")
    return (
        update(customers)
        .where(is_signed(mine, these, bindparam("token_", type_=String())))
        .where(campaigns.c.id == mine.c.campaign_id, contents.c.id == mine.c.content_id)
        .where(allowed(of_delivery(mine, moment), moment, CLAIM))
        .values(
            last_push_at=moment.now,
            last_push_day=moment.today,
            last_push_id=mine.c.id,
            **taken_from_ledger(mine, moment),
        )
        .returning(customers.c.id)
    )


def _instant(name: str) -> BindParameter[Any]:
    return bindparam(name, type_=Instant())


def _day(name: str) -> BindParameter[Any]:
    return bindparam(name, type_=Date())


_PARAMETERS: dict[str, Any] = {
    "now": _instant("now_"),
    "today": _day("today_"),
    "daily": Apart(_day("daily_day_"), _instant("daily_at_")),  # type: ignore[arg-type]
    "least": Apart(_day("least_day_"), _instant("least_at_")),  # type: ignore[arg-type]
    "window_lasts_until": _instant("lasts_until_"),
    "closes": {},  # no policy of a claim asks for these two
    "standing": NOTHING_HALTED,
}


def _fixed(moment: Moment) -> Fixed:
    return tuple(
        (one.name, getattr(moment, one.name)) for one in fields(moment) if one.name not in _PARAMETERS
    )


def _instants(moment: Moment) -> dict[str, Any]:
    return {
        "now_": moment.now,
        "today_": moment.today,
        "daily_day_": moment.daily.day,
        "daily_at_": moment.daily.at,
        "least_day_": moment.least.day,
        "least_at_": moment.least.at,
        "lasts_until_": moment.window_lasts_until,
    }
