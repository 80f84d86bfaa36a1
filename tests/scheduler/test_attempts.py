"""A delivery of several parts: one push for the rhythm, so many of the window, and no part ever twice."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.clock import FixedClock
from bot.rules.contents.parts import version_of
from bot.services import Services
from bot.store.campaigns import media_files
from bot.store.database import Database, Session
from bot.values.outcome import Later, Never, Outcome, Sent, Unsure
from bot.values.reply import Reply
from bot.wechat.errors import WeChatError
from scheduler.deliver import deliver_due
from scheduler.plan import plan
from scheduler.recover import recover
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build
from tests.support.fake_wechat import FakeWeChat
from tests.support.pictures import JPEG

THREE = {"parts": [{"kind": "text", "text": text} for text in ("{customer.name|您}好", "二", "三")]}
CLOSES = NOON + timedelta(hours=8)


class Killed(Exception):
    pass


@dataclass(slots=True)
class WeChat(FakeWeChat):
    """Something else happens while a message is on its way."""

    meanwhile: Callable[[], object] = lambda: None

    def send(self, openid: str, reply: Reply, now: datetime) -> Outcome:
        self.meanwhile()
        return FakeWeChat.send(self, openid, reply, now)


@pytest.fixture
def wechat() -> WeChat:
    return WeChat()


@pytest.fixture
def services(database: Database, clock: FixedClock, wechat: WeChat) -> Services:
    services = pushing.services_with(database, clock, wechat)
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        approved = {"approved_by": build.staff(), "approved_at": NOON, "purpose": "service"}
        build.content("three", kind="parts", text="", details=THREE, messages=3, by_mass=False, **approved)
        build.campaign("first", ["three"])
    return services


def customer(services: Services, left: int = 5, **fields: Any) -> int:
    open_window = {
        "window_until": NOON + timedelta(days=1),
        "window_left": left,
        "spoke_at": NOON - timedelta(hours=1),
        "name": "王芳",
    }
    with services.database.transaction() as session:
        return Build(session).customer(openid="o-fang", **open_window | fields)


def due(services: Services, customer_id: int, content: str = "three") -> int:
    with services.database.transaction() as session:
        return Build(session).delivery(
            customer_id=customer_id, campaign_id="first", content_id=content, purpose="service", closes_at=CLOSES
        )  # fmt: skip


def a_picture(session: Session) -> None:
    name = media_files.keep(session, "tea.jpg", JPEG, NOON)
    build = Build(session)
    approved = {"approved_by": build.staff(name="小林"), "approved_at": NOON, "purpose": "service"}
    build.content("picture", kind="image", text="", details={"file": name}, **approved)


def of(services: Services, delivery_id: int) -> tuple[Any, Any]:
    with services.database.reading() as session:
        row = pushing.delivery(session, delivery_id)
        return row, pushing.customer(session, row.customer_id)


def logged(services: Services) -> list[str]:
    with services.database.reading() as session:
        return [row.text for row in pushing.said_to_customers(session)]


def test_all_parts_go_out_in_order_as_one_push(services: Services, wechat: WeChat) -> None:
    one = due(services, customer(services))
    deliver_due(services)
    row, whose = of(services, one)
    assert [said.text for said in wechat.sent] == logged(services) == ["王芳好", "二", "三"]
    assert (row.state, row.reason, row.messages) == ("sent", "", 3)
    assert (whose.window_left, whose.last_push_id) == (2, one)


@pytest.mark.parametrize(
    ("answers", "state", "reason", "told"),
    [
        pytest.param([Unsure("lost")], "unknown", "no_answer", [], id="the first got no answer"),
        pytest.param([Sent(), Unsure("lost")], "unknown", "no_answer", ["王芳好"], id="the second got none"),
        pytest.param(
            [Sent(), Never("wechat 45047 window_used_up")],
            "sent",
            "cut_short:1/3 wechat 45047 window_used_up",
            ["王芳好"],
            id="WeChat takes no more: what was sent counts",
        ),
        pytest.param(
            [Sent(), Sent(), Later(NOON + timedelta(minutes=5), "busy")],
            "sent",
            "cut_short:2/3 busy",
            ["王芳好", "二"],
            id="the last is refused for now: nothing is begun again",
        ),
    ],
)
def test_what_breaks_off_is_never_begun_again(
    services: Services, wechat: WeChat, clock: FixedClock, answers: list[Outcome], state: str, reason: str, told: list[str]
) -> None:  # fmt: skip
    wechat.answers = list(answers)
    one = due(services, customer(services))
    deliver_due(services)
    clock.forward(hours=2)
    recover(services)
    deliver_due(services)
    row, whose = of(services, one)
    assert (row.state, row.reason) == (state, reason)
    assert logged(services) == told
    assert wechat.asked == len(answers)
    assert whose.last_push_id == one


def test_a_first_part_that_is_refused_for_now_is_taken_back_whole(services: Services, wechat: WeChat) -> None:
    wechat.answers = [Later(NOON + timedelta(minutes=5), "busy")]
    one = due(services, customer(services))
    deliver_due(services)
    row, whose = of(services, one)
    assert (row.state, whose.window_left, whose.last_push_id) == ("planned", 5, None)


def test_a_crash_between_two_parts_leaves_what_may_have_been_sent(
    services: Services, wechat: WeChat, clock: FixedClock
) -> None:
    """The worker dies while the second is under way."""

    def dies() -> None:
        if wechat.sent:
            raise Killed

    wechat.meanwhile = dies
    one = due(services, customer(services))
    with pytest.raises(Killed):
        deliver_due(services)
    wechat.meanwhile = lambda: None
    clock.forward(minutes=5)
    recover(services)
    deliver_due(services)
    row, whose = of(services, one)
    assert (row.state, row.parts_left, whose.window_left) == ("unknown", 2, 2)
    assert [said.text for said in wechat.sent] == logged(services) == ["王芳好"]


def test_who_says_no_between_two_parts_gets_no_more(services: Services, wechat: WeChat) -> None:
    whose = customer(services)
    one = due(services, whose)

    def says_no() -> None:
        with services.database.transaction() as session:
            pushing.change(session, whose, wants_pushes=False)

    wechat.meanwhile = says_no
    deliver_due(services)
    row, _ = of(services, one)
    assert (row.state, row.reason, len(wechat.sent)) == ("sent", "cut_short:1/3", 1)


def test_a_window_with_too_few_left_says_so(services: Services, wechat: WeChat) -> None:
    """When planning, and when it shrank since."""
    whose = customer(services, left=2)
    one = due(services, whose)
    deliver_due(services)
    row, _ = of(services, one)
    assert (row.state, row.reason, wechat.sent) == ("skipped", "too_few_left:3", [])

    with services.database.transaction() as session:
        session.exec_driver_sql("UPDATE campaigns SET channels = '[\"reply_window\"]'")
        other = Build(session).customer(
            openid="o-li", window_until=NOON + timedelta(days=1), window_left=1, spoke_at=NOON
        )
    plan(services, NOON)
    with services.database.reading() as session:
        assert pushing.verdict_of(session, other, "first") == "too_few_left:3"


def test_a_picture_wechat_forgot_is_brought_again_once(services: Services, wechat: WeChat) -> None:
    with services.database.transaction() as session:
        a_picture(session)
    wechat.answers = [Never("wechat 40007 bad_media_id")]
    one = due(services, customer(services), "picture")
    deliver_due(services)
    row, _ = of(services, one)
    assert (row.state, wechat.asked, len(wechat.library.uploads)) == ("sent", 2, 2)


def test_what_wechat_will_not_hold_keeps_the_push_for_later(services: Services, wechat: WeChat) -> None:
    with services.database.transaction() as session:
        a_picture(session)
    wechat.library.errors = [WeChatError(-1, "busy")]
    one = due(services, customer(services), "picture")
    deliver_due(services)
    row, whose = of(services, one)
    assert (row.state, whose.window_left, whose.last_push_id, wechat.asked) == ("planned", 5, None, 0)
    assert row.due_at > NOON


def test_versions_differ_by_any_word() -> None:
    assert version_of("care", "text", "一", None, {}) != version_of("care", "text", "二", None, {})
    assert version_of("care", "text", "一", None, {}) == version_of("care", "text", "一", "", {})
