"""The console in a real browser, on a desk and on a phone, without a script of its own."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from wsgiref.types import WSGIApplication

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.wait import WebDriverWait

from bot import services as building
from bot.clock import FixedClock
from bot.config import Config
from bot.store.database import Database
from bot.store.operators import audit, passwords, staff
from bot.store.sending import notice_templates
from bot.store.talk import handovers, open_questions
from bot.values.notice import NoticeTemplate
from handlers.app import create_app, stop
from tests.browser.conftest import DESK, PHONE, resize
from tests.conftest import NOON
from tests.support.build import Build
from tests.support.waiting import PATIENCE

CARE = NoticeTemplate(id="N1", title="保养提醒", fields={"thing1": "保养项目", "time2": "时间"})
PASSWORD = "a-kettle-and-a-teapot"
PAGES = (
    "", "conversations", "hand-overs", "customers", "customers/1", "customers/1/explain", "hand-overs/1",
    "customers/2", "customers/2/explain", "hand-overs/2", "campaigns",
    "campaigns/tea", "campaigns/tea/edit", "campaigns/new", "contents", "contents/water", "contents/water/edit",
    "contents/water/by-template/notice", "deliveries",
    "knowledge", "knowledge/temperature", "examples", "health", "staff", "audit", "account",
)  # fmt: skip


@pytest.fixture
def address(sqlite: Database, clock: FixedClock, serve: Callable[[WSGIApplication], str]) -> Iterator[str]:
    with sqlite.transaction() as session:
        fill(session_build=Build(session))
        notice_templates.keep(session, "subscription_notice", [CARE], NOON)
        password_hash = passwords.hashed(PASSWORD)
        staff.add(session, name="老周", role="admin", password_hash=password_hash, now=NOON)
        change = {"before": {"marketing_in_window": False}, "after": {"marketing_in_window": True}}
        audit.record(session, "campaign.changed", "campaign", "tea", staff_id=None, now=NOON, detail=change)
        handovers.open_handover(session, 1, complaint=True, now=NOON, until=NOON + timedelta(hours=1))
    config = Config.model_validate({"database": {"url": str(sqlite.engine.url)}})
    services = building.build(config, lambda _keys: clock)
    app = create_app(services)
    yield serve(app) + "/console/"
    stop(app)
    services.close()


def fill(session_build: Build) -> None:
    build = session_build
    build.segment("everyone", name="所有人")
    customer = build.customer(name="王芳", city="杭州", openid="oA1b2c3d4e5f6g7h8i9j0kLmNoPq")
    words = {"thing1": "{customer.name|您}的茶", "time2": "15:01"}
    build.content(
        "water", title="泡茶的水温", text="{customer.name|您}好，绿茶宜用 80℃ 的水。", notice_template="N1", notice_data=words
    )  # fmt: skip
    build.campaign("tea", ["water"], name="晚间茶话", status="draft")
    build.message(
        customer, "<script>document.title = 'taken over'</script>一段很长的话" + "茶" * 300, created_at=NOON
    )
    build.message(customer, "https://example.com/" + "a" * 300, created_at=NOON)
    build.delivery(
        campaign_id="tea",
        customer_id=customer,
        content_id="water",
        state="failed",
        reason="no_answer",
        finished_at=NOON,
    )
    endless = build.customer(name="W" * 90, openid="oZ1b2c3d4e5f6g7h8i9j0kLmNoPq")
    build.message(endless, "你好", created_at=NOON)
    build.delivery(campaign_id="tea", customer_id=endless, content_id="water", state="sent", finished_at=NOON)
    for number in (1, 2):
        build.campaign(f"news-{number}", ["water"], name="a long name of a campaign " * 2)
    build.delivery(
        campaign_id="news-1", customer_id=customer, content_id="water", day=NOON.date(), due_at=NOON
    )
    build.knowledge("temperature", "绿茶用多少度的水", "八十度左右")


@pytest.fixture
def signed_in(browser: Chrome, address: str) -> Chrome:
    browser.get(address + "language/zh")
    browser.get(address)
    browser.find_element(By.NAME, "name").send_keys("老周")
    browser.find_element(By.NAME, "password").send_keys(PASSWORD)
    browser.find_element(By.CSS_SELECTOR, "button.main").click()
    return browser


def press(browser: Chrome, text: str) -> None:
    """Presses a button that leads to another page, and waits until that one is there."""
    page = browser.find_element(By.TAG_NAME, "html")
    buttons = browser.find_elements(By.XPATH, f"//button[normalize-space()='{text}']")
    next(button for button in buttons if button.is_displayed()).click()
    WebDriverWait(browser, PATIENCE).until(staleness_of(page))


def test_a_content_is_approved_and_its_campaign_started_by_hand(signed_in: Chrome, address: str) -> None:
    signed_in.get(address + "campaigns/tea")
    press(signed_in, "开始")
    assert "这些内容还没有批准：泡茶的水温" in signed_in.find_element(By.CSS_SELECTOR, "section.error").text
    press(signed_in, "批准这条内容")
    press(signed_in, "开始")
    assert signed_in.find_element(By.CSS_SELECTOR, "h1 .badge").text == "进行中"
    signed_in.get(address + "audit")
    assert "开始活动" in signed_in.find_element(By.TAG_NAME, "table").text


def complaints(browser: Chrome) -> list[str]:
    """What the browser's console says since it was asked last."""
    entries = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return [entry["message"] for entry in entries]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_is_wider_than_the_screen_and_none_complains(
    signed_in: Chrome, address: str, size: tuple[int, int], language: str
) -> None:
    signed_in.get(address + f"language/{language}")
    complaints(signed_in)
    for page in PAGES:
        signed_in.get(address + page)
        resize(signed_in, *size)
        assert signed_in.execute_script("return document.documentElement.scrollWidth") <= size[0], page
        assert signed_in.find_elements(By.TAG_NAME, "h1"), page
        assert "taken over" not in signed_in.title
    assert complaints(signed_in) == []


def test_on_a_phone_what_a_change_was_can_be_read(signed_in: Chrome, address: str) -> None:
    signed_in.get(address + "language/en")
    signed_in.get(address + "audit")
    resize(signed_in, *PHONE)
    values = signed_in.find_elements(By.CSS_SELECTOR, ".detail dd")
    assert values
    assert min(value.rect["width"] for value in values) > PHONE[0] / 4


@pytest.fixture
def turning(sqlite: Database, address: str) -> str:
    """The name of a customer that turns the direction of what follows it; they asked what nothing answered."""
    assert address
    with sqlite.transaction() as session:
        customer = Build(session).customer(name="王\u202e芳芳", openid="o-turning-0000")
        open_questions.keep(session, customer, "茶盘能不能借我用两天", "", NOON)
    return "王\u202e芳芳"


def test_words_that_run_the_other_way_turn_nothing_else(
    signed_in: Chrome, address: str, turning: str
) -> None:
    signed_in.get(address + "customers?text=o-turning-0000")
    cell = signed_in.find_element(By.CSS_SELECTOR, "tbody td")
    name, openid = (cell.find_element(By.TAG_NAME, tag) for tag in ("a", "small"))
    assert name.text.startswith(turning[0])
    assert openid.rect["x"] >= name.rect["x"] + name.rect["width"]


def test_a_name_without_an_end_is_cut_in_a_list_and_whole_when_pointed_at(
    signed_in: Chrome, address: str
) -> None:
    signed_in.get(address + "customers?text=" + "W" * 90)
    row = signed_in.find_element(By.CSS_SELECTOR, "tbody tr")
    name = row.find_element(By.CSS_SELECTOR, ".name")
    assert name.get_attribute("title") == "W" * 90
    assert name.rect["width"] < DESK[0] / 5
    assert row.rect["height"] < 100


def test_on_a_phone_no_label_lies_over_another(signed_in: Chrome, address: str, turning: str) -> None:
    signed_in.get(address + "language/en")
    signed_in.get(address + "unanswered")
    resize(signed_in, *PHONE)
    cell = signed_in.find_element(By.CSS_SELECTOR, "tbody td")
    assert cell.get_attribute("data-label") == "How customers asked"
    lines_of_the_label = 2
    assert cell.rect["height"] >= lines_of_the_label * 20


def test_on_a_phone_the_menu_opens_and_leads_on(signed_in: Chrome, address: str) -> None:
    resize(signed_in, *PHONE)
    links = signed_in.find_elements(By.CSS_SELECTOR, "details.narrow nav a")
    assert not any(link.is_displayed() for link in links)
    signed_in.find_element(By.CSS_SELECTOR, "details.narrow summary").click()
    next(link for link in links if link.text == "推送记录").click()
    assert signed_in.current_url == address + "deliveries"
    row = signed_in.find_element(By.CSS_SELECTOR, "tbody tr")
    assert row.rect["width"] < PHONE[0]


def test_the_browser_forgets_the_pages_after_signing_out(
    signed_in: Chrome, address: str, tmp_path: Path
) -> None:
    signed_in.get(address + "conversations")
    press(signed_in, "退出")
    signed_in.back()
    assert signed_in.find_elements(By.NAME, "password")
