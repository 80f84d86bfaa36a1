from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from bot.services import Services
from bot.store.campaigns import media_files
from tests.handlers.console.conftest import Make, Visitor
from tests.support.pictures import JPEG

FOR_STRANGERS = {"console.static", "console.sign_in.index", "console.sign_in.out", "console.language.switch"}
NO_PAGE = "console.overview.nowhere"  # see test_words.py
FOR_ADMINS = ("console.people.", "console.audit_log.", "console.reveal.")
ANYTHING = {
    "customer_id": 1, "message_id": 1, "staff_id": 1, "campaign_id": "tea", "content_id": "water", "entry_id": "k",
    "example_id": 1, "removal": 1, "channel": "mass", "filename": "console.css", "to": "en", "way": "notice", "name": media_files.hash_of(JPEG),
}  # fmt: skip


@pytest.fixture(autouse=True)
def something_of_everything(make: Make, services: Services) -> None:
    with services.database.transaction() as session:
        media_files.keep(session, "tea.jpg", JPEG, services.now())
    make("segment")
    make("content", "water")
    make("campaign", "tea", ["water"])
    make("message", make("customer"), "你好")
    make("knowledge", "k", "问", "答")


def routes(app: Flask, method: str) -> Iterator[tuple[str, str]]:
    """Every route of the console, also those somebody adds tomorrow: endpoint and path."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint == NO_PAGE:
            continue
        if rule.rule.startswith("/console") and method in (rule.methods or ()):
            yield rule.endpoint, adapter.build(rule.endpoint, _arguments(rule), method=method)


def _arguments(rule: Rule) -> dict[str, object]:
    return {name: ANYTHING[name] for name in rule.arguments}


def is_for_admins(endpoint: str) -> bool:
    return endpoint.startswith(FOR_ADMINS)


def test_a_stranger_sees_nothing_but_the_sign_in(app: Flask, stranger: Visitor) -> None:
    seen = {endpoint for endpoint, path in routes(app, "GET") if stranger.get(path).status_code == 200}
    assert seen == {"console.static", "console.sign_in.index"}


def test_a_stranger_is_sent_to_sign_in_from_every_page(app: Flask, stranger: Visitor) -> None:
    for endpoint, path in routes(app, "GET"):
        if endpoint not in FOR_STRANGERS:
            answer = stranger.get(path)
            assert (answer.status_code, answer.location) == (303, f"/console/sign-in?next={path}"), endpoint


def test_a_stranger_changes_nothing(app: Flask, stranger: Visitor) -> None:
    for endpoint, path in routes(app, "POST"):
        if endpoint not in FOR_STRANGERS:
            answer = stranger.client.post(path)
            assert (answer.status_code, answer.location) == (303, "/console/sign-in"), endpoint


def test_an_operator_sees_every_page_but_those_for_admins(app: Flask, operator: Visitor) -> None:
    for endpoint, path in routes(app, "GET"):
        if endpoint not in FOR_STRANGERS:
            assert operator.get(path).status_code == (403 if is_for_admins(endpoint) else 200), endpoint


def test_an_operator_cannot_do_what_is_for_admins(app: Flask, operator: Visitor) -> None:
    for endpoint, path in routes(app, "POST"):
        if is_for_admins(endpoint):
            assert operator.post(path).status_code == 403, endpoint


def test_an_admin_sees_every_page(app: Flask, admin: Visitor) -> None:
    for endpoint, path in routes(app, "GET"):
        if endpoint not in FOR_STRANGERS:
            assert admin.get(path).status_code == 200, endpoint


def test_nothing_is_changed_without_the_token_of_a_form(app: Flask, admin: Visitor) -> None:
    for endpoint, path in routes(app, "POST"):
        assert admin.client.post(path).status_code == 400, endpoint
        assert admin.client.post(path, data={"csrf_token": "made up"}).status_code == 400, endpoint


def test_a_route_nobody_declared_a_role_for_is_for_admins(
    app: Flask, stranger: Visitor, operator: Visitor, admin: Visitor
) -> None:
    app.url_map.add(Rule("/console/forgotten", endpoint="console.forgotten", methods=["GET"]))
    app.view_functions["console.forgotten"] = lambda: "secret"
    assert stranger.get("/console/forgotten").status_code == 303
    assert operator.get("/console/forgotten").status_code == 403
    assert admin.get("/console/forgotten").text == "secret"


def test_every_page_of_somebody_is_not_kept_and_runs_no_script(app: Flask, admin: Visitor) -> None:
    for endpoint, path in routes(app, "GET"):
        answer = admin.get(path)
        if endpoint != "console.static":
            assert answer.headers["Cache-Control"] == "no-store", endpoint
        assert "script" not in answer.headers["Content-Security-Policy"], endpoint
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'"), endpoint
        assert answer.headers["X-Frame-Options"] == "DENY", endpoint
        assert answer.headers["X-Content-Type-Options"] == "nosniff", endpoint
        assert b"<script" not in answer.data, endpoint
        assert b" style=" not in answer.data, endpoint


def test_a_page_that_is_not_there_says_so_in_the_console(admin: Visitor) -> None:
    answer = admin.get("/console/campaigns/nothing-of-that-name")
    assert answer.status_code == 404
    assert "没有这一页" in answer.text


def test_a_mistake_of_ours_shows_a_number_and_no_traceback(app: Flask, admin: Visitor) -> None:
    app.view_functions["console.overview.index"] = lambda: str(1 // 0)
    answer = admin.get("/console/")
    assert answer.status_code == 500
    assert "编号" in answer.text
    assert "ZeroDivision" not in answer.text
