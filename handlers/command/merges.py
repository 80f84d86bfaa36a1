"""Customers that were two, and are one: who, why, and back again; codes by which a chat proves whose it is."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, TypeVar

import typer

from bot.opening import opened
from bot.rules.intake.cells import Wrong
from bot.rules.intake.cells import phone as read_phone
from bot.rules.people import merge_reports as reports
from bot.rules.talk.binding_words import SCENE
from bot.services import Services
from bot.store.database import Session
from bot.store.operators import audit
from bot.store.people import binding, merges, merging, naming
from bot.store.rehearsal import rehearsing
from bot.values.merging import Merge, Refused, Undone
from handlers.command import people, qrcodes
from handlers.command.common import AsJson, Fault, tell

T = TypeVar("T")

WITHIN = 10.0  # seconds; two processes that want the same rows are told apart meanwhile
LONGEST_CODE = 30 * 24  # hours; WeChat's temporary QR codes end after 30 days

app = typer.Typer(no_args_is_help=True, help="Customers that were two, and are one.")

AsStaff = Annotated[str, typer.Option("--as", metavar="STAFF", help="In whose name.")]
Who = Annotated[
    str, typer.Argument(metavar="CUSTOMER", help="An openid, external_id or phone, or id:NUMBER.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    customer_id: int
    code: str
    scene: str
    expires_at: datetime
    qr: str


@app.command("list")
def list_(
    context: typer.Context,
    customer: Annotated[
        str, typer.Option(metavar="CUSTOMER", help="Only what this one was merged from or into.")
    ] = "",
    most: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: AsJson = False,
) -> None:
    """The newest merges."""
    with opened(context.obj.config) as services, services.database.reading() as session:
        whose = _one(session, customer) if customer else None
        found = merges.listed(session, customer_id=whose, most=most)
        tell(found, as_json, reports.of_merges(found, services.config.push.zone))


@app.command()
def show(context: typer.Context, merge_id: int, as_json: AsJson = False) -> None:
    """What one merge moved and changed."""
    with opened(context.obj.config) as services, services.database.reading() as session:
        found = _merge(session, merge_id)
        tell(found, as_json, reports.of_merge(found, services.config.push.zone))


@app.command()
def join(
    context: typer.Context,
    one: Who,
    other: Who,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing.")] = False,
    name: AsStaff = "",
    as_json: AsJson = False,
) -> None:
    """Make one customer of two: the one with the chat stays, empty fields are filled, everything of the other moves."""
    with opened(context.obj.config) as services:
        work = partial(_join, services=services, one=one, other=other, name=name)
        if dry_run:
            with rehearsing(services.database) as stage, stage.transaction() as session:
                found = work(session)
        else:
            found = services.database.together(work, within=WITHIN)
        tell(found, as_json, reports.of_merge(found, services.config.push.zone))
    if dry_run and not as_json:
        print("nothing was changed: this was a dry run")


@app.command()
def undo(context: typer.Context, merge_id: int, name: AsStaff = "", as_json: AsJson = False) -> None:
    """Make two of one again: what was moved goes back, what came after stays with the one who has the chat."""

    def work(session: Session) -> Undone:
        undone = merging.undo(session, merge_id, staff_id=people.named(session, name), now=services.now())
        return _or_fault(undone, f"merge {merge_id}")

    with opened(context.obj.config) as services:
        undone = services.database.together(work, within=WITHIN)
    tell(undone, as_json, reports.of_undone(undone))


@app.command()
def code(
    context: typer.Context,
    phone: Annotated[str, typer.Option(help="Whose, by the phone the shop knows.")] = "",
    external_id: Annotated[str, typer.Option(help="Whose, by the shop's own number.")] = "",
    hours: Annotated[int, typer.Option(min=1, max=LONGEST_CODE, help="How long it may be used.")] = 24,
    qr: Annotated[bool, typer.Option("--qr", help="Have WeChat make the QR code, too.")] = False,
    name: AsStaff = "",
    as_json: AsJson = False,
) -> None:
    """A code for one customer the shop knows: whoever writes it in the chat, or scans it, is that customer. Once."""
    if bool(phone) == bool(external_id):
        raise typer.BadParameter("expected --phone or --external-id, and not both")
    config = context.obj.for_wechat if qr else context.obj.config
    if qr:
        qrcodes.may_be_made(config)
    with opened(config) as services:
        with services.database.transaction() as session:
            made = _make_code(session, services, _phone(phone) if phone else external_id, hours, name)
        if qr:
            made = replace(made, qr=qrcodes.make(services, made.scene, timedelta(hours=hours))[1])
        zone = services.config.push.zone
        tell(made, as_json, _of_code(made, f"{made.expires_at.astimezone(zone):%Y-%m-%d %H:%M}"))


def _join(session: Session, *, services: Services, one: str, other: str, name: str) -> Merge:
    ids = _one(session, one), _one(session, other)
    staff_id = people.named(session, name)
    merged = merging.merge(session, *ids, how="staff", staff_id=staff_id, now=services.now())
    return _merge(session, _or_fault(merged, f"{one} and {other}"))


def _make_code(session: Session, services: Services, word: str, hours: int, name: str) -> Code:
    customer_id, now = _one(session, word), services.now()
    if binding.has_a_chat(session, customer_id):
        raise Fault(f"{word} has a chat already, or is forgotten: nothing is left to be bound")
    lasts, salt = timedelta(hours=hours), services.config.server.secret_key.get_secret_value()
    made = binding.give_code(session, customer_id, lasts=lasts, salt=salt, now=now)
    if made is None:
        raise Fault(
            f"{word} was given {binding.CODES_A_DAY} codes within a day; the last of them still counts"
        )
    audit.record(
        session, "customer.code_given", "customer", customer_id, staff_id=people.named(session, name), now=now,
        detail={"hours": hours},
    )  # fmt: skip
    return Code(customer_id=customer_id, code=made, scene=SCENE + made, expires_at=now + lasts, qr="")


def _of_code(made: Code, until: str) -> list[str]:
    lines = [
        f"code   {made.code[:4]}-{made.code[4:]}    to be written in the chat, once, until {until}",
        f"scene  {made.scene}    for a QR code that binds whoever scans it",
    ]
    return lines + ([f"qr     {made.qr}"] if made.qr else [])


def _one(session: Session, word: str) -> int:
    found = naming.meant_by(session, word)
    if not found:
        raise Fault(f"nobody has the openid, external_id or phone {word}")
    if len(found) > 1:
        raise Fault(f"{word} means {' and '.join(f'id:{one}' for one in found)}: say which")
    return found[0]


def _merge(session: Session, merge_id: int) -> Merge:
    found = merges.find(session, merge_id)
    if found is None:
        raise Fault(f"there is no merge {merge_id}")
    return found


def _phone(words: str) -> str:
    try:
        return read_phone(words)
    except Wrong as wrong:
        raise Fault(f"--phone: expected {wrong}") from None


def _or_fault(found: T | Refused, about: str) -> T:
    if isinstance(found, Refused):
        raise Fault(f"{about}: {reports.WHY[found.why]}")
    return found
