"""The conversation log: everything customers wrote and what they were told, searchable without a limit in time."""

from flask import render_template
from flask_babel import lazy_gettext as _l

from bot.store.talk import log_search
from bot.store.talk.log_search import LogFilter
from handlers.console.page import Page
from handlers.console.paging import ON_A_PAGE, asked, asked_day, asked_id, begins, ends, sheet
from handlers.serving import services

page = Page("conversations", __name__, needs="operator", title=_l("会话记录"))


@page.get("/conversations")
def index() -> str:
    wanted = LogFilter(
        text=asked("text"),
        customer=asked("customer"),
        direction=asked("direction"),
        kind=asked("kind"),
        since=begins(asked_day("since")),
        until=ends(asked_day("until")),
    )
    with services().database.reading() as store:
        found = log_search.find(store, wanted, before=asked_id(), most=ON_A_PAGE + 1)
    log = sheet(found, lambda line: line.id)
    return render_template("console/conversations.html", log=log, is_filtered=wanted != LogFilter())
