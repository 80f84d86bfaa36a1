"""Finding a customer, and one customer's timeline: what is known, what was said, what was sent and why."""

from datetime import datetime
from typing import Literal

from flask import abort, render_template, request
from flask_babel import lazy_gettext as _l

from bot.store import customer_search, timelines
from bot.store.timelines import Moment, Place
from handlers.console.page import Page
from handlers.console.paging import ON_A_PAGE, asked, asked_id, sheet
from handlers.serving import services

page = Page("customers", __name__, needs="operator", title=_l("客户"))


@page.get("/customers")
def index() -> str:
    text = asked("text")
    with services().database.reading() as store:
        found = customer_search.find(store, text=text, before=asked_id(), most=ON_A_PAGE + 1)
    return render_template("console/customers.html", customers=sheet(found, lambda line: line.id), text=text)


@page.get("/customers/<int:customer_id>")
def timeline(customer_id: int) -> str:
    now = services().now()
    with services().database.reading() as store:
        facts = customer_search.facts_of(store, customer_id)
        if facts is None:
            abort(404)
        belongs = customer_search.segments_of(store, customer_id, now)
        found = timelines.moments(store, customer_id, before=_asked_place(), most=ON_A_PAGE + 1)
    stream = sheet(found, _mark)
    return render_template("console/timeline.html", facts=facts, segments=belongs, stream=stream, now=now)


def _mark(moment: Moment) -> str:
    return "~".join((moment.place.at.isoformat(), moment.place.what, str(moment.place.id)))


def _asked_place() -> Place | None:
    at, _, rest = request.args.get("before", "").partition("~")
    what, _, number = rest.partition("~")
    kind: Literal["delivery", "message"] = "delivery" if what == "delivery" else "message"
    try:
        found = datetime.fromisoformat(at)
        return Place(found, kind, int(number)) if found.tzinfo else None
    except ValueError:
        return None
