"""What customers asked and nothing could answer."""

from typing import Annotated

import typer

from bot.opening import opened
from bot.rules.talk.intent_names import title_of
from handlers import open_questions as questions
from handlers.command.common import AsJson, Fault, tell

app = typer.Typer(no_args_is_help=True, help="What customers asked and nothing could answer.")

EXAMPLES = 3  # questions shown of a group

Entry = Annotated[
    str, typer.Option(help="The knowledge entry that answers it: the questions become wordings of it.")
]


@app.command()
def unanswered(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="So many groups.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Grouped by what they ask, the most frequent first."""
    with opened(context.obj.config) as services, services.database.reading() as session:
        found = questions.groups(session)[:limit]
    groups = [
        {
            "times": len(group.ids),
            "customers": group.customers,
            "intent": group.questions[0].intent,
            "questions": list(dict.fromkeys(one.text for one in group.questions))[:EXAMPLES],
            "ids": group.ids,
        }
        for group in found
    ]
    lines = [_line(group) for group in found]
    tell(groups, as_json, lines or ["every question was answered"])


@app.command()
def settle(context: typer.Context, question: int, entry: Entry = "", as_json: AsJson = False) -> None:
    """An open question and all that ask the same are settled: an entry answers them, or no answer is wanted."""
    with opened(context.obj.config) as services, services.database.transaction() as session:
        group = questions.group_of(session, question)
        if group is None:
            raise Fault(f"no open question has the id {question}: `weilan knowledge unanswered` lists them")
        if not entry:
            settled = questions.settle(session, group, services.now())
            tell({"settled": settled}, as_json, [f"settled {settled}"])
            return
        try:
            added = questions.settle_with(session, group, entry, services.now())
        except questions.NoSuchEntry:
            raise Fault(f"no knowledge entry has the id {entry}") from None
    told = {"settled": len(group.ids), "entry": entry, "asks": list(added)}
    tell(
        told, as_json, [f"settled {len(group.ids)}", *(f"{entry} is also asked as: {text}" for text in added)]
    )


def _line(group: questions.Group) -> str:
    asked = " / ".join(list(dict.fromkeys(one.text for one in group.questions))[:EXAMPLES])
    intent = group.questions[0].intent
    return (
        f"{len(group.ids):>4} × {asked}"
        + (f"  [{title_of(intent)}]" if intent else "")
        + f"  settle: {group.ids[0]}"
    )
