"""What a customer would be recommended now, and the lesson it comes from."""

from typing import Annotated

import typer

from bot import recommending
from bot.insight.recommend import Recommender
from bot.insight.taste_learning import CannotLearn
from bot.opening import opened
from bot.rules.talk import recommend_words as words
from handlers.command import people
from handlers.command.common import AsJson, Chosen, Fault, tell

app = typer.Typer(no_args_is_help=True, help="What somebody may like, from what they and others bought.")


@app.command()
def show(
    context: typer.Context,
    openid: Annotated[str, typer.Argument(metavar="OPENID")],
    kind: Annotated[str, typer.Option("--kind", help="Only this kind of thing: 茶叶, 茶壶 …")] = "",
    as_json: AsJson = False,
) -> None:
    """What they would be told in chat at this moment, with the reasons."""
    chosen: Chosen = context.obj
    with opened(chosen.config) as services, services.database.reading() as session:
        customer = people.customer(session, openid)
        found = recommending.for_customer(session, Recommender(), customer.id, kind, services.now())
    lines = [f"{one.name} · ¥{one.price:.2f} · {words.reason_of(one)}" for one in found]
    tell(found, as_json, lines or ["nothing fits: `weilan recommend refresh` learns from the orders first"])


@app.command()
def refresh(context: typer.Context, as_json: AsJson = False) -> None:
    """Learn anew from the purchases of the last two years; happens nightly, too."""
    chosen: Chosen = context.obj
    with opened(chosen.config) as services:
        try:
            number = recommending.refresh(services)
        except CannotLearn as fault:
            raise Fault(str(fault)) from None
    tell({"lines": number}, as_json, [f"learnt from {number:,} lines of orders"])
