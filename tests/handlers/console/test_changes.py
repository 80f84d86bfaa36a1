import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.services import Services
from bot.store.campaigns import campaign_pages, content_pages
from bot.store.operators import audit, staff
from bot.store.sending import halts
from bot.store.tables import customers, deliveries
from bot.store.talk import handovers, knowledge_pages
from scheduler.plan import plan
from tests.conftest import NOON
from tests.handlers.console.conftest import Make, Visitor, audited

CAMPAIGN = {
    "name": "晚间茶话", "segment_id": "everyone", "starts": "2026-11-24", "ends": "2026-12-31", "priority": "5", "regular": "y",
}  # fmt: skip
CONTENT = {
    "title": "水温",
    "category": "leisure",
    "purpose": "care",
    "kind": "text",
    "text": "{customer.name|您}好，水要八十度",
}
ENTRY = {"question": "绿茶多少度", "answer": "八十度", "keywords": "水温", "category": "使用", "enabled": "y"}


def seen(visitor: Visitor, path: str) -> str:
    found = re.search(r'name="seen"[^>]*value="([^"]+)"', visitor.see(path))
    assert found, path
    return found[1]


def last_detail(services: Services) -> dict[str, Any]:
    with services.database.reading() as session:
        return audit.entries(session, most=1)[0].detail


def status_of(services: Services, campaign_id: str) -> str:
    with services.database.reading() as session:
        line = campaign_pages.find(session, campaign_id)
    assert line
    return line.status


def test_a_campaign_is_written_filled_approved_started_paused_and_ended(
    make: Make, operator: Visitor, services: Services
) -> None:
    make("segment")
    assert operator.post("/console/contents/new", {**CONTENT, "id": "water"}).status_code == 303
    assert (
        operator.post("/console/campaigns/new", {**CAMPAIGN, "id": "tea", "place-water": "1"}).status_code
        == 303
    )
    refused = operator.post("/console/campaigns/tea/start")
    assert refused.status_code == 422
    assert "这些内容还没有批准：水温" in refused.text
    operator.post("/console/contents/water/approve", {"seen": seen(operator, "/console/contents/water")})
    operator.post("/console/campaigns/tea/start")
    assert status_of(services, "tea") == "running"
    operator.post("/console/campaigns/tea/pause")
    assert status_of(services, "tea") == "paused"
    operator.post("/console/campaigns/tea/end")
    assert status_of(services, "tea") == "ended"
    operator.post("/console/campaigns/tea/start")
    assert status_of(services, "tea") == "ended"
    assert [action for action, _subject, _who in audited(services)][::-1] == [
        "content.created", "campaign.created", "content.approved", "campaign.running", "campaign.paused", "campaign.ended",
    ]  # fmt: skip


def test_pausing_takes_back_what_is_planned_and_has_not_left(
    make: Make, operator: Visitor, services: Services
) -> None:
    make("segment")
    make("content", "water")
    make("campaign", "tea", ["water"])
    planned = make("delivery", campaign_id="tea", customer_id=make("customer"), content_id="water")
    operator.post("/console/campaigns/tea/pause")
    with services.database.reading() as session:
        row = session.execute(
            select(deliveries.c.state, deliveries.c.reason).where(deliveries.c.id == planned)
        ).one()
    assert (row.state, row.reason) == ("skipped", "campaign_over")
    assert last_detail(services)["withdrawn"] == 1


def test_a_campaign_without_contents_or_whose_time_is_over_does_not_start(
    make: Make, operator: Visitor, services: Services
) -> None:
    make("segment")
    make("campaign", "tea", status="draft", starts=date(2026, 1, 1), ends=date(2026, 11, 23))
    page = operator.post("/console/campaigns/tea/start")
    assert page.status_code == 422
    assert "还没有选择任何内容" in page.text
    assert "活动日期已经过去" in page.text
    assert status_of(services, "tea") == "draft"
    assert audited(services) == []


def test_a_campaign_that_ends_before_it_starts_is_refused_at_the_field(make: Make, operator: Visitor) -> None:
    make("segment")
    page = operator.post("/console/campaigns/new", {**CAMPAIGN, "id": "tea", "ends": "2026-11-01"})
    assert page.status_code == 422
    assert re.search(r'id="ends-error">[^<]*结束日期早于开始日期', page.text)


@pytest.mark.parametrize(
    ("priority", "says"), [("high", "不是有效的整数。"), ("1000001", "请填写 -1000000 到 1000000 之间的数")]
)
def test_what_is_no_number_is_told_once(make: Make, operator: Visitor, priority: str, says: str) -> None:
    make("segment")
    page = operator.post("/console/campaigns/new", {**CAMPAIGN, "id": "tea", "priority": priority})
    assert re.findall(r'id="priority-error">([^<]*)', page.text) == [says]


def test_a_running_campaign_is_not_changed_into_one_that_could_not_start(
    make: Make, operator: Visitor, services: Services
) -> None:
    make("segment")
    make("content", "water", approved_at=NOON)
    make("content", "raw", title="没批准的")
    make("campaign", "tea", ["water"], name="晚间茶话")
    fields = {**CAMPAIGN, "seen": seen(operator, "/console/campaigns/tea/edit")}
    for places, said in (({}, "还没有选择任何内容"), ({"place-raw": "1"}, "没批准的")):
        page = operator.post("/console/campaigns/tea/edit", {**fields, **places})
        assert page.status_code == 422
        assert said in page.text
    with services.database.reading() as session:
        line = campaign_pages.find(session, "tea")
    assert line
    assert line.draft.contents == ("water",)


def test_what_a_campaign_planned_before_a_change_goes_nowhere_and_is_planned_anew(
    make: Make, operator: Visitor, services: Services, clock: FixedClock
) -> None:
    make("segment")
    for name in ("old", "new"):
        make("content", name, purpose="service", approved_at=NOON)
    make("campaign", "tea", ["old"], name="晚间茶话", channels=["next_contact"])
    make("customer")
    fields = {**CAMPAIGN, "starts": "2026-11-24", "channels": "next_contact"}

    def planned() -> list[tuple[str, str, str]]:
        plan(services, clock.now())
        with services.database.reading() as session:
            asked = select(deliveries.c.content_id, deliveries.c.state, deliveries.c.reason)
            return [tuple(row) for row in session.execute(asked.order_by(deliveries.c.id))]

    def edit(**changes: str) -> str:
        given = {**fields, "seen": seen(operator, "/console/campaigns/tea/edit"), **changes}
        assert operator.post("/console/campaigns/tea/edit", given).status_code == 303
        return operator.see("/console/campaigns/tea")

    assert planned() == [("old", "planned", "")]
    assert "重新安排" not in edit(**{"place-old": "1", "priority": "6"})
    assert planned() == [("old", "planned", "")]
    assert "还没有发出的 1 条推送会按新的设置重新安排" in edit(**{"place-new": "1"})
    assert planned() == [("old", "skipped", "campaign_changed"), ("new", "planned", "")]


def test_the_audit_shows_what_had_nothing_before(admin: Visitor, services: Services) -> None:
    with services.database.transaction() as session:
        detail = {"after": {"role": "operator"}}
        audit.record(session, "staff.added", "staff", 7, staff_id=None, now=NOON, detail=detail)
    assert '<dt>角色</dt><dd class="words">运营</dd>' in admin.see("/console/audit")


def test_the_audit_keeps_what_a_campaign_was_before(
    make: Make, operator: Visitor, services: Services
) -> None:
    make("segment")
    make("content", "water", approved_at=NOON)
    make("content", "store", approved_at=NOON)
    make("campaign", "tea", ["water"], name="晚间茶话", starts=date(2026, 11, 24), ends=date(2026, 12, 31))
    fields = {
        **CAMPAIGN,
        "seen": seen(operator, "/console/campaigns/tea/edit"),
        "place-store": "1",
        "place-water": "2",
    }
    assert operator.post("/console/campaigns/tea/edit", fields).status_code == 303
    assert last_detail(services) == {
        "before": {"contents": ["water"], "priority": 0},
        "after": {"contents": ["store", "water"], "priority": 5},
    }


def test_nobodys_change_is_overwritten_unseen(
    make: Make, operator: Visitor, admin: Visitor, clock: FixedClock
) -> None:
    make("segment")
    make("content", "water", approved_at=NOON)
    make("campaign", "tea", ["water"])
    mine = {**CAMPAIGN, "place-water": "1", "seen": seen(operator, "/console/campaigns/tea/edit")}
    clock.forward(minutes=1)
    assert admin.post("/console/campaigns/tea/edit", {**mine, "name": "老周改的"}).status_code == 303
    page = operator.post("/console/campaigns/tea/edit", {**mine, "name": "小林改的"})
    assert page.status_code == 422
    assert "别人刚刚改过" in page.text
    assert "老周改的" in admin.see("/console/campaigns/tea")


def test_an_edit_takes_the_approval_away(make: Make, operator: Visitor, services: Services) -> None:
    make("content", "water", approved_by=make("staff"), approved_at=NOON, title="水温", text="旧")
    fields = {**CONTENT, "seen": seen(operator, "/console/contents/water/edit")}
    assert operator.post("/console/contents/water/edit", fields).status_code == 303
    with services.database.reading() as session:
        line = content_pages.line_of(session, "water")
    assert line
    assert line.approved_at is None
    assert line.approved_by == ""
    assert last_detail(services)["before"]["approved"] is True


def test_saving_without_a_change_keeps_the_approval(
    make: Make, operator: Visitor, services: Services
) -> None:
    make("content", "water", approved_by=make("staff"), approved_at=NOON, **CONTENT)
    fields = {**CONTENT, "seen": seen(operator, "/console/contents/water/edit")}
    operator.post("/console/contents/water/edit", fields)
    with services.database.reading() as session:
        line = content_pages.line_of(session, "water")
    assert line
    assert line.approved_at == NOON
    assert audited(services) == []


def test_only_what_was_read_is_approved(
    make: Make, operator: Visitor, admin: Visitor, services: Services, clock: FixedClock
) -> None:
    make("content", "water")
    read = seen(operator, "/console/contents/water")
    clock.forward(minutes=1)
    admin.post(
        "/console/contents/water/edit", {**CONTENT, "seen": seen(admin, "/console/contents/water/edit")}
    )
    operator.post("/console/contents/water/approve", {"seen": read})
    with services.database.reading() as session:
        line = content_pages.line_of(session, "water")
    assert line
    assert line.approved_at is None
    operator.post("/console/contents/water/approve", {"seen": seen(operator, "/console/contents/water")})
    with services.database.reading() as session:
        line = content_pages.line_of(session, "water")
    assert line
    assert line.approved_by == "小林"


def test_a_preview_fills_in_the_customers_facts_and_marks_marketing(make: Make, operator: Visitor) -> None:
    make("customer", name="王芳", city="杭州")
    make(
        "content", "offer", purpose="marketing", text="{customer.name|您}好，{customer.city|您那里}的会员满减"
    )
    page = operator.get("/console/contents/offer", query_string={"customer": "王芳"}).text
    assert "【广告】王芳好，杭州的会员满减" in page
    mine, alike = page.split("群发时人人相同，是这样：")
    assert "【广告】您好，您那里的会员满减" not in mine
    assert "【广告】您好，您那里的会员满减" in alike
    assert "退订" in page


def test_a_text_that_could_not_be_filled_in_is_refused_at_the_field(operator: Visitor) -> None:
    for text, said in (
        ("{customer.salary}好", "customer.salary"), ("{customer.name|您好", "花括号"), ("", "请填写正文"), ("水" * 700, "正文太长"),
    ):  # fmt: skip
        page = operator.post("/console/contents/new", {**CONTENT, "id": "water", "text": text})
        assert page.status_code == 422
        assert re.search(r'id="text-error">[^<]*' + re.escape(said), page.text), said


def test_a_category_that_a_file_brought_is_kept(make: Make, operator: Visitor, services: Services) -> None:
    make("content", "water", category="泡茶课堂")
    fields = {**CONTENT, "category": "泡茶课堂", "seen": seen(operator, "/console/contents/water/edit")}
    assert operator.post("/console/contents/water/edit", fields).status_code == 303
    with services.database.reading() as session:
        line = content_pages.line_of(session, "water")
    assert line
    assert line.draft.category == "泡茶课堂"


def test_the_last_useful_day_is_the_day_that_was_written(operator: Visitor) -> None:
    operator.post("/console/contents/new", {**CONTENT, "id": "water", "useful_until": "2026-12-24"})
    assert 'value="2026-12-24"' in operator.see("/console/contents/water/edit")


def test_an_id_is_given_once_and_is_plain(make: Make, operator: Visitor) -> None:
    make("segment")
    for path, fields in (("contents", CONTENT), ("campaigns", CAMPAIGN), ("knowledge", ENTRY)):
        assert operator.post(f"/console/{path}/new", {**fields, "id": "one"}).status_code == 303
        assert "这个编号已经有了" in operator.post(f"/console/{path}/new", {**fields, "id": "one"}).text
        assert operator.post(f"/console/{path}/new", {**fields, "id": "a/b"}).status_code == 422


def test_knowledge_is_written_and_changed(operator: Visitor, services: Services, clock: FixedClock) -> None:
    operator.post("/console/knowledge/new", {**ENTRY, "id": "tea-water"})
    clock.forward(minutes=1)
    fields = {**ENTRY, "answer": "八十五度", "seen": seen(operator, "/console/knowledge/tea-water")}
    del fields["enabled"]
    assert operator.post("/console/knowledge/tea-water", fields).status_code == 303
    with services.database.reading() as session:
        entry = knowledge_pages.entry_of(session, "tea-water")
    assert entry
    assert (entry.answer, entry.enabled, entry.updated_at) == ("八十五度", False, clock.now())
    assert last_detail(services) == {
        "before": {"answer": "八十度", "enabled": True}, "after": {"answer": "八十五度", "enabled": False},
    }  # fmt: skip


def test_words_to_a_waiting_customer_become_a_delivery_and_nothing_is_sent_here(
    make: Make, operator: Visitor, services: Services
) -> None:
    customer = make("customer", name="王芳", window_until=NOON + timedelta(hours=5), window_left=3)
    with services.database.transaction() as session:
        handovers.open_handover(
            session, customer, complaint=False, now=NOON, until=NOON + timedelta(minutes=30)
        )
    assert "王芳" in operator.see("/console/hand-overs")
    assert operator.post(f"/console/hand-overs/{customer}", {"text": "您好，我是小林"}).status_code == 303
    with services.database.reading() as session:
        row = session.execute(select(deliveries)).one()
        assert (row.state, row.channel, row.campaign_id, row.payload["text"]) == (
            "planned",
            "reply_window",
            None,
            "您好，我是小林",
        )
        found = staff.find(session, row.staff_id)
    assert found
    assert found.name == "小林"
    assert audited(services) == [("customer.written_to", str(customer), "小林")]


def test_words_wait_for_the_next_contact_when_no_window_is_open(
    make: Make, operator: Visitor, services: Services
) -> None:
    customer = make("customer")
    assert "眼下不让主动发" in operator.see(f"/console/hand-overs/{customer}")
    operator.post(f"/console/hand-overs/{customer}", {"text": "您好"})
    with services.database.reading() as session:
        assert session.execute(select(deliveries.c.channel)).scalar_one() == "next_contact"


def test_closing_a_hand_over_gives_the_customer_back_to_the_bot(
    make: Make, operator: Visitor, services: Services
) -> None:
    customer = make("customer", name="王芳")
    with services.database.transaction() as session:
        handovers.open_handover(
            session, customer, complaint=True, now=NOON, until=NOON + timedelta(minutes=30)
        )
    operator.post(f"/console/hand-overs/{customer}/close")
    assert "没有客户在等" in operator.see("/console/hand-overs")
    with services.database.reading() as session:
        row = session.execute(select(customers.c.with_person_until, customers.c.complaint_open)).one()
    assert tuple(row) == (None, False)
    assert audited(services) == [("customer.handover_closed", str(customer), "小林")]


def test_the_health_page_tells_what_could_not_be_learned(operator: Visitor, services: Services) -> None:
    assert "正在学习" in operator.see("/console/health")
    services.understanding.fault = "price.txt: expected UTF-8 text"
    assert "price.txt: expected UTF-8 text" in operator.see("/console/health")


def test_a_halted_channel_is_lifted_by_a_person_who_is_named(operator: Visitor, services: Services) -> None:
    with services.database.transaction() as session:
        halts.halt(session, "mass", "wechat 48001 not_entitled: ask them", NOON)
    assert "公众号没有这个接口的权限（微信 48001）" in operator.see("/console/health")
    operator.post("/console/health/channels/mass/lift")
    assert "微信 48001" not in operator.see("/console/health")
    assert audited(services) == [("channel.lifted", "mass", "小林")]
    operator.post("/console/health/channels/mass/lift")
    assert len(audited(services)) == 1


def test_a_token_that_cannot_be_had_is_said_and_is_no_error_page(operator: Visitor) -> None:
    assert operator.post("/console/health/token").status_code == 303
    assert "微信没有给出令牌" in operator.see("/console/health")


def test_the_staff_is_managed_by_admins(admin: Visitor, services: Services, stranger: Visitor) -> None:
    new = {"name": "小陈", "role": "operator", "password": "first-password-1"}
    assert admin.post("/console/staff", new).status_code == 303
    assert "已经有这个姓名" in admin.post("/console/staff", new).text
    assert admin.post("/console/staff", {**new, "name": "小高", "password": "short"}).status_code == 422
    with services.database.reading() as session:
        chen = staff.find_by_name(session, "小陈")
    assert chen
    admin.post(f"/console/staff/{chen.id}/role", {"role": "admin"})
    assert admin.post(f"/console/staff/{chen.id}/role", {"role": "king"}).status_code == 400
    admin.post(
        f"/console/staff/{chen.id}/password",
        {"password": "second-password-2"},
        opened=f"/console/staff/{chen.id}/password",
    )
    assert stranger.sign_in("小陈", "first-password-1").status_code == 422
    assert stranger.sign_in("小陈", "second-password-2").status_code == 303
    admin.post(f"/console/staff/{chen.id}/disable")
    assert stranger.get("/console/").status_code == 303
    admin.post(f"/console/staff/{chen.id}/enable")
    assert stranger.sign_in("小陈", "second-password-2").status_code == 303
    assert [action for action, _subject, _who in audited(services)][::-1] == [
        "staff.created", "staff.role_changed", "staff.password_reset", "staff.disabled", "staff.enabled",
    ]  # fmt: skip


def test_the_last_admin_can_neither_be_disabled_nor_made_an_operator(
    admin: Visitor, services: Services
) -> None:
    with services.database.reading() as session:
        zhou = staff.find_by_name(session, "老周")
    assert zhou
    admin.post(f"/console/staff/{zhou.id}/disable")
    admin.post(f"/console/staff/{zhou.id}/role", {"role": "operator"})
    assert admin.get("/console/staff").status_code == 200
    assert audited(services) == []


def test_the_audit_is_filtered_by_person_action_and_subject(
    make: Make, operator: Visitor, admin: Visitor
) -> None:
    make("content", "water")
    operator.post("/console/contents/new", {**CONTENT, "id": "store"})
    admin.post("/console/contents/water/approve", {"seen": seen(admin, "/console/contents/water")})
    assert "store" in admin.see("/console/audit?action=content.created")
    assert 'mono">store' not in admin.see("/console/audit?action=content.approved")
    assert 'mono">store' not in admin.see("/console/audit?subject=water")
