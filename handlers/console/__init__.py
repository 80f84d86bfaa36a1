"""The console: pages for operators and admins. A new page is a module, its template, and one line in `PAGES`."""

from functools import partial
from types import ModuleType

from flask import Blueprint, Flask

from bot.services import Services
from handlers.console import (
    account,
    audit_log,
    campaign_form,
    campaigns,
    content_templates,
    contents,
    conversations,
    cookies,
    customers,
    deliveries,
    errors,
    examples,
    explain,
    guard,
    hand_overs,
    headers,
    health,
    ids,
    knowledge,
    language,
    overview,
    people,
    pushes,
    reveal,
    shown,
    sign_in,
    unanswered,
)

PAGES: tuple[ModuleType, ...] = (  # in the order of the menu
    overview,
    conversations,
    hand_overs,
    customers,
    explain,
    campaigns,
    campaign_form,
    contents,
    content_templates,
    deliveries,
    knowledge,
    unanswered,
    examples,
    health,
    people,
    audit_log,
    pushes,
    reveal,
    account,
    sign_in,
    language,
)


def register(app: Flask, services: Services) -> None:
    """Puts the console into the application; every route below it is behind the one guard."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # the guard asks for it: WeChat's own requests carry none
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the session
    guard.csrf.init_app(app)
    cookies.add_to(app, services.config.server)
    language.add_to(app)
    app.url_map.converters["int"] = ids.IdConverter
    app.register_blueprint(_console())


def _console() -> Blueprint:
    console = Blueprint(
        "console", __name__, url_prefix="/console", template_folder="templates", static_folder="static"
    )
    console.before_request(partial(guard.guard, sign_in.of_stranger))
    console.after_request(headers.added)
    errors.add_to(console)
    for module in PAGES:
        console.register_blueprint(module.page)
    menu = [module.page for module in PAGES if module.page.title]
    console.context_processor(lambda: shown.everywhere(menu))
    return console
