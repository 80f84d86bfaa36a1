"""Every delivery with its state and reason, and totals over exactly what is shown."""

from flask import render_template
from flask_babel import lazy_gettext as _l

from bot.store.campaigns import campaign_pages
from bot.store.sending import delivery_search
from bot.store.sending.delivery_search import DeliveryFilter
from handlers.console.page import Page
from handlers.console.paging import ON_A_PAGE, asked, asked_day, asked_id, sheet
from handlers.serving import services

page = Page("deliveries", __name__, needs="operator", title=_l("推送记录"))


@page.get("/deliveries")
def index() -> str:
    wanted = DeliveryFilter(
        campaign_id=asked("campaign"),
        state=asked("state"),
        reason=asked("reason"),
        customer=asked("customer"),
        since=asked_day("since"),
        until=asked_day("until"),
    )
    with services().database.reading() as store:
        found = delivery_search.find(store, wanted, before=asked_id(), most=ON_A_PAGE + 1)
        return render_template(
            "console/deliveries.html",
            deliveries=sheet(found, lambda line: line.id),
            totals=delivery_search.totals(store, wanted),
            campaigns=campaign_pages.names(store),
            is_filtered=wanted != DeliveryFilter(),
        )
