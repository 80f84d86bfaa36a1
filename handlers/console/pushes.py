"""The stop switch for all pushes: asked twice, done in one transaction, in somebody's name."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from bot.store.operators import audit
from bot.store.sending import halts, push_status
from handlers.console.guard import somebody
from handlers.console.page import Page
from handlers.serving import services

LONGEST_REASON = 100

page = Page("pushes", __name__, needs="operator", within="overview")


@page.get("/pushes/stop")
def ask() -> str:
    with services().database.reading() as store:
        status = push_status.push_status(store, services().now())
    return render_template("console/stop_pushes.html", status=status, longest=LONGEST_REASON)


@page.post("/pushes/stop")
def stop() -> ResponseReturnValue:
    reason = request.form.get("reason", "").strip()[:LONGEST_REASON]
    with services().database.transaction() as store:
        why = f"pushes_stopped:{reason}" if reason else "pushes_stopped"
        if halts.stop_pushes(store, why, services().now(), by=somebody().name):
            audit.record(
                store,
                "pushes.stopped",
                "channel",
                halts.PUSHES,
                staff_id=somebody().id,
                now=services().now(),
                detail={"reason": reason},
            )
    flash(_("所有推送已暂停。客户来信照常回复。"))
    return redirect(url_for("console.overview.index"), code=303)


@page.post("/pushes/resume")
def resume() -> ResponseReturnValue:
    with services().database.transaction() as store:
        lifted = halts.lift(store, halts.PUSHES)
        if lifted:
            audit.record(
                store,
                "pushes.resumed",
                "channel",
                halts.PUSHES,
                staff_id=somebody().id,
                now=services().now(),
            )
    flash(_("推送已恢复。") if lifted else _("推送没有被暂停。"))
    return redirect(url_for("console.overview.index"), code=303)
