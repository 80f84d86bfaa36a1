import re
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.clock import FixedClock
from bot.services import Services
from bot.store.operators import audit
from scheduler.plan import plan
from tests.conftest import NOON
from tests.handlers.console.conftest import Make, Visitor, audited
from tests.support import pushing

NASTY = "<script>alert('x')</script><img src=x onerror=alert(1)>"


def test_what_a_customer_writes_is_shown_as_text_everywhere(make: Make, admin: Visitor) -> None:
    customer = make("customer", name=NASTY, city=NASTY)
    message = make("message", customer, NASTY)
    for path in (
        "/console/conversations",
        "/console/customers",
        f"/console/customers/{customer}",
        f"/console/hand-overs/{customer}",
    ):
        page = admin.see(path)
        assert NASTY not in page
        assert "&lt;script&gt;" in page
    assert NASTY not in admin.post(f"/console/reveal/message/{message}").text


def test_what_is_searched_for_is_shown_as_text(admin: Visitor) -> None:
    for path in ("conversations", "customers", "deliveries", "contents", "knowledge", "audit"):
        page = admin.get(
            f"/console/{path}",
            query_string={"text": NASTY, "customer": NASTY, "subject": NASTY, "reason": NASTY},
        )
        assert page.status_code == 200
        assert "<script>" not in page.text


def test_lists_hide_numbers_and_openids(make: Make, operator: Visitor) -> None:
    customer = make("customer", name="王芳", openid="oSecretOpenidOfWangFang")
    make("message", customer, "我的电话 13812345678")
    for path in ("/console/conversations", "/console/customers", f"/console/customers/{customer}"):
        page = operator.see(path)
        assert "13812345678" not in page
        assert "oSecretOpenidOfWangFang" not in page
        assert "王芳" in page


def test_an_admin_sees_what_is_hidden_and_that_is_written_down(
    make: Make, admin: Visitor, services: Services
) -> None:
    customer = make("customer", openid="oSecretOpenidOfWangFang")
    message = make("message", customer, "我的电话 13812345678")
    assert "13812345678" in admin.post(f"/console/reveal/message/{message}").text
    assert "oSecretOpenidOfWangFang" in admin.post(f"/console/reveal/customer/{customer}").text
    assert audited(services) == [
        ("customer.revealed", str(customer), "老周"),
        ("message.revealed", str(message), "老周"),
    ]


def test_an_operator_has_no_button_to_see_what_is_hidden(
    make: Make, operator: Visitor, admin: Visitor
) -> None:
    make("message", make("customer"), "13812345678")
    assert "/console/reveal/" in admin.see("/console/conversations")
    assert "/console/reveal/" not in operator.see("/console/conversations")


def test_the_log_is_searched_by_words_customer_direction_kind_and_day(make: Make, operator: Visitor) -> None:
    wang, li = make("customer", name="王芳"), make("customer", name="李雷")
    make("message", wang, "绿茶多少钱", created_at=datetime(2024, 3, 1, 1, tzinfo=UTC))
    make("message", wang, "绿茶每罐九十八元", direction="out", created_at=datetime(2024, 3, 1, 1, tzinfo=UTC))
    make("message", li, "红茶多少钱", created_at=datetime(2026, 11, 1, tzinfo=UTC))
    make("message", li, "", kind="image", created_at=datetime(2026, 11, 1, tzinfo=UTC))

    def found(**filters: str) -> list[str]:
        page = operator.get("/console/conversations", query_string=filters).text
        return [text for text in ("绿茶多少钱", "绿茶每罐九十八元", "红茶多少钱") if text in page]

    assert found() == ["绿茶多少钱", "绿茶每罐九十八元", "红茶多少钱"]
    assert found(text="多少") == ["绿茶多少钱", "红茶多少钱"]
    assert found(customer="王") == ["绿茶多少钱", "绿茶每罐九十八元"]
    assert found(direction="out") == ["绿茶每罐九十八元"]
    assert found(kind="image") == []
    assert found(until="2024-03-01") == ["绿茶多少钱", "绿茶每罐九十八元"]
    assert found(since="2024-03-02") == ["红茶多少钱"]
    assert found(since="no day", text="红茶") == ["红茶多少钱"]
    assert found(text="100%") == []


def test_a_day_is_a_day_in_shanghai(make: Make, operator: Visitor) -> None:
    make("message", make("customer"), "零点以后", created_at=datetime(2026, 11, 1, 16, 30, tzinfo=UTC))
    assert "零点以后" in operator.get("/console/conversations?since=2026-11-02&until=2026-11-02").text
    assert "2026-11-02 00:30" in operator.see("/console/conversations")
    assert "零点以后" not in operator.get("/console/conversations?until=2026-11-01").text


def test_a_long_log_goes_on_page_by_page_without_a_gap(make: Make, operator: Visitor) -> None:
    customer = make("customer")
    for number in range(120):
        make("message", customer, f"第{number:03}条")
    seen: list[str] = []
    path: str | None = "/console/conversations?text=条"
    while path:
        page = operator.see(path)
        seen += [f"第{number:03}条" for number in reversed(range(120)) if f"第{number:03}条" in page]
        path = (
            page.split('" rel="next"')[0].split('href="')[-1].replace("&amp;", "&")
            if 'rel="next"' in page
            else None
        )
    assert seen == [f"第{number:03}条" for number in reversed(range(120))]


@pytest.mark.parametrize(
    "before",
    [
        "x",
        "-1",
        "99999999999999999999",
        "2026-01-01~message~x",
        "~~",
        "2026-11-24T00:00:00~message~1",
        "0001-01-01T00:00:00+08:00~message~1",
        "2026-11-24T00:00:00+08:00~message~99999999999999999999",
    ],
)
def test_a_place_in_a_list_that_makes_no_sense_shows_the_beginning(
    make: Make, operator: Visitor, before: str
) -> None:
    customer = make("customer")
    make("message", customer, "你好呀")
    assert "你好呀" in operator.get("/console/conversations", query_string={"before": before}).text
    assert "你好呀" in operator.get(f"/console/customers/{customer}", query_string={"before": before}).text


def test_days_that_cannot_be_reckoned_with_filter_nothing(make: Make, operator: Visitor) -> None:
    make("message", make("customer"), "你好呀")
    for day in ("0001-01-01", "9999-12-31"):
        assert "你好呀" in operator.see(f"/console/conversations?since={day}&until={day}")
        operator.see(f"/console/deliveries?since={day}&until={day}")


@pytest.mark.parametrize("number", [2**63 - 1, 2**63, 10**30])
def test_a_number_that_no_row_has_is_the_address_of_nothing(admin: Visitor, number: int) -> None:
    for path in ("customers/{}", "customers/{}/explain", "hand-overs/{}", "staff/{}/password"):
        assert admin.get(f"/console/{path.format(number)}").status_code == 404
    for path in ("reveal/message/{}", "examples/{}/remove"):
        assert admin.post(f"/console/{path.format(number)}").status_code == 404


def test_the_timeline_tells_for_each_delivery_what_became_of_it_and_why(
    make: Make, operator: Visitor
) -> None:
    make("segment")
    make("content", "water", title="泡茶的水温")
    make("campaign", "tea", ["water"], name="晚间茶话")
    customer = make("customer", name="王芳", points=120)
    sent = make(
        "delivery",
        campaign_id="tea",
        customer_id=customer,
        content_id="water",
        state="sent",
        finished_at=NOON,
    )
    make("message", customer, "绿茶宜用八十度的水", direction="out", delivery_id=sent, created_at=NOON)
    make(
        "delivery", campaign_id="tea", customer_id=customer, content_id="water", state="skipped", reason="opted_out",
        day=date(2026, 11, 20), finished_at=NOON - timedelta(days=4),
    )  # fmt: skip
    page = operator.see(f"/console/customers/{customer}")
    assert page.count("泡茶的水温") == 2
    assert "客户已退订推送" in page
    assert page.index("绿茶宜用八十度的水") < page.index("客户已退订推送")
    assert "120 积分" in page


def test_the_totals_of_deliveries_add_up_to_what_is_shown(make: Make, operator: Visitor) -> None:
    make("segment")
    make("content", "water")
    make("campaign", "tea", ["water"])
    states = ["sent"] * 3 + ["failed"] * 2 + ["unknown"]
    for number, state in enumerate(states):
        make(
            "delivery",
            campaign_id="tea",
            customer_id=make("customer"),
            content_id="water",
            state=state,
            reason="" if state == "sent" else "no_answer",
            day=date(2026, 11, 1 + number),
        )
    page = operator.see("/console/deliveries?campaign=tea")
    numbers = _totals(page)
    assert numbers == [6, 0, 0, 0, 3, 2, 1, 0]
    only = _totals(operator.see("/console/deliveries?campaign=tea&state=failed"))
    assert only == [2, 0, 0, 0, 0, 2, 0, 0]
    assert _totals(operator.see("/console/deliveries?campaign=other")) == []


def _totals(page: str) -> list[int]:
    """All, then planned, claimed, accepted, sent, failed, unknown, skipped."""
    block = page.partition('<dl class="totals">')[2].partition("</dl>")[0]
    return [int(number) for number in re.findall(r"<dd>(?:<a[^>]*>)?(\d+)", block)]


def test_the_first_page_warns_of_what_somebody_should_look_at(
    make: Make, operator: Visitor, services: Services
) -> None:
    assert "需要处理" not in operator.see("/console/")
    make("segment")
    make("content", "water")
    make("campaign", "tea", ["water"], name="晚间茶话")
    make(
        "delivery",
        campaign_id="tea",
        customer_id=make("customer"),
        content_id="water",
        state="unknown",
        reason="no_answer",
        finished_at=services.now(),
    )
    page = operator.see("/console/")
    assert "1 条推送结果未知" in page
    assert "活动「晚间茶话」正在进行，但有内容没有批准" in page


def test_empty_pages_say_what_to_do(operator: Visitor) -> None:
    for path, hint in {
        "conversations": "客户第一次来信后", "customers": "有人关注公众号后", "hand-overs": "没有客户在等",
        "campaigns": "先写几条内容并批准", "contents": "先写一条内容", "deliveries": "活动开始后", "knowledge": "把客户常问的写进来",
    }.items():  # fmt: skip
        assert hint in operator.see(f"/console/{path}"), path


def test_why_is_told_of_a_day_that_is_over_and_of_one_to_come(
    make: Make, operator: Visitor, services: Services, clock: FixedClock
) -> None:
    make("segment")
    make("content", "words", purpose="service")
    make("campaign", "repair", ["words"])
    customer = make("customer", openid="o-a", window_until=NOON + timedelta(days=9), window_left=5)
    page = f"/console/customers/{customer}/explain"
    first = operator.see(page)
    assert "可以发送" in first
    assert "分组号（0–9999）：5000" in first
    assert not any(name in first for name in ("hold_out_of", "kept_before", "unsuitable", "<dd>没有可用的"))
    plan(services, clock.now())
    clock.forward(days=1)
    operator.sign_in("小林")
    plan(services, clock.now())
    with services.database.transaction() as session:
        pushing.change(session, customer, wants_pushes=False)
    assert "客户已退订推送" in operator.see(page)
    over = operator.see(f"{page}?day=2026-11-24")
    assert "<dd>没有可用的" not in over
    assert "客户已退订推送" not in over
    assert "2026-11-24 23:59" in over
    assert "2026-11-27 12:00" in operator.see(f"{page}?day=2026-11-27")
    for strange in ("0001-01-01", "9999-12-31", "soon"):
        assert "客户已退订推送" in operator.see(f"{page}?day={strange}")


def test_the_audit_log_speaks_in_words_and_leaves_out_what_is_empty(
    services: Services, admin: Visitor
) -> None:
    care = {"care": {"field": "tags", "op": "has", "value": "tea"}, "lasts": 14}
    after = {"occasion": care, "notice_page": "", "details": None, "repeat": False, "priority": 0}
    with services.database.transaction() as session:
        audit.record(
            session, "campaign.created", "campaign", "c", staff_id=None, now=NOON, detail={"after": after}
        )
    page = admin.see("/console/audit")
    assert "关怀的条件 字段 tags；比较 has；值 tea；持续天数 14" in page
    assert "可重复发送" in page
    assert "notice_page" not in page
    assert "组成部分" not in page


def test_what_wechat_reports_is_not_said_to_come_from_the_customer(make: Make, operator: Visitor) -> None:
    customer = make("customer", name="小林")
    make("message", customer, "", kind="event:template_finished")
    assert "微信告知</span>" in operator.see("/console/conversations")
    assert "客户发来</span>" not in operator.see("/console/conversations")
    make("message", customer, "在吗")
    assert "客户发来</span>" in operator.see("/console/conversations")


def wrong_fields(page: str) -> list[str]:
    """The names of the fields that say they are wrong, in their order; each must be asking for the cursor, too."""
    tags = re.findall(r"<(?:input|textarea|select)[^>]*aria-invalid[^>]*>", page)
    assert all(" autofocus" in tag and "aria-describedby" in tag for tag in tags)
    return [name for tag in tags for name in re.findall(r' name="([^"]+)"', tag)]


def test_after_an_error_the_wrong_fields_say_so_and_the_first_has_the_cursor(operator: Visitor) -> None:
    empty = operator.post("/console/knowledge/new", opened="/console/knowledge/new")
    assert wrong_fields(empty.text) == ["question", "id", "answer"]
    assert wrong_fields(operator.see("/console/knowledge/new")) == []


def test_a_sign_in_that_misses_something_says_where(stranger: Visitor) -> None:
    assert wrong_fields(stranger.sign_in("小林", "").text) == ["password"]
    refused = stranger.sign_in("小林", "not-the-password").text
    assert re.search(r'<input[^>]*\bautofocus\b[^>]*\bname="password"', refused), (
        "who mistyped may go on typing"
    )
