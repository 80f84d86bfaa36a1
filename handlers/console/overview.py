"""The first page: what happened today, what comes next, what somebody should look at."""

from flask import abort, render_template
from flask_babel import lazy_gettext as _l

from bot.store.campaigns import campaign_pages
from bot.store.operators import today
from bot.store.planning import starvation
from bot.store.sending import delivery_search
from handlers.console.page import Page
from handlers.console.paging import begins, ends
from handlers.serving import services

page = Page("overview", __name__, needs="operator", title=_l("概览"))


@page.get("/")
def index() -> str:
    now = services().now()
    day = now.astimezone(services().config.push.zone).date()
    with services().database.reading() as store:
        return render_template(
            "console/overview.html",
            day=day,
            figures=today.figures(store, day, begins(day) or now, ends(day) or now),
            concerns=today.concerns(store, now, day),
            starved=starvation.as_of_the_last_pass(store, services().config.push),
            names=dict(campaign_pages.names(store)),
            coming=delivery_search.coming(store, now),
        )


@page.get("/<path:_nothing>")
def nowhere(_nothing: str) -> str:
    """An address of no page: behind the guard like all, so that who is signed in keeps the menu."""
    abort(404)
