"""What customers asked and nothing could answer."""

from typing import Annotated

import typer

from bot.insight.grouping import grouped
from bot.opening import opened
from bot.rules.talk.intent_names import title_of
from bot.store.talk import open_questions
from handlers.command.common import AsJson, Fault, tell

app = typer.Typer(no_args_is_help=True, help="What customers asked and nothing could answer.")

EXAMPLES = 3  # questions shown of a group


@app.command()
def unanswered(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="So many groups.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Grouped by what they ask, the most frequent first."""
    with opened(context.obj.config) as services, services.database.reading() as session:
        found = open_questions.still_open(session)
    groups = [
        {
            "times": len(group),
            "customers": len({found[number].customer_id for number in group}),
            "intent": found[group[0]].intent,
            "questions": list(dict.fromkeys(found[number].text for number in group))[:EXAMPLES],
            "ids": [found[number].id for number in group],
        }
        for group in grouped([one.text for one in found])[:limit]
    ]
    lines = [
        f"{group['times']:>4} × {' / '.join(map(str, _texts(group)))}"
        + (f"  [{title_of(str(group['intent']))}]" if group["intent"] else "")
        + f"  settle: {_texts(group, 'ids')[0]}"
        for group in groups
    ]
    tell(groups, as_json, lines or ["every question was answered"])


@app.command()
def settle(context: typer.Context, question: int, as_json: AsJson = False) -> None:
    """An open question and all that ask the same are settled: an answer was written, or none is wanted."""
    with opened(context.obj.config) as services, services.database.transaction() as session:
        found = open_questions.still_open(session)
        groups = ([found[number].id for number in group] for group in grouped([one.text for one in found]))
        ids = next((group for group in groups if question in group), None)
        if ids is None:
            raise Fault(f"no open question has the id {question}: `weilan knowledge unanswered` lists them")
        settled = open_questions.settle(session, ids, services.now())
    tell({"settled": settled}, as_json, [f"settled {settled}"])


def _texts(group: dict[str, object], key: str = "questions") -> list[object]:
    found = group[key]
    return found if isinstance(found, list) else []
