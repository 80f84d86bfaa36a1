"""Why one customer will or will not get each running campaign: the answers of the same policies that send."""

from flask import abort, render_template

from bot.store.campaigns import campaign_pages
from bot.store.people import customer_search
from bot.store.planning import explanations
from handlers.console.page import Page
from handlers.console.paging import asked
from handlers.serving import services

page = Page("explain", __name__, needs="operator", within="customers")


@page.get("/customers/<int:customer_id>/explain")
def index(customer_id: int) -> str:
    campaign_id, now = asked("campaign"), services().now()
    with services().database.reading() as store:
        facts = customer_search.facts_of(store, customer_id)
        if facts is None or not facts.line.openid:
            abort(404)
        explained = explanations.explain(
            store, facts.line.openid, campaign_id or None, now, services().config
        )
        names = campaign_pages.names(store)
        pool = campaign_pages.pool(store)
    titles = {content.id: content.title for content in pool}
    return render_template(
        "console/explain.html", facts=facts, explained=explained, campaigns=names, titles=titles, now=now
    )
