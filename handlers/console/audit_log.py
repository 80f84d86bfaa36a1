"""Who did what, for admins."""

from flask import render_template
from flask_babel import lazy_gettext as _l

from bot.store.operators import audit, staff
from handlers.console.page import Page
from handlers.console.paging import ON_A_PAGE, asked, asked_id, sheet
from handlers.serving import services

page = Page("audit_log", __name__, needs="admin", title=_l("操作日志"))


@page.get("/audit")
def index() -> str:
    person, action, subject = asked_id("person"), asked("action"), asked("subject")
    with services().database.reading() as store:
        found = audit.entries(
            store, staff_id=person, action=action, subject=subject, before=asked_id(), most=ON_A_PAGE + 1
        )
        people = staff.people(store)
        actions = audit.actions(store)
    entries = sheet(found, lambda entry: entry.id)
    is_filtered = bool(person or action or subject)
    return render_template(
        "console/audit_log.html", entries=entries, people=people, actions=actions, is_filtered=is_filtered
    )
