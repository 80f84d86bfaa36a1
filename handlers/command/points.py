"""Members' points: what one has and why, a gift, and whether the books add up; vouchers at the till."""

from datetime import date
from typing import Annotated
from uuid import uuid4

import typer

from bot.opening import opened
from bot.rules.talk.membership_words import KINDS
from bot.rules.worth import membership as rules_of
from bot.services import Services
from bot.store.loyalty import points, vouchers
from bot.store.operators import audit
from handlers.command import people
from handlers.command.common import AsJson, Chosen, Fault, tell

app = typer.Typer(no_args_is_help=True, help="Members' points: the ledger, gifts, and vouchers at the till.")

As = Annotated[str, typer.Option("--as", metavar="STAFF", help="Who does it; it is kept.")]


@app.command()
def show(context: typer.Context, openid: str, as_json: AsJson = False) -> None:
    """What a member has, when the next of it ends, and the last entries."""
    chosen: Chosen = context.obj
    with opened(chosen.config) as services, services.database.reading() as session:
        member = people.customer(session, openid)
        entries, ends = points.entries(session, member.id), points.next_to_expire(session, member.id)
    found = {"points": member.points, "level": member.level, "next_to_expire": ends, "entries": entries}
    lines = [f"{member.points} points{f', {ends[0]} of them until {ends[1]}' if ends else ''}"]
    lines += [f"{one.at:%Y-%m-%d %H:%M}Z {one.points:+6d} {one.kind} {one.note}".rstrip() for one in entries]
    tell(found, as_json, lines)


@app.command()
def give(
    context: typer.Context,
    openid: str,
    number: Annotated[int, typer.Argument(min=1, max=1_000_000)],
    by: As,
    why: Annotated[str, typer.Option("--why", help="What the member reads in their ledger.")] = KINDS[
        "grant"
    ],
) -> None:
    """Points as a gift or to put something right."""
    chosen: Chosen = context.obj
    with opened(chosen.config) as services, services.database.transaction() as session:
        if services.config.membership.source != "orders":
            raise Fault('points are kept by the shop: membership.source is "shop", so import them from there')
        member, staff_id = people.customer(session, openid), people.on_staff(session, by).id
        now = services.now()
        about = points.About(key=f"grant:{uuid4().hex}", kind="grant", staff_id=staff_id, note=why)
        points.gain(session, member.id, number, about, _lasts_to(services), now)
        audit.record(
            session, "points.given", "customer", member.id, staff_id=staff_id, now=now,
            detail={"points": number, "why": why},
        )  # fmt: skip
    print(f"{openid} has {number} points more")


@app.command()
def check(context: typer.Context, as_json: AsJson = False) -> None:
    """Whether the books add up: every entry, and every member's ledger, lots and balance."""
    chosen: Chosen = context.obj
    with opened(chosen.config) as services, services.database.reading() as session:
        if points.begun_at(session) is None:
            raise Fault(
                "no ledger has begun: it does when membership.source is orders and the scheduler runs"
            )
        found = points.faults(session)
    tell(found, as_json, found or ["the books add up"])
    if found:
        raise typer.Exit(1)


@app.command()
def redeem(context: typer.Context, code: str, by: As) -> None:
    """Take a voucher at the till: once."""
    chosen: Chosen = context.obj
    with opened(chosen.config) as services, services.database.transaction() as session:
        staff_id, now = people.on_staff(session, by).id, services.now()
        voucher = vouchers.find(session, code)
        if voucher is None:
            raise Fault(f"no voucher has the code {code}")
        if not vouchers.redeem(session, code, staff_id, now):
            at = (
                f"redeemed at {voucher.redeemed_at:%Y-%m-%d %H:%M}Z"
                if voucher.redeemed_at
                else f"over since {voucher.valid_until:%Y-%m-%d}"
            )
            raise Fault(f"{voucher.code} is {at}")
        audit.record(
            session,
            "voucher.redeemed",
            "voucher",
            voucher.code,
            staff_id=staff_id,
            now=now,
            detail={"name": voucher.name},
        )
    least = f", of an order of at least ¥{voucher.least:.2f}" if voucher.least else ""
    print(f"{voucher.name}: ¥{voucher.value:.2f} off{least}; redeemed")


def _lasts_to(services: Services) -> date:
    today = services.now().astimezone(services.config.push.zone).date()
    return rules_of.lasts_to(today, rules_of.load(services.config.membership.rules))
