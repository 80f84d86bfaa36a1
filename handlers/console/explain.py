"""Why one customer will or will not get each running campaign: the answers of the same policies that send."""

from datetime import datetime, time, timedelta

from flask import abort, render_template
from flask_babel import get_locale

from bot.rules.pushes import finding_words, telling
from bot.rules.pushes.reasons import ARRANGED
from bot.store.campaigns import campaign_pages
from bot.store.people import customer_search
from bot.store.planning import explanations
from bot.values.explanation import Finding
from handlers.console.page import Page
from handlers.console.paging import asked, asked_day
from handlers.serving import services

DAY, FARTHEST = timedelta(days=1), timedelta(days=366)

page = Page("explain", __name__, needs="operator", within="customers")


@page.get("/customers/<int:customer_id>/explain")
def index(customer_id: int) -> str:
    campaign_id, at = asked("campaign"), _at()
    with services().database.reading() as store:
        facts = customer_search.facts_of(store, customer_id)
        if facts is None or not facts.line.openid:
            abort(404)
        explained = explanations.explain(store, facts.line.openid, campaign_id or None, at, services().config)
        names = campaign_pages.names(store)
        pool = campaign_pages.pool(store)
    return render_template(
        "console/explain.html",
        facts=facts,
        explained=explained,
        campaigns=names,
        titles={content.id: content.title for content in pool},
        now=at,
        figures=_figures,
        spoken=telling.spoken,
        arranged=ARRANGED,
    )


def _figures(finding: Finding) -> str:
    """Of the customer, that the policy looked at."""
    return finding_words.told(finding.values, services().config.push.zone, str(get_locale()))


def _at() -> datetime:
    """Now; of a day that is over its evening, when all was decided, and of one to come its noon."""
    now, day = services().now(), asked_day("day")
    if day is None or abs(day - now.date()) > FARTHEST:
        return now
    first = datetime.combine(day, time(), services().config.push.zone)
    if now >= first + DAY:
        return first + DAY - timedelta(seconds=1)
    return first + DAY / 2 if now < first else now
