"""The chat page as a person uses it: at a desk and on a phone."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from wsgiref.types import WSGIApplication
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from bot.clock import MovableClock
from bot.sandbox.offset import Offset
from bot.sandbox.platform import Platform
from bot.sandbox.state import Follower
from handlers.sandbox import blueprint
from tests.browser.conftest import PHONE, resize
from tests.support.webhook import ACCOUNT, MemoryKeys, StandIn, field, text_reply

ANNA, BO = "o-anna", "o-bo"
SHANGHAI = ZoneInfo("Asia/Shanghai")
WAITS_AT_MOST = 60  # seconds; on an idle machine a fraction of one


def answer(xml: str) -> bytes:
    match field(xml, "MsgType"), field(xml, "Event") or field(xml, "Content"):
        case "event", "CLICK":
            return text_reply(xml, f"菜单 {field(xml, 'EventKey')}")
        case "event", "subscribe":
            return text_reply(xml, "欢迎关注")
        case "event", _:
            return b"success"
        case _, said:
            return text_reply(xml, f"收到：{said}")


@pytest.fixture
def offset() -> Offset:
    """The page's clock begins at noon of a Tuesday."""
    offset = Offset(MemoryKeys())
    offset.set(datetime(2026, 11, 24, 4, tzinfo=UTC))
    return offset


@pytest.fixture
def platform(offset: Offset) -> Iterator[Platform]:
    clock = MovableClock(offset)
    platform = Platform(ACCOUNT, clock, StandIn(answer))
    platform.seed(
        Follower(openid=openid, name=name, followed_at=clock.now() - timedelta(days=9))
        for openid, name in ((ANNA, "安娜"), (BO, "小博"))
    )
    platform.set_menu([{"name": "我的", "sub_button": [{"type": "click", "name": "订单", "key": "orders"}]}])
    platform.start(threads=2)
    yield platform
    platform.stop()


@pytest.fixture
def page(
    browser: Chrome, platform: Platform, offset: Offset, serve: Callable[[WSGIApplication], str]
) -> Chrome:
    app = Flask("chat-page-test")
    app.register_blueprint(
        blueprint(platform, offset, now=platform.world.clock, host="127.0.0.1", zone=SHANGHAI)
    )
    browser.get(f"{serve(app)}/sandbox/?customer={ANNA}")
    return browser


def wait_for(page: Chrome, condition: Callable[[], object]) -> None:
    WebDriverWait(page, WAITS_AT_MOST, poll_frequency=0.1).until(lambda _page: condition())


def bubbles(page: Chrome) -> list[tuple[str, str]]:
    script = "return [...document.querySelectorAll('.message')].map((m) => [m.dataset.way, m.querySelector('.bubble').textContent])"
    return [(way, text) for way, text in page.execute_script(script)]


def write(page: Chrome, text: str) -> None:
    switch = page.find_element(By.ID, "to-keyboard")
    if switch.is_displayed():
        switch.click()
    page.find_element(By.ID, "text").send_keys(text, Keys.ENTER)


def test_somebody_writes_and_is_answered(page: Chrome) -> None:
    wait_for(page, lambda: page.find_element(By.ID, "to-keyboard").is_displayed())
    write(page, "在吗 <b>粗</b>")
    wait_for(page, lambda: len(bubbles(page)) == 2)

    assert bubbles(page) == [("said", "在吗 <b>粗</b>"), ("passive", "收到：在吗 <b>粗</b>")]
    assert page.find_element(By.ID, "replies-left").text == "5 条"
    assert "12:0" in page.find_element(By.CSS_SELECTOR, ".stamp").text


def test_who_begins_to_write_before_the_menu_came_may_go_on(page: Chrome, platform: Platform) -> None:
    with platform.world.lock:
        page.refresh()
        page.find_element(By.ID, "to-keyboard").click()
    wait_for(page, lambda: page.find_elements(By.CSS_SELECTOR, ".has-sub"))
    assert page.find_element(By.ID, "text").is_displayed()


def test_a_menu_is_tapped(page: Chrome) -> None:
    wait_for(page, lambda: page.find_elements(By.CSS_SELECTOR, ".has-sub"))
    page.find_element(By.CSS_SELECTOR, ".has-sub").click()
    page.find_element(By.CSS_SELECTOR, ".sub button").click()
    wait_for(page, lambda: bubbles(page) == [("passive", "菜单 orders")])


KEEP_EACH_NOW = """
window.nows = []
const clock = document.getElementById("now")
new MutationObserver(() => nows.push(clock.textContent)).observe(clock, { childList: true })
"""


def test_a_day_passes_from_one_push_window_to_the_next(page: Chrome) -> None:
    page.execute_script(KEEP_EACH_NOW)
    write(page, "你好")
    wait_for(page, lambda: len(bubbles(page)) == 2)

    def is_over() -> bool:
        return page.find_element(By.ID, "now").text.startswith("2026年11月25日 星期三 12:0")

    wait_for(page, lambda: "11月24日" in page.find_element(By.ID, "now").text)
    page.find_element(By.CSS_SELECTOR, "[data-hours='24']").click()
    wait_for(page, is_over)

    seen = {now[-5:-1] for now in page.execute_script("return nows")}
    assert {"16:3", "17:5", "19:3", "21:2", "11:0", "11:5"} <= seen
    assert page.find_element(By.CSS_SELECTOR, ".stamp").text.startswith("昨天 12:0")


def test_the_clock_moves_and_a_push_arrives_marked(page: Chrome, platform: Platform) -> None:
    wait_for(page, lambda: "11月24日" in page.find_element(By.ID, "now").text)
    page.find_element(By.CSS_SELECTOR, "[data-hours='1']").click()
    wait_for(page, lambda: page.find_element(By.ID, "now").text.startswith("2026年11月24日 星期二 13:0"))
    with platform.world.lock:
        platform.world.show(ANNA, "account", "mass", "text", "周二的茶话")
    wait_for(page, lambda: bubbles(page) == [("mass", "周二的茶话")])

    assert page.find_element(By.CSS_SELECTOR, ".way").text == "群发"


def test_who_left_sees_the_door_and_may_come_back(page: Chrome) -> None:
    wait_for(page, lambda: page.find_element(By.ID, "following").is_selected())
    page.execute_script("document.getElementById('following').click()")
    wait_for(page, lambda: page.find_element(By.ID, "welcome").is_displayed())
    assert not page.find_element(By.ID, "lines").is_displayed()
    page.find_element(By.ID, "follow-here").click()
    wait_for(page, lambda: bubbles(page) == [("passive", "欢迎关注")])


def test_another_customer_s_chat_is_another_chat(page: Chrome) -> None:
    wait_for(page, lambda: page.find_element(By.ID, "to-keyboard").is_displayed())
    write(page, "我是安娜")
    wait_for(page, lambda: len(bubbles(page)) == 2)
    page.find_element(By.ID, "search").send_keys("小博")
    wait_for(page, lambda: len(page.find_elements(By.CSS_SELECTOR, ".people li")) == 1)
    page.find_element(By.CSS_SELECTOR, f"[data-openid='{BO}']").click()
    wait_for(page, lambda: page.find_element(By.ID, "about-name").text == "小博")

    assert bubbles(page) == []


@pytest.mark.parametrize("size", [(1024, 768), PHONE], ids=["tablet", "phone"])
def test_where_there_is_no_room_for_the_customer_s_side_it_is_drawn_out(
    page: Chrome, size: tuple[int, int]
) -> None:
    resize(page, *size)
    about = page.find_element(By.ID, "about")
    assert not about.is_displayed()
    page.find_element(By.ID, "open-about").click()
    assert about.find_element(By.ID, "in-console").is_displayed()
    assert about.rect["x"] + about.rect["width"] <= size[0]
    page.execute_script("document.getElementById('shade').click()")
    assert not about.is_displayed()


def test_who_goes_by_keyboard_stays_where_they_are_while_the_list_is_renewed(page: Chrome) -> None:
    bo = f"#people-list [data-openid='{BO}']"
    wait_for(page, lambda: page.find_elements(By.CSS_SELECTOR, bo))
    page.execute_script("window.was = document.querySelector(arguments[0]); was.focus()", bo)
    wait_for(page, lambda: page.execute_script("return !was.isConnected"))
    assert page.switch_to.active_element.get_attribute("data-openid") == BO
    page.switch_to.active_element.send_keys(Keys.ENTER)
    wait_for(page, lambda: page.find_element(By.ID, "about-name").text == "小博")


def test_a_push_to_somebody_else_is_marked_in_the_list_until_it_is_read(
    page: Chrome, platform: Platform
) -> None:
    def dots() -> int:
        return len(page.find_elements(By.CSS_SELECTOR, f"[data-openid='{BO}'] .dot"))

    wait_for(page, lambda: page.find_elements(By.CSS_SELECTOR, f"[data-openid='{BO}']"))
    assert dots() == 0
    with platform.world.lock:
        platform.world.show(BO, "account", "mass", "text", "给小博的话")
    wait_for(page, dots)
    page.execute_script(f"document.querySelector(\"[data-openid='{BO}']\").click()")
    wait_for(page, lambda: bubbles(page) == [("mass", "给小博的话")])
    wait_for(page, lambda: dots() == 0)


def test_on_a_phone_nothing_sticks_out_and_the_list_is_a_drawer(page: Chrome) -> None:
    resize(page, *PHONE)
    page.refresh()
    wait_for(page, lambda: page.find_elements(By.CSS_SELECTOR, f"[data-openid='{BO}']"))  # the script has run
    wait_for(page, lambda: not page.find_element(By.ID, "people").is_displayed())

    assert page.execute_script("return document.documentElement.scrollWidth") == PHONE[0]
    page.find_element(By.ID, "open-people").click()
    wait_for(page, lambda: page.find_element(By.CSS_SELECTOR, f"[data-openid='{BO}']").is_displayed())


def test_the_page_asks_nobody_else_and_complains_of_nothing(page: Chrome) -> None:
    wait_for(page, lambda: page.find_element(By.ID, "to-keyboard").is_displayed())
    origins = page.execute_script(
        "return [...new Set(performance.getEntriesByType('resource').map((r) => new URL(r.name).origin))]"
    )

    assert origins == [page.execute_script("return location.origin")]
    assert [entry for entry in page.get_log("browser") if entry["level"] == "SEVERE"] == []  # type: ignore[no-untyped-call]
