"""Campaigns: what they are, how they go, and starting, pausing and ending them."""

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bot.rules.pushes import campaign_objections
from bot.store.campaigns import campaign_checks, campaign_pages, content_pages, festivals
from bot.store.campaigns.campaign_pages import CampaignLine
from bot.store.database import Session
from bot.store.operators import audit
from bot.store.planning import variants
from bot.store.sending import delivery_search, withdrawals
from bot.store.sending.delivery_search import DeliveryFilter
from handlers.console import occasion_fields
from handlers.console.guard import somebody
from handlers.console.page import Page
from handlers.serving import services

page = Page("campaigns", __name__, needs="operator", title=_l("活动"))


@page.get("/campaigns")
def index() -> str:
    with services().database.reading() as store:
        return render_template("console/campaigns.html", campaigns=campaign_pages.every(store))


@page.get("/campaigns/<campaign_id>")
def show(campaign_id: str) -> str:
    with services().database.reading() as store:
        return _shown(store, _line(store, campaign_id), [])


@page.post("/campaigns/<campaign_id>/start")
def start(campaign_id: str) -> ResponseReturnValue:
    """Refused with every reason there is; asked in the transaction that starts it."""
    now = services().now()
    with services().database.transaction() as store:
        line = _line(store, campaign_id)
        pool = campaign_pages.pool(store, line.draft.contents)
        grounds = campaign_checks.grounds(store, line.draft, pool, now, services().config)
        objections = campaign_objections.to_running(line.draft, grounds)
        if objections:
            return _shown(store, line, objections), 422
        _become(store, line, "running")
    return redirect(url_for(".show", campaign_id=campaign_id), code=303)


@page.post("/campaigns/<campaign_id>/pause")
def pause(campaign_id: str) -> ResponseReturnValue:
    with services().database.transaction() as store:
        _become(store, _line(store, campaign_id), "paused")
    return redirect(url_for(".show", campaign_id=campaign_id), code=303)


@page.post("/campaigns/<campaign_id>/end")
def end(campaign_id: str) -> ResponseReturnValue:
    with services().database.transaction() as store:
        _become(store, _line(store, campaign_id), "ended")
    return redirect(url_for(".show", campaign_id=campaign_id), code=303)


def _become(store: Session, line: CampaignLine, status: str) -> None:
    if not campaign_pages.become(store, line.id, status, services().now()):
        flash(_("没有改动：活动的状态已经不是您看到的那样了。"))
        return
    withdrawn = 0 if status == "running" else withdrawals.of_one_that_stops(store, line.id, services().now())
    detail = {**audit.changes({"status": line.status}, {"status": status}), "withdrawn": withdrawn}
    audit.record(
        store,
        f"campaign.{status}",
        "campaign",
        line.id,
        staff_id=somebody().id,
        now=services().now(),
        detail=detail,
    )
    said: dict[str, Any] = {
        "running": _("活动已开始。"),
        "paused": _("活动已暂停。"),
        "ended": _("活动已结束。"),
    }
    flash(said[status])
    if withdrawn:
        flash(_("已计划但还没有发出的 %(count)d 条推送已取消。", count=withdrawn))


def _shown(store: Session, line: CampaignLine, objections: list[campaign_objections.Objection]) -> str:
    lines = [content_pages.line_of(store, content_id) for content_id in line.draft.contents]
    return render_template(
        "console/campaign.html",
        campaign=line,
        contents=[content for content in lines if content],
        totals=delivery_search.totals(store, DeliveryFilter(campaign_id=line.id)),
        objections=objections,
        names=dict(campaign_pages.names(store)),
        tests=variants.tests_of(store, line.id),
        occasion=occasion_fields.sentence(line.draft.occasion, festivals.known(store)),
    )


def _line(store: Session, campaign_id: str) -> CampaignLine:
    line = campaign_pages.find(store, campaign_id)
    if line is None:
        abort(404)
    return line
