import re
from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import func, select

from bot.clock import FixedClock
from bot.config import Config, Server
from bot.services import Services
from bot.store.operators import passwords, staff, staff_sessions
from bot.store.tables import staff_sessions as sessions
from handlers.console import cookies
from tests.handlers.console.conftest import LONG_AGO, PASSWORD, Visitor

HOME = "/console/"


def without_token(page: str) -> str:
    """The token against forgery is signed anew each second."""
    return re.sub(r'(name="csrf_token" value=)"[^"]+"', r"\1", page)


def is_in(visitor: Visitor) -> bool:
    return visitor.get(HOME).status_code == 200


def test_the_right_password_opens_the_console(stranger: Visitor, person: Callable[..., int]) -> None:
    person("小林")
    answer = stranger.sign_in("小林")
    assert (answer.status_code, answer.location) == (303, HOME)
    assert "小林" in stranger.see(HOME)


def test_a_wrong_password_and_a_name_nobody_has_get_the_same_answer(
    stranger: Visitor, person: Callable[..., int]
) -> None:
    person("小林")
    wrong = stranger.sign_in("小林", "not-the-password")
    nobody = stranger.sign_in("某人", "not-the-password")
    assert wrong.status_code == nobody.status_code == 422
    assert without_token(wrong.text).replace("小林", "") == without_token(nobody.text).replace("某人", "")
    assert not is_in(stranger)


def test_a_name_nobody_has_costs_a_hash_too() -> None:
    """Otherwise the time would tell which names there are."""
    assert passwords.fits("nobody has this password", None) is False


def test_ten_tries_for_a_name_and_then_even_the_right_password_waits(
    stranger: Visitor, person: Callable[..., int]
) -> None:
    person("小林")
    answers = [stranger.sign_in("小林", "not-the-password").status_code for _ in range(10)]
    assert set(answers) == {422}
    assert stranger.sign_in("小林").status_code == 429
    assert not is_in(stranger)


def tries_from(app: Flask, address: str, password: str = "not-the-password") -> int:
    """Through a reverse proxy on this machine; the status."""
    client = app.test_client()
    client.environ_base["HTTP_X_FORWARDED_FOR"] = f"203.0.113.99, {address}"
    return Visitor(client).sign_in("小林", password).status_code


def test_who_guesses_locks_out_themselves_and_not_whose_name_it_is(
    app: Flask, person: Callable[..., int]
) -> None:
    person("小林")
    guesses = [tries_from(app, "203.0.113.7") for _ in range(40)]
    assert guesses == [422] * 10 + [429] * 30
    assert tries_from(app, "203.0.113.7", PASSWORD) == 429
    assert tries_from(app, "203.0.113.8", PASSWORD) == 303


def test_a_name_that_many_addresses_guess_at_waits(app: Flask, person: Callable[..., int]) -> None:
    person("小林")
    assert {tries_from(app, f"203.0.113.{number}") for number in range(100)} == {422}
    assert tries_from(app, "203.0.113.200", PASSWORD) == 429


def test_thirty_tries_from_an_address_and_then_no_name_is_looked_at(
    app: Flask, person: Callable[..., int]
) -> None:
    person("小林")
    for number in range(30):
        Visitor(app.test_client()).sign_in(f"name-{number}", "not-the-password")
    assert Visitor(app.test_client()).sign_in("小林").status_code == 429


def test_a_sign_in_clears_the_tries_of_that_name(app: Flask, person: Callable[..., int]) -> None:
    person("小林")
    for _ in range(2):
        for _ in range(6):
            Visitor(app.test_client()).sign_in("小林", "not-the-password")
        assert Visitor(app.test_client()).sign_in("小林").status_code == 303


def test_an_hour_without_use_signs_out(operator: Visitor, clock: FixedClock) -> None:
    clock.forward(minutes=59)
    assert is_in(operator)
    clock.forward(minutes=59)
    assert is_in(operator)
    clock.forward(minutes=61)
    assert not is_in(operator)


def test_twelve_hours_sign_out_however_busy_one_is(operator: Visitor, clock: FixedClock) -> None:
    for _ in range(17):
        clock.forward(minutes=42)
        assert is_in(operator)
    clock.forward(minutes=42)
    assert not is_in(operator)


def test_who_is_disabled_is_out_at_once(operator: Visitor, services: Services, clock: FixedClock) -> None:
    with services.database.transaction() as session:
        found = staff.find_by_name(session, "小林")
        assert found
        staff.disable(session, found.id, clock.now())
    assert not is_in(operator)
    assert operator.sign_in("小林").status_code == 422


def test_a_role_that_changes_counts_from_the_next_page_on(operator: Visitor, services: Services) -> None:
    assert operator.get("/console/staff").status_code == 403
    with services.database.transaction() as session:
        found = staff.find_by_name(session, "小林")
        assert found
        staff.change_role(session, found.id, "admin")
    assert operator.get("/console/staff").status_code == 200


def test_signing_out_ends_the_session_in_the_store_too(operator: Visitor, services: Services) -> None:
    kept = operator.client.get_cookie("weilan_console", path="/console")
    assert kept
    assert operator.post("/console/sign-out").status_code == 303
    operator.client.set_cookie("weilan_console", kept.value, path="/console")
    assert not is_in(operator)
    with services.database.reading() as session:
        assert session.execute(select(func.count()).select_from(sessions)).scalar_one() == 0


def test_signing_out_everywhere_ends_every_browser_of_the_person_and_nobody_elses(
    app: Flask, operator: Visitor, admin: Visitor
) -> None:
    phone = Visitor(app.test_client())
    phone.sign_in("小林")
    operator.post("/console/account/sign-out-everywhere")
    assert [is_in(operator), is_in(phone), is_in(admin)] == [False, False, True]


def test_a_new_password_ends_the_other_browsers_and_keeps_this_one(app: Flask, operator: Visitor) -> None:
    phone = Visitor(app.test_client())
    phone.sign_in("小林")
    answer = operator.post("/console/account", {"old": PASSWORD, "new": "another-password-2"})
    assert answer.status_code == 303
    assert [is_in(operator), is_in(phone)] == [True, False]
    assert phone.sign_in("小林").status_code == 422
    assert phone.sign_in("小林", "another-password-2").status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("wrong-password", "another-password-2", "密码不对"),
        (PASSWORD, "short", "至少 10 个字符"),
        (PASSWORD, "aaaaaaaaaaaa", "太简单"),
    ],
)
def test_a_password_is_not_changed_to_just_anything(operator: Visitor, old: str, new: str, said: str) -> None:
    answer = operator.post("/console/account", {"old": old, "new": new})
    assert answer.status_code == 422
    assert said in answer.text


def test_a_hash_of_older_parameters_is_made_anew_at_sign_in(stranger: Visitor, services: Services) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with services.database.transaction() as session:
        staff.add(session, name="老人", role="operator", password_hash=weak, now=LONG_AGO)
    assert stranger.sign_in("老人").status_code == 303
    with services.database.reading() as session:
        found = staff.find_credentials(session, "老人")
    assert found
    assert found.password_hash != weak
    assert not passwords.is_outdated(found.password_hash)
    assert passwords.fits(PASSWORD, found.password_hash)


def test_the_token_in_the_store_is_a_hash(operator: Visitor, services: Services) -> None:
    with operator.client.session_transaction(HOME) as cookie:
        token = cookie["staff"]
    with services.database.reading() as session:
        assert session.execute(select(sessions.c.token_hash)).scalar_one() != token
        assert staff_sessions.find(session, token, services.now()) is not None


def test_signing_in_throws_away_what_the_cookie_held_before(
    stranger: Visitor, person: Callable[..., int]
) -> None:
    person("小林")
    stranger.see("/console/sign-in")
    with stranger.client.session_transaction(HOME) as before:
        planted = before["csrf_token"]
    stranger.sign_in("小林")
    with stranger.client.session_transaction(HOME) as after:
        assert after.get("csrf_token") != planted


def test_the_cookie_is_only_for_the_console_and_not_for_scripts(stranger: Visitor) -> None:
    set_cookie = stranger.get("/console/sign-in").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/console"} <= {part.strip() for part in set_cookie.split(";")}
    assert "Set-Cookie" not in stranger.get("/healthz").headers


@pytest.mark.parametrize(
    ("public_url", "secure"), [("https://shop.example", True), ("http://127.0.0.1:8000", False)]
)
def test_the_cookie_travels_encrypted_when_the_address_does(public_url: str, secure: bool) -> None:
    app = Flask("handlers")
    cookies.add_to(app, Config(server=Server(public_url=public_url)).server)
    assert app.config["SESSION_COOKIE_SECURE"] is secure


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ("/console/campaigns?x=1", "/console/campaigns?x=1"),
        ("https://evil.example/console/", HOME),
        ("//evil.example/console/", HOME),
        ("/\\evil.example", HOME),
        ("/console/\\..\\..", HOME),
        ("/console/../wechat", HOME),
        ("/wechat", HOME),
        ("javascript:alert(1)", HOME),
        ("/console/\r\nSet-Cookie: a=b", HOME),
        ("", HOME),
    ],
)
def test_after_the_sign_in_one_lands_in_the_console_and_nowhere_else(
    stranger: Visitor, person: Callable[..., int], wanted: str, place: str
) -> None:
    person("小林")
    page = stranger.get("/console/sign-in", query_string={"next": wanted})
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = stranger.client.post(
        "/console/sign-in",
        query_string={"next": wanted},
        data={"csrf_token": token, "name": "小林", "password": PASSWORD},
    )
    assert (answer.status_code, answer.location) == (303, place)


def test_sign_ins_are_audited_and_unknown_names_are_not(
    stranger: Visitor, person: Callable[..., int], admin: Visitor
) -> None:
    person("小林")
    stranger.sign_in("小林", "not-the-password")
    stranger.sign_in("某个陌生人", "not-the-password")
    stranger.sign_in("小林")
    log = admin.see("/console/audit")
    assert "登录被拒" in log
    assert "某个陌生人" not in log
