"""QR codes as sources: what they brought, what they are called, and new ones."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

import typer

from bot.opening import opened
from bot.rules.people import merge_reports as reports
from bot.rules.talk.binding_words import SCENE
from bot.store.people import scenes
from handlers.command import qrcodes
from handlers.command.common import AsJson, Fault, instant, tell

LONGEST_SCENE = 64
LONGEST_TITLE = 100
MOST_DAYS = 30

app = typer.Typer(no_args_is_help=True, help="QR codes, and whom they brought.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    scene: str
    ticket: str
    picture: str
    expires_at: datetime | None


@app.command("list")
def list_(
    context: typer.Context,
    since: Annotated[str, typer.Option(metavar="TIME", help="Only what happened from then on.")] = "",
    as_json: AsJson = False,
) -> None:
    """For each code: scans, new followers, who came back, left and still follows, their orders since."""
    with opened(context.obj.config) as services, services.database.reading() as session:
        found = scenes.listed(session, instant(since, services) if since else None)
    tell(found, as_json, reports.of_scenes(found))


@app.command()
def name(context: typer.Context, scene: str, title: str) -> None:
    """What people call the code: the poster at the door, the box of the teapot."""
    scene, title = _scene(scene), _title(title)
    with opened(context.obj.config) as services, services.database.transaction() as session:
        scenes.name(session, scene, title, services.now())
    print(f"{scene} is called {title}")


@app.command()
def create(
    context: typer.Context,
    scene: str,
    title: str,
    days: Annotated[
        int,
        typer.Option(
            min=0, max=MOST_DAYS, help="How long it works; 0: for ever, of which WeChat makes 100,000."
        ),
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Have WeChat make a QR code that brings this scene along."""
    scene, title = _scene(scene), _title(title)
    config = context.obj.for_wechat
    qrcodes.may_be_made(config)
    with opened(config) as services:
        lasts = timedelta(days=days) if days else None
        ticket, picture = qrcodes.make(services, scene, lasts)
        now = services.now()
        expires_at = now + lasts if lasts else None
        with services.database.transaction() as session:
            scenes.name(session, scene, title, now, ticket=ticket, expires_at=expires_at)
    made = Made(scene=scene, ticket=ticket, picture=picture, expires_at=expires_at)
    tell(made, as_json, [f"scene    {scene} ({title})", f"ticket   {ticket}", f"picture  {picture}"])


def _scene(word: str) -> str:
    word = word.strip()
    if not 1 <= len(word) <= LONGEST_SCENE or not word.isprintable():
        raise Fault(f"SCENE: expected 1 to {LONGEST_SCENE} characters")
    if word.startswith(SCENE):
        raise Fault(f"SCENE: {SCENE}… is kept for codes that bind a customer; see `weilan merge code`")
    return word


def _title(words: str) -> str:
    words = words.strip()
    if not 1 <= len(words) <= LONGEST_TITLE or not words.isprintable():
        raise Fault(f"TITLE: expected 1 to {LONGEST_TITLE} characters")
    return words
