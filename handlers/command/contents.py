"""Contents at the terminal: files for them, how they look to a customer, who approves them, articles published."""

from pathlib import Path
from typing import Annotated

import typer

from bot import holding
from bot.opening import opened
from bot.rules.contents import preview_words
from bot.rules.contents.rendering import NOTHING_HELD, Unsendable, reply_of
from bot.rules.pushes.reasons import sentence
from bot.services import Services
from bot.store.campaigns import approvals, contents, media_files, previews
from bot.store.database import Session
from bot.store.operators import audit
from bot.values.outcome import Later
from bot.values.push import Content
from handlers.command import people
from handlers.command.common import AsJson, Fault, tell

app = typer.Typer(no_args_is_help=True, help="Contents: files, previews, approvals, articles.")

As = Annotated[str, typer.Option("--as", metavar="STAFF", help="In whose name.")]


@app.command()
def upload(context: typer.Context, paths: Annotated[list[Path], typer.Argument(metavar="FILE...")]) -> None:
    """Keep files for contents; prints the hash that `file` or `cover` names each by."""
    with opened(context.obj.config) as services, services.database.transaction() as session:
        for path in paths:
            try:
                name = media_files.keep(session, path.name, path.read_bytes(), services.now())
            except ValueError as error:
                raise Fault(f"{path}: {error}") from None
            print(f"{name}  {path}")


@app.command()
def preview(
    context: typer.Context,
    content_id: Annotated[str, typer.Argument(metavar="ID")],
    openid: Annotated[str, typer.Option("--for", metavar="OPENID", help="As whom.")] = "",
    send: Annotated[
        bool, typer.Option("--send", help="Have WeChat show it to that openid as a mass send; 100 a day.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Each message as the customer would get it. Nothing is sent, but with --send."""
    config = context.obj.for_wechat if send else context.obj.config
    with opened(config) as services:
        with services.database.reading() as session:
            content = _content(session, content_id)
            found = previews.of_content(session, content, openid or None, services.now())
        if found is None:
            raise Fault(f"nobody has the openid {openid}")
        if send:
            _send(services, content, openid)
        tell(found, as_json, preview_words.lines(found))


@app.command()
def approve(
    context: typer.Context, content_id: Annotated[str, typer.Argument(metavar="ID")], name: As
) -> None:
    """Approve what stands there now, in that person's name."""
    with opened(context.obj.config) as services, services.database.transaction() as session:
        _content(session, content_id)
        person, now = people.on_staff(session, name), services.now()
        if contents.standing_approval(session, content_id):
            raise Fault(f"{content_id} is approved already")
        approvals.approve(session, content_id, staff_id=person.id, now=now)
        audit.record(session, "content.approved", "content", content_id, staff_id=person.id, now=now)
    print(f"{content_id} is approved by {name}")


@app.command("approvals")
def approvals_(
    context: typer.Context,
    content_id: Annotated[str, typer.Argument(metavar="ID")],
    as_json: AsJson = False,
) -> None:
    """Who approved which version, the newest first."""
    with opened(context.obj.config) as services, services.database.reading() as session:
        _content(session, content_id)
        found = approvals.of_content(session, content_id)
        tell(found, as_json, preview_words.of_approvals(found, services.config.push.zone))


@app.command()
def publish(context: typer.Context, content_id: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Bring what an approved content is made of to WeChat: files, drafts, published articles."""
    with opened(context.obj.for_wechat) as services:
        with services.database.reading() as session:
            content = _content(session, content_id)
            approved_by = contents.standing_approval(session, content_id)
        if not approved_by:
            raise Fault(f"{content_id} is not approved: nothing is published before a person has seen it")
        try:
            held = holding.hold(services, content, mass=False)
        except holding.NotHeld as refused:
            if isinstance(refused.outcome, Later) and refused.outcome.reason == "being_published":
                print("WeChat is publishing it; ask again in a minute")
                return
            raise Fault(
                f"{content_id}: {sentence(getattr(refused.outcome, 'reason', 'WeChat did not take it'), 'en')}"
            ) from None
    for need, value in held.items():
        print(f"{need.form:<8}  {value}")
    print(f"{content_id} is ready, approved by {approved_by}")


def _send(services: Services, content: Content, openid: str) -> None:
    """Raises `WeChatError`. Shows to one person what a mass send would show to many."""
    if not openid:
        raise Fault("--for: expected the openid of who is to see it")
    if len(content.messages) > 1:
        raise Fault(f"{content.id} has several parts: no mass send carries them, so WeChat previews none")
    try:
        held = holding.hold(services, content, mass=True)
        services.wechat.library.preview(openid, reply_of(content, held or NOTHING_HELD))
    except (holding.NotHeld, Unsendable) as refused:
        reason = getattr(getattr(refused, "outcome", None), "reason", str(refused))
        raise Fault(f"{content.id}: {sentence(reason, 'en')}") from None


def _content(session: Session, content_id: str) -> Content:
    found = contents.find(session, content_id)
    if found is None:
        raise Fault(f"there is no content {content_id}")
    return found
