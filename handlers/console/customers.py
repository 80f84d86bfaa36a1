"""Finding a customer, and one customer's timeline: what is known, what was said, what was sent and why."""

from datetime import UTC, datetime
from typing import Literal

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import Optional

from bot.rules.talk import tones
from bot.store.operators import audit, staff
from bot.store.people import customer_search, listeners, timelines
from bot.store.people.timelines import Moment, Place
from bot.store.tables.columns import LARGEST_ID
from bot.store.talk import account_managers
from handlers.console import tone_words
from handlers.console.forms import Form
from handlers.console.guard import somebody
from handlers.console.page import Page
from handlers.console.paging import ON_A_PAGE, asked, asked_id, sheet
from handlers.serving import services

page = Page("customers", __name__, needs="operator", title=_l("客户"))


class Manager(Form):
    staff_id = IntegerField(_l("客户经理"), [Optional()])


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
        manager = account_managers.manager_of(store, customer_id)
        listener = listeners.of(store, customer_id)
        colleagues = [one for one in staff.people(store) if one.disabled_at is None or one == manager]
    return render_template(
        "console/timeline.html",
        facts=facts,
        segments=belongs,
        stream=sheet(found, _mark),
        manager=manager,
        tone=tones.tone_of(listener, tones.load(services().config.facts.tones)),
        listener=listener,
        tone_words=tone_words,
        colleagues=colleagues,
        now=now,
    )


@page.post("/customers/<int:customer_id>/manager")
def put_in_charge(customer_id: int) -> ResponseReturnValue:
    """Their account manager; nobody is one too."""
    form = Manager()
    if not form.validate():
        abort(400)
    chosen = form.staff_id.data or None
    with services().database.transaction() as store:
        person = staff.find(store, chosen) if chosen else None
        if customer_search.facts_of(store, customer_id) is None or (chosen and person is None):
            abort(404)
        before = account_managers.manager_of(store, customer_id)
        account_managers.put_in_charge(store, customer_id, chosen, services().now())
        audit.record(
            store,
            "customer.manager_changed",
            "customer",
            customer_id,
            staff_id=somebody().id,
            now=services().now(),
            detail=audit.changes(
                {"manager": before.name if before else ""}, {"manager": person.name if person else ""}
            ),
        )
    flash(_("客户经理已改。"))
    return redirect(url_for(".timeline", customer_id=customer_id), code=303)


def _mark(moment: Moment) -> str:
    return "~".join((moment.place.at.isoformat(), moment.place.what, str(moment.place.id)))


def _asked_place() -> Place | None:
    at, _tilde, rest = request.args.get("before", "").partition("~")
    what, _tilde, number = rest.partition("~")
    kind: Literal["delivery", "message"] = "delivery" if what == "delivery" else "message"
    try:
        found = datetime.fromisoformat(at)
        place = Place(found.astimezone(UTC), kind, int(number))
    except (ValueError, OverflowError):
        return None
    return place if found.tzinfo and place.id <= LARGEST_ID else None
