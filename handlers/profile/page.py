"""The page itself: in, through WeChat or a link; what is known; and what its forms change."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from flask import Blueprint, Response, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from bot.rules.intake.cells import Wrong
from bot.rules.people import facts as fact_rules
from bot.rules.people import facts_told
from bot.services import Services
from bot.store.database import Session
from bot.store.people import customers, facts, own_data, questions
from bot.store.shop import exports
from bot.values.facts import Attribute, Fact
from bot.values.profile import Profile
from bot.wechat.errors import WeChatError
from bot.wechat.oauth import authorize_address
from handlers.profile import visitor
from handlers.profile.visitor import Visit
from handlers.serving import services

NOTICES = {
    "saved": "记下了，谢谢您。",
    "erased": "已经删除，以后也不会再记。",
    "quiet": "好的，聊天里不再问您问题。",
    "asking": "好的，聊天里偶尔会问您一个小问题，随时可以关掉。",
}
HINTS = {
    "no_way": ("请从聊天里打开", "这个页面不能直接打开。请在我们的公众号里回复「我的资料」，用发给您的链接进来。"),
    "old": ("链接已经过期", "为了保护您的资料，链接半小时后失效。请在公众号里重新回复「我的资料」。"),
    "stranger": ("我们还不认识您", "请先在微信里关注我们的公众号，再打开这个页面。"),
    "failed": ("没有打开成功", "微信暂时没有确认您的身份，请稍后在公众号里重新打开一次。"),
    "again": ("请再打开一次", "页面放得太久，或者是从别处打开的。请在公众号里回复「我的资料」重新进来。"),
}  # fmt: skip
ONLY_INFERRED = frozenset({"strictness"})  # shown where it is known, but nobody says it of themselves
WRONG_DAYS = {
    fact_rules.BIRTHDAY: "请填一个过去的日子，例如 1990-05-20",
    fact_rules.LUNAR_BIRTHDAY: "请填农历的月和日，例如 八月十五",
}
WRONG_CHOICE = "请从列出的几项里选"
WRONG_WORDS = f"请填 1 到 {fact_rules.LONGEST} 个字"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Card:
    """One attribute as the page shows it."""

    attribute: Attribute
    value: str = ""
    shown: str = ""
    source: str = ""
    evidence: str = ""
    since: str = ""
    fault: str = ""


def add(page: Blueprint) -> None:
    page.add_url_rule("/", "index", _index, methods=["GET"])
    page.add_url_rule("/back", "back", _back, methods=["GET"])
    page.add_url_rule("/", "change", _change, methods=["POST"])
    page.add_url_rule("/export", "export", _export, methods=["POST"])


def _index() -> ResponseReturnValue:
    server = services().config.server
    if "k" in request.args:
        customer_id = visitor.linked(request.args["k"], server)
        return _let_in(customer_id) if customer_id is not None else _hint("old", 403)
    visit = visitor.of(request, server)
    if visit is None:
        return _to_wechat()
    with services().database.reading() as session:
        profile = _follower(session, visit.customer_id)
        return _shown(session, visit, profile) if profile else _hint("stranger", 403)


def _back() -> ResponseReturnValue:
    """From WeChat, with a code. The network is asked outside any transaction."""
    code = request.args.get("code", "")
    if not code or len(code) > 200 or not visitor.is_our_state(request, services().config.server):
        return _hint("again", 403)
    try:
        openid = services().wechat.openid_of(code)
    except WeChatError as error:
        log.warning("a web authorization failed", error=str(error))
        return _hint("failed", 403 if error.code else 502)
    with services().database.reading() as session:
        found = customers.profile_of(session, openid)
    return _let_in(found.id) if found else _hint("stranger", 403)


def _change() -> ResponseReturnValue:
    return _of_their_own(_changed)


def _export() -> ResponseReturnValue:
    return _of_their_own(_exported)


def _of_their_own(work: Callable[[Session, Visit, Profile], ResponseReturnValue]) -> ResponseReturnValue:
    """Only with a form that this page gave to this visit, and for a follower."""
    server = services().config.server
    visit = visitor.of(request, server)
    if visit is None or not visitor.is_own_form(request, visit, server):
        return _hint("again", 403)
    with services().database.transaction() as session:
        profile = _follower(session, visit.customer_id)
        return work(session, visit, profile) if profile else _hint("stranger", 403)


def _exported(session: Session, _visit: Visit, profile: Profile) -> ResponseReturnValue:
    """Everything there is about them, as one file; that they took it is on record."""
    everything = exports.everything_about(session, profile.openid)
    own_data.done(session, profile.id, "export", services().now())
    response = make_response(json.dumps(everything, ensure_ascii=False, indent=1))
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="weilan-my-data.json"'
    return response


def _changed(session: Session, visit: Visit, profile: Profile) -> ResponseReturnValue:
    now, does = services().now(), request.form.get("do", "")
    if does == "quiet":
        questions.stop(session, profile.id, now)
        return _again("quiet")
    if does == "asking":
        questions.resume(session, profile.id)
        return _again("asking")
    attribute = _rules().attributes.get(request.form.get("attribute", ""))
    if attribute is None or does not in {"save", "erase"}:
        return _hint("again", 400)
    if does == "erase":
        facts.erase(session, profile.id, attribute.name, now)
        return _again("erased")
    today = now.astimezone(services().config.push.zone).date()
    given = request.form.get("value", "")[:200]
    try:
        value = fact_rules.checked(attribute, given, today)
    except Wrong:
        return _shown(session, visit, profile, wrong=(attribute, given)), 422
    facts.learn(session, profile.id, attribute.name, value, "own_word", now, today, evidence={"from": "page"})
    return _again("saved")


def _shown(
    session: Session, visit: Visit, profile: Profile, wrong: tuple[Attribute, str] | None = None
) -> str:
    held = facts.holding(session, profile.id)
    cards = [_card(attribute, held.get(attribute.name), wrong) for attribute in _rules().attributes.values()]
    return render_template(
        "profile/page.html",
        name=profile.name,
        known=[card for card in cards if card.shown],
        unknown=[card for card in cards if not card.shown and card.attribute.name not in ONLY_INFERRED],
        token=visitor.form_token(visit, services().config.server),
        notice=NOTICES.get(request.args.get("done", ""), ""),
        is_asked=profile.ask_after != questions.NEVER,
    )


def _card(attribute: Attribute, fact: Fact | None, wrong: tuple[Attribute, str] | None) -> Card:
    fault = _fault(attribute) if wrong and wrong[0] == attribute else ""
    if fact is None:
        return Card(attribute, value=wrong[1] if wrong and fault else "", fault=fault)
    return Card(
        attribute,
        value=wrong[1] if wrong and fault else fact.value,
        shown=attribute.shown(fact.value),
        source=facts_told.source(fact.source),
        evidence=facts_told.evidence(fact.evidence),
        since=_day(fact.at),
        fault=fault,
    )


def _fault(attribute: Attribute) -> str:
    if attribute.choices:
        return WRONG_CHOICE
    return WRONG_DAYS.get(attribute.name, WRONG_WORDS)


def _follower(session: Session, customer_id: int) -> Profile | None:
    """None for who was forgotten or left: they closed their account with us."""
    profile = customers.profile_by_id(session, customer_id)
    return profile if profile and profile.openid and profile.forgotten_at is None else None


def _let_in(customer_id: int) -> ResponseReturnValue:
    """The address of the page then carries neither code nor link."""
    with services().database.reading() as session:
        if _follower(session, customer_id) is None:
            return _hint("stranger", 403)
    response = _see_other("/")
    visitor.begin(response, customer_id, services().config.server)
    return response


def _to_wechat() -> ResponseReturnValue:
    config = services().config
    if not _has_web_authorization(services()):
        return _hint("no_way", 200)
    state = secrets.token_urlsafe(16)
    back = f"{config.server.public_url}{visitor.PATH}/back"
    response = make_response(redirect(authorize_address(config.wechat, back, state), code=302))
    visitor.new_state(response, state, config.server)
    return response


def _has_web_authorization(services: Services) -> bool:
    """Verified service accounts only."""
    return services.config.wechat.account_kind == "service" and services.config.wechat.verified


def _hint(name: str, status: int) -> ResponseReturnValue:
    title, words = HINTS[name]
    response = make_response(render_template("profile/hint.html", title=title, words=words), status)
    if name in {"stranger", "again"}:
        visitor.end(response)
    return response


def _again(done: str) -> ResponseReturnValue:
    return _see_other(f"/?done={done}#top")  # else the browser goes back down to the field


def _see_other(path: str) -> Response:
    return make_response(redirect(f"{visitor.PATH}{path}", code=303))


def _rules() -> fact_rules.FactRules:
    return fact_rules.load(services().config.facts.rules)


def _day(at: datetime) -> str:
    return f"{at.astimezone(services().config.push.zone):%Y-%m-%d}"
