"""How a content goes by the account's templates, in the console: a field for each of the template's, seen as WeChat shows it."""

from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import FixedClock
from bot.services import Services
from bot.store.campaigns import content_pages, contents
from bot.store.sending import notice_templates
from bot.store.tables import approvals
from bot.values.notice import Notice, NoticeTemplate, TemplateMessage
from bot.values.push import Content
from tests.handlers.console.conftest import Make, Visitor
from tests.handlers.console.test_changes import CONTENT, seen

CARE = NoticeTemplate(id="N1", title="保养提醒", fields={"thing1": "保养项目", "time2": "时间"})
VISIT = NoticeTemplate(id="T1", title="售后回访提醒", fields={"first": "", "thing1": "回访内容"})
SERVICE = {**CONTENT, "id": "visit", "purpose": "service"}
NOTICE_PAGE = "/console/contents/visit/by-template/notice"
TEMPLATE_PAGE = "/console/contents/visit/by-template/template"
WORDS = {"template": "N1", "data-thing1": "{customer.name|您}的茶壶", "data-time2": "15:01", "page": ""}


@pytest.fixture
def visit(operator: Visitor, services: Services) -> Visitor:
    with services.database.transaction() as session:
        notice_templates.keep(session, "subscription_notice", [CARE], services.now())
        notice_templates.keep(session, "template_message", [VISIT], services.now())
    assert operator.post("/console/contents/new", SERVICE).status_code == 303
    return operator


def content(services: Services) -> Content:
    with services.database.reading() as session:
        found = contents.find(session, "visit")
    assert found
    return found


def saved(visitor: Visitor, path: str, **fields: str) -> Any:
    return visitor.post(path, {**fields, "seen": seen(visitor, f"{path}?template={fields['template']}")})


def test_a_notice_is_written_field_by_field_and_shown_as_this_customer_would_see_it(
    visit: Visitor, services: Services, make: Make
) -> None:
    make("customer", name="王芳", openid="o-wang")
    page = visit.see(f"{NOTICE_PAGE}?template=N1")
    assert "保养项目" in page
    assert "1 到 20 个字" in page
    assert saved(visit, NOTICE_PAGE, **WORDS).status_code == 303
    assert content(services).notice == Notice(
        template="N1", data={"thing1": "{customer.name|您}的茶壶", "time2": "15:01"}
    )
    shown = visit.see("/console/contents/visit?customer=o-wang")
    assert "<dt>保养项目</dt><dd>王芳的茶壶</dd>" in shown
    assert "王芳的茶壶" not in visit.see("/console/contents/visit")
    assert "{customer.name|您}的茶壶" in visit.see(NOTICE_PAGE), "the form comes back as it was written"


def test_a_template_message_leads_somewhere_and_leaves_out_what_wechat_drops(
    visit: Visitor, services: Services
) -> None:
    assert "data-first" not in visit.see(f"{TEMPLATE_PAGE}?template=T1")
    fields = {
        "template": "T1",
        "data-thing1": "用着顺手吗",
        "url": "https://example.com/v",
        "app_id": "",
        "page": "",
    }
    assert saved(visit, TEMPLATE_PAGE, **fields).status_code == 303
    assert content(services).template == TemplateMessage(
        template="T1", data={"thing1": "用着顺手吗"}, url="https://example.com/v"
    )
    assert "查看详情" in visit.see("/console/contents/visit")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        pytest.param({"data-time2": "下午"}, "这一栏填不进去", id="no time"),
        pytest.param({"data-thing1": "茶" * 21}, "这一栏填不进去", id="too long"),
        pytest.param({"data-thing1": "{customer.nmae|您}"}, "不认识 customer.nmae", id="an unknown name"),
        pytest.param({"data-thing1": ""}, "请填写这一项", id="a field left empty"),
        pytest.param({"page": "p" * 1025}, "最多 1024 个字", id="a page too long"),
    ],
)
def test_what_a_field_cannot_take_is_said_there_and_nothing_is_kept(
    wrong: dict[str, str], said: str, visit: Visitor, services: Services
) -> None:
    answer = saved(visit, NOTICE_PAGE, **(WORDS | wrong))
    assert answer.status_code == 422
    assert said in answer.text
    assert content(services).notice is None


def test_writing_it_takes_the_approval_away_and_so_does_taking_it_back(
    visit: Visitor, services: Services
) -> None:
    def approve() -> bool:
        visit.post("/console/contents/visit/approve", {"seen": seen(visit, "/console/contents/visit")})
        return content(services).is_approved

    assert approve()
    saved(visit, NOTICE_PAGE, **WORDS)
    assert not content(services).is_approved
    assert approve()
    with services.database.reading() as session:
        (seen_last,) = session.execute(
            select(approvals.c.seen).order_by(approvals.c.id.desc()).limit(1)
        ).one()
    assert seen_last["notice"]["thing1"] == WORDS["data-thing1"], "what was approved is on record"
    removed = visit.post(f"{NOTICE_PAGE}/remove", {"seen": seen(visit, NOTICE_PAGE)})
    assert removed.status_code == 303
    assert (content(services).notice, content(services).is_approved) == (None, False)


def test_nobodys_change_is_overwritten_unseen(visit: Visitor, services: Services, clock: FixedClock) -> None:
    stale = seen(visit, f"{NOTICE_PAGE}?template=N1")
    clock.forward(minutes=1)
    saved(visit, NOTICE_PAGE, **WORDS)
    answer = visit.post(NOTICE_PAGE, {**WORDS, "data-time2": "16:00", "seen": stale})
    assert answer.status_code == 422
    assert "刚刚改过" in answer.text
    notice = content(services).notice
    assert notice is not None
    assert notice.data["time2"] == "15:01"


def test_what_it_is_for_may_not_change_to_what_its_template_may_not_carry(
    visit: Visitor, services: Services
) -> None:
    fields = {"template": "T1", "data-thing1": "用着顺手吗", "url": "", "app_id": "", "page": ""}
    saved(visit, TEMPLATE_PAGE, **fields)
    edit = {**SERVICE, "purpose": "care", "seen": seen(visit, "/console/contents/visit/edit")}
    answer = visit.post("/console/contents/visit/edit", edit)
    assert answer.status_code == 422
    assert "只有服务内容能这样发" in answer.text
    with services.database.reading() as session:
        line = content_pages.line_of(session, "visit")
    assert line
    assert line.draft.purpose == "service"


def test_promotion_and_unknown_templates_are_refused(visit: Visitor, services: Services) -> None:
    visit.post("/console/contents/new", {**CONTENT, "id": "offer", "purpose": "marketing"})
    page = "/console/contents/offer/by-template/notice"
    assert "营销内容不能作为订阅通知发送" in visit.see(f"{page}?template=N1")
    assert visit.post(page, WORDS).status_code == 422
    assert visit.post(NOTICE_PAGE, {**WORDS, "template": "N9"}).status_code == 422
    assert visit.get("/console/contents/visit/by-template/pigeon").status_code == 404
    assert content(services).notice is None
