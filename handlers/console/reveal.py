"""Shows one message or one customer without the masks: for admins, on a click, each time with an audit row."""

from flask import abort, render_template
from flask_babel import gettext as _

from bot.store.operators import audit
from bot.store.people import customer_search
from bot.store.talk import log_search
from handlers.console.guard import somebody
from handlers.console.page import Page
from handlers.serving import services

page = Page("reveal", __name__, needs="admin")


@page.post("/reveal/message/<int:message_id>")
def message(message_id: int) -> str:
    with services().database.transaction() as store:
        line = log_search.line_of(store, message_id)
        if line is None:
            abort(404)
        audit.record(
            store, "message.revealed", "message", message_id, staff_id=somebody().id, now=services().now()
        )
    facts = [(_("客户"), line.customer_name), ("openid", line.openid), (_("消息"), line.text)]
    return render_template("console/reveal.html", facts=facts, customer_id=line.customer_id, at=line.at)


@page.post("/reveal/customer/<int:customer_id>")
def customer(customer_id: int) -> str:
    with services().database.transaction() as store:
        found = customer_search.facts_of(store, customer_id)
        if found is None:
            abort(404)
        audit.record(
            store, "customer.revealed", "customer", customer_id, staff_id=somebody().id, now=services().now()
        )
    facts = [(_("客户"), found.line.name), ("openid", found.line.openid), (_("店铺编号"), found.external_id)]
    return render_template("console/reveal.html", facts=facts, customer_id=customer_id, at=None)
