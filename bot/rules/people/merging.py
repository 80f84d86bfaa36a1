"""What becomes of two customers' rows that are one person's: which stays, why not, and what the one row says. Pure.

The openid's row stays, because what is said and pushed hangs on it. Empty fields are filled; a refusal wins; of two
rhythms and two ledgers the stricter one counts, so that no promise of the pushes breaks.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.values.merging import Why

Row = Mapping[str, Any]  # of the table customers

NAMES = ("external_id", "phone", "union_id")
FILLED = ("name", "gender", "birthday", "level", "followed_at", "unfollowed_at")
REGION = ("province", "city")  # one fact in two columns
CAME_FROM = ("source", "source_scene")
LATEST = ("spoke_at", "with_person_until")
EITHER = ("complaint_open", "has_kept", "has_pending")
REFUSAL = ("wants_pushes", "stopped_pushes_at", "asked_for_pushes_at")
RHYTHM = ("last_push_at", "last_push_day", "last_push_id")
LEDGER = ("mass_month", "mass_used")
STAYS_STRICT = frozenset({*RHYTHM, *LEDGER, "has_kept", "has_pending"})  # undoing does not loosen them


def in_order(one: Row, other: Row) -> tuple[Row, Row]:
    """The survivor, then the loser: whoever has the openid stays, else the one known longer."""
    pair = sorted((one, other), key=lambda row: (row["openid"] is None, row["created_at"], row["id"]))
    return pair[0], pair[1]


def objection(survivor: Row, loser: Row) -> Why | None:
    if survivor["id"] == loser["id"]:
        return "same"
    if survivor["forgotten_at"] or loser["forgotten_at"]:
        return "forgotten"
    if loser["openid"]:
        return "two_openids"
    if survivor["union_id"] and loser["union_id"] and survivor["union_id"] != loser["union_id"]:
        return "two_union_ids"
    return None


def joined(survivor: Row, loser: Row) -> dict[str, Any]:
    """The columns of the survivor that change, with what they become."""
    row = {
        **{name: _first(survivor, loser, name) for name in (*NAMES, *FILLED)},
        **_together(REGION, survivor, loser),
        **_together(CAME_FROM, survivor, loser),
        **{name: _later(survivor[name], loser[name]) for name in LATEST},
        **{name: survivor[name] or loser[name] for name in EITHER},
        **_refusal(survivor, loser),
        **_rhythm(survivor, loser),
        **_ledger(survivor, loser),
        "wants_personal": survivor["wants_personal"] and loser["wants_personal"],
        "points": max(survivor["points"], loser["points"]),
        "created_at": min(survivor["created_at"], loser["created_at"]),
    }
    return {name: value for name, value in row.items() if value != survivor[name]}


def former_names(survivor: Row, loser: Row) -> dict[str, str]:
    """Names of the loser that the one row has no place for; the shop may go on using them."""
    return {
        name: loser[name]
        for name in ("external_id", "phone")
        if survivor[name] and loser[name] and survivor[name] != loser[name]
    }


def given_back(before: Row, changes: Row, today: Row) -> dict[str, Any]:
    """What undoing writes into the survivor: a field goes back unless it changed since; the refusal as a whole."""
    same = {name for name, value in changes.items() if today[name] == value} - STAYS_STRICT
    if any(name in changes and name not in same for name in REFUSAL):
        same -= set(REFUSAL)
    return {name: before[name] for name in changes if name in same}


def _first(survivor: Row, loser: Row, name: str) -> Any:
    return survivor[name] if survivor[name] not in (None, "") else loser[name]


def _together(names: tuple[str, ...], survivor: Row, loser: Row) -> dict[str, Any]:
    source = survivor if any(survivor[name] for name in names) else loser
    return {name: source[name] for name in names}


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at is not None), default=None)


def _refusal(survivor: Row, loser: Row) -> dict[str, Any]:
    refused = [row for row in (survivor, loser) if not row["wants_pushes"]]
    if not refused:
        asked = _later(survivor["asked_for_pushes_at"], loser["asked_for_pushes_at"])
        return {"wants_pushes": True, "asked_for_pushes_at": asked}
    since = [row["stopped_pushes_at"] for row in refused if row["stopped_pushes_at"]]
    return {
        "wants_pushes": False,
        "stopped_pushes_at": min(since, default=None),
        "asked_for_pushes_at": None,
    }


def _rhythm(survivor: Row, loser: Row) -> dict[str, Any]:
    pushed = [row for row in (survivor, loser) if row["last_push_at"]]
    last = max(pushed, key=lambda row: row["last_push_at"], default=survivor)
    days = [row["last_push_day"] for row in (survivor, loser) if row["last_push_day"]]
    return {
        "last_push_at": last["last_push_at"],
        "last_push_id": last["last_push_id"],
        "last_push_day": max(days, default=None),
    }


def _ledger(survivor: Row, loser: Row) -> dict[str, Any]:
    months = [row["mass_month"] for row in (survivor, loser) if row["mass_month"]]
    month = max(months, default=None)
    used = sum(row["mass_used"] for row in (survivor, loser) if row["mass_month"] == month)
    return {"mass_month": month, "mass_used": used}
