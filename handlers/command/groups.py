"""The groups of commands, each with its name at the terminal."""

import typer

from handlers.command import (
    calendar,
    clients,
    contents,
    facts,
    handovers,
    intents,
    knowledge,
    merges,
    notices,
    offers,
    points,
    portrait,
    pushes,
    recommending,
    requests,
    scenes,
    segments,
    staff,
    webhooks,
)

GROUPS: tuple[tuple[str, typer.Typer], ...] = (
    ("staff", staff.app),
    ("client", clients.app),
    ("webhook", webhooks.app),
    ("merge", merges.app),
    ("scene", scenes.app),
    ("segment", segments.app),
    ("portrait", portrait.app),
    ("notice", notices.app),
    ("facts", facts.app),
    ("intents", intents.app),
    ("knowledge", knowledge.app),
    ("push", pushes.app),
    ("recommend", recommending.app),
    ("points", points.app),
    ("offer", offers.app),
    ("request", requests.app),
    ("calendar", calendar.app),
    ("content", contents.app),
    ("handover", handovers.app),
)
