"""Whether everything works, and what to do where it does not."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bot.store import lease_state, revisions
from bot.store.operators import audit, today
from bot.store.programs import webhooks
from bot.store.sending import halts
from bot.wechat.errors import WeChatError
from handlers.console.guard import somebody
from handlers.console.page import Page
from handlers.serving import services

SCHEDULER = "scheduler"  # the name of its lease

page = Page("health", __name__, needs="operator", title=_l("系统状态"))


@page.get("/health")
def index() -> str:
    now, real = services().now(), services().clock.real()
    day = now.astimezone(services().config.push.zone).date()
    with services().database.reading() as store:
        concerns = today.concerns(store, now, day)
        is_scheduled = lease_state.is_held(store, SCHEDULER, real)
        silent = webhooks.silent(store)
    return render_template(
        "console/health.html",
        config=services().config,
        is_sqlite=services().database.is_sqlite,
        ahead=revisions.ahead(services().database),
        missing=revisions.missing(services().database),
        keys_are_up=services().keys.is_up(),
        concerns=concerns,
        now=now,
        real=real,
        is_scheduled=is_scheduled,
        silent=silent,
        understanding=services().understanding,
    )


@page.post("/health/token")
def check_token() -> ResponseReturnValue:
    """Asks WeChat, with no transaction open."""
    try:
        services().wechat.check_token()
    except WeChatError as error:
        flash(_("微信没有给出令牌：%(why)s", why=str(error)))
    else:
        flash(_("微信令牌可用。"))
    return redirect(url_for(".index"), code=303)


@page.post("/health/channels/<channel>/lift")
def lift(channel: str) -> ResponseReturnValue:
    with services().database.transaction() as store:
        reasons = {halted.channel: halted.reason for halted in halts.every(store, services().now())}
        lifted = halts.lift(store, channel)
        if lifted:
            detail = {"reason": reasons.get(channel, "")}
            audit.record(
                store,
                "channel.lifted",
                "channel",
                channel,
                staff_id=somebody().id,
                now=services().now(),
                detail=detail,
            )
    flash(_("渠道已恢复使用。") if lifted else _("这个渠道没有被暂停。"))
    return redirect(url_for(".index"), code=303)
