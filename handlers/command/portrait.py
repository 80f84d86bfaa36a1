"""What the best customers have in common, and who looks like them."""

from collections.abc import Mapping
from typing import Annotated

import typer

from bot import portrayal
from bot.opening import opened
from bot.rules.people import facts as fact_rules
from bot.rules.worth import portrait_words as words
from bot.services import Services
from bot.store.worth import portraits
from bot.values.facts import Attribute
from bot.values.portrait import Definition, InSegment, Top
from handlers.command import people
from handlers.command.common import AsJson, Fault, tell

app = typer.Typer(
    no_args_is_help=True, help="What the best customers have in common, and who looks like them."
)

MOST = 100_000

TopPercent = Annotated[
    int | None,
    typer.Option(
        "--top", min=1, max=99, help="The best so many percent of those who bought; 20 if not said."
    ),
]
By = Annotated[str | None, typer.Option("--by", help="What makes the best: score (the default) or spent.")]
InThis = Annotated[
    str | None, typer.Option("--segment", metavar="ID", help="Instead: the members of a segment.")
]


@app.command()
def show(
    context: typer.Context,
    top: TopPercent = None,
    by: By = None,
    segment: InThis = None,
    as_json: AsJson = False,
) -> None:
    """What they share, compared with everybody else; looked at now, nothing is kept."""
    definition = _wanted(top, by, segment) or Top()
    with opened(context.obj.config) as services:
        try:
            found = portrayal.portray(services, definition)
        except portrayal.NoSegment as unknown:
            raise Fault(str(unknown)) from None
        facts = _facts(services)
    tell(words.as_told(found, facts), as_json, words.of_portrait(found, facts))


@app.command()
def refresh(
    context: typer.Context,
    top: TopPercent = None,
    by: By = None,
    segment: InThis = None,
    as_json: AsJson = False,
) -> None:
    """Score everybody who is not one of the best; said once, the choice holds for the nightly refresh, too."""
    definition = _wanted(top, by, segment)
    with opened(context.obj.config) as services:
        try:
            done = portrayal.refresh(services, definition)
        except portrayal.NoSegment as unknown:
            raise Fault(str(unknown)) from None
    tell(done, as_json, words.of_refresh(done))


@app.command()
def lookalikes(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=MOST)] = 20,
    as_json: AsJson = False,
) -> None:
    """The followers who are most like the best without being one of them."""
    with opened(context.obj.config) as services, services.database.reading() as session:
        found = portraits.most_alike(session, limit)
        used = portraits.in_use(session)
        facts = _facts(services)
    if not found and not as_json:
        raise Fault(
            "nobody has a score yet: run `weilan portrait refresh`"
            if used is None
            else "nobody has a score: `weilan portrait refresh` says why"
        )
    tell(found, as_json, words.of_lookalikes(found, facts))


@app.command("of")
def of_one(context: typer.Context, openid: str, as_json: AsJson = False) -> None:
    """How much one customer is like the best, and why."""
    with opened(context.obj.config) as services, services.database.reading() as session:
        found = portraits.of(session, openid)
        if found is None:
            people.customer(session, openid)
            raise Fault(f"{openid} is one of the best already, or `weilan portrait refresh` gave no score")
        facts = _facts(services)
        tell(found, as_json, words.of_one(found, facts, services.config.push.zone))


def _wanted(top: int | None, by: str | None, segment: str | None) -> Definition | None:
    if by is not None and by not in {"score", "spent"}:
        raise typer.BadParameter(f"expected score or spent, found {by}", param_hint="--by")
    if segment is not None:
        if top is not None or by is not None:
            raise typer.BadParameter(
                "expected either a segment or a share of the best", param_hint="--segment"
            )
        return InSegment(segment)
    if top is None and by is None:
        return None
    return Top(top or Top().percent, "spent" if by == "spent" else "score")


def _facts(services: Services) -> Mapping[str, Attribute]:
    return fact_rules.load(services.config.facts.rules).attributes
