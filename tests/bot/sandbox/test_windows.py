from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.clock import FixedClock
from bot.sandbox.platform import Platform
from tests.bot.sandbox.conftest import ANNA, BO, Caller

MENU = [
    {"type": "click", "name": "订单", "key": "orders"},
    {"type": "view", "name": "网店", "url": "http://shop.test/"},
]


def says(platform: Platform) -> None:
    platform.says(ANNA, "在吗")


def taps_click(platform: Platform) -> None:
    platform.set_menu(MENU)
    platform.taps_menu(ANNA, (0,))


def taps_view(platform: Platform) -> None:
    platform.set_menu(MENU)
    platform.taps_menu(ANNA, (1,))


def scans(platform: Platform) -> None:
    platform.scans(ANNA, "door")


def taps_option(platform: Platform) -> None:
    platform.taps_option(ANNA, "1", "满意")


def follows_again(platform: Platform) -> None:
    platform.unfollows(ANNA)
    platform.follows(ANNA)


def says_and_leaves(platform: Platform) -> None:
    platform.says(ANNA, "再见")
    platform.unfollows(ANNA)


@pytest.mark.parametrize(
    ("acts", "after", "answers"),
    [
        pytest.param([says], timedelta(), [0] * 5 + [45047], id="a message allows five"),
        pytest.param([says], timedelta(hours=47, minutes=59), [0], id="a message counts for 48 hours"),
        pytest.param([says], timedelta(hours=48), [45015], id="after 48 hours the window is closed"),
        pytest.param(
            [says, says],
            timedelta(),
            [0] * 5 + [45047],
            id="a second message sets back to five, it does not add",
        ),
        pytest.param([taps_click], timedelta(), [0] * 3 + [45047], id="a menu click allows three"),
        pytest.param([taps_click], timedelta(minutes=1), [45015], id="a menu click counts for one minute"),
        pytest.param([taps_view], timedelta(), [45015], id="opening a page from the menu allows nothing"),
        pytest.param([scans], timedelta(), [0] * 3 + [45047], id="a scan allows three"),
        pytest.param([follows_again], timedelta(), [0] * 3 + [45047], id="a follow allows three"),
        pytest.param(
            [taps_option], timedelta(), [0] * 3 + [45047], id="an option of a menu message counts as a click"
        ),
        pytest.param([says, taps_click], timedelta(), [0] * 8 + [45047], id="the ledgers are separate"),
        pytest.param(
            [says, taps_click],
            timedelta(minutes=1),
            [0] * 5 + [45047],
            id="the click's three are gone after its minute",
        ),
        pytest.param([says_and_leaves], timedelta(), [45015], id="who left cannot be written to"),
        pytest.param([], timedelta(), [45015], id="who did nothing cannot be written to"),
    ],
)
def test_replies(
    platform: Platform,
    api: Caller,
    clock: FixedClock,
    acts: list[Callable[[Platform], None]],
    after: timedelta,
    answers: list[int],
) -> None:
    for act in acts:
        act(platform)
    clock.set(clock.now() + after)

    assert [api.send_text(ANNA) for _ in answers] == answers


def test_the_window_of_one_customer_is_not_another_s(platform: Platform, api: Caller) -> None:
    platform.says(ANNA, "在吗")

    assert api.send_text(BO) == 45015


def test_the_window_that_closes_first_is_used_first(
    platform: Platform, api: Caller, clock: FixedClock
) -> None:
    says(platform)
    taps_click(platform)
    assert [api.send_text(ANNA) for _ in range(3)] == [0] * 3
    clock.forward(minutes=2)

    assert [api.send_text(ANNA) for _ in range(6)] == [0] * 5 + [45047]


def test_nothing_is_open_before_it_was_opened(platform: Platform, api: Caller, clock: FixedClock) -> None:
    platform.says(ANNA, "在吗")
    clock.forward(days=-3)

    assert api.send_text(ANNA) == 45015


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        pytest.param(
            {"touser": "o-nobody", "msgtype": "text", "text": {"content": "x"}}, 40003, id="an unknown openid"
        ),
        pytest.param({"touser": ANNA, "msgtype": "text", "text": {"content": ""}}, 44004, id="no content"),
        pytest.param(
            {"touser": ANNA, "msgtype": "text", "text": {"content": "茶" * 683}},
            45002,
            id="too long: 2049 bytes",
        ),
        pytest.param(
            {"touser": ANNA, "msgtype": "text", "text": {"content": "茶" * 682}}, 0, id="2046 bytes pass"
        ),
        pytest.param({"touser": ANNA, "msgtype": "text"}, 44004, id="the object of the type is missing"),
        pytest.param({"touser": ANNA, "msgtype": "telegram"}, 40008, id="an unknown type"),
        pytest.param({"touser": ANNA, "msgtype": ["text"]}, 40008, id="a type that is no word"),
        pytest.param(
            {"touser": ANNA, "msgtype": "image", "image": {"media_id": "no"}}, 40007, id="an unknown picture"
        ),
        pytest.param(
            {"touser": ANNA, "msgtype": "news", "news": {"articles": [{"title": "a"}, {"title": "b"}]}},
            45008,
            id="two articles",
        ),
        pytest.param(
            {"touser": ANNA, "msgtype": "news", "news": {"articles": [{"title": "a"}]}}, 0, id="one article"
        ),
        pytest.param(
            {"touser": {"a": 1}, "msgtype": "text", "text": {"content": "x"}},
            40003,
            id="an openid that is none",
        ),
    ],
)
def test_what_a_message_may_hold(
    platform: Platform, api: Caller, body: dict[str, object], answer: int
) -> None:
    platform.says(ANNA, "在吗")

    assert api.post("/cgi-bin/message/custom/send", body)["errcode"] == answer


def test_a_refused_message_uses_nothing_up(platform: Platform, api: Caller) -> None:
    platform.says(ANNA, "在吗")
    api.send_text(ANNA, "")

    assert [api.send_text(ANNA) for _ in range(6)] == [0] * 5 + [45047]


def test_typing_needs_a_fresh_message_and_is_not_repeated(
    platform: Platform, api: Caller, clock: FixedClock
) -> None:
    def typing(command: str) -> int:
        code: int = api.post("/cgi-bin/message/custom/typing", {"touser": ANNA, "command": command})[
            "errcode"
        ]
        return code

    assert typing("Typing") == 45080
    platform.says(ANNA, "在吗")
    assert [
        typing("Dancing"),
        typing("Typing"),
        typing("Typing"),
        typing("CancelTyping"),
        typing("Typing"),
    ] == [45072, 0, 45081, 0, 0]
    clock.forward(seconds=30)
    assert typing("Typing") == 45080
