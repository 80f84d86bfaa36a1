"""Trouble on order: for training, and for trying what the product does when WeChat misbehaves."""

from dataclasses import asdict
from typing import get_args

from flask import Blueprint, Response, jsonify

from bot.sandbox.faults import Fault, FaultKind
from bot.sandbox.platform import Platform
from handlers.sandbox.asking import Unclear, asked, number

MOST_TIMES = 1_000_000


def add(page: Blueprint, platform: Platform) -> None:
    @page.get("/faults")
    def faults() -> Response:
        return jsonify(
            faults=[asdict(fault) for fault in platform.faults.ordered()], problems=platform.problems()
        )

    @page.post("/faults")
    def order_fault() -> Response:
        platform.faults.order(_fault())
        return jsonify(done=True)

    @page.delete("/faults")
    def clear_faults() -> Response:
        platform.faults.clear()
        return jsonify(done=True)


def _fault() -> Fault:
    given = asked()
    kinds: tuple[FaultKind, ...] = get_args(FaultKind)
    kind = next((one for one in kinds if one == given.get("kind")), None)
    if kind is None:
        raise Unclear(f"kind: expected one of {', '.join(kinds)}")
    return Fault(
        kind=kind,
        path=str(given.get("path") or "*"),
        value=_value(kind),
        times=int(number("times", 1, MOST_TIMES)) if given.get("times") is not None else _times_unsaid(given),
        probability=number("probability", 0, 1) if "probability" in given else 1.0,
    )


def _times_unsaid(given: dict[str, object]) -> int | None:
    """Once; null means until it is taken away."""
    return None if "times" in given else 1


def _value(kind: FaultKind) -> float:
    match kind:
        case "latency":
            return number("value", 0, 60)
        case "status":
            return number("value", 400, 599)
        case "errcode":
            return number("value", -1, 99_999_999)
        case _:
            return 0
