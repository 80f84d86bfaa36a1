"""Contents of many forms in the console: written, with their files, shown as on a phone, approved as they were seen."""

from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest

from bot.rules.contents import parts
from bot.services import Services
from bot.store.campaigns import campaign_pages, content_pages
from bot.store.campaigns.content_pages import ContentLine
from bot.store.planning import pools
from bot.values.content import Part
from tests.handlers.console.conftest import Make, Visitor
from tests.handlers.console.test_changes import CONTENT, seen
from tests.support.pictures import JPEG, MP3

ARTICLE = {
    **CONTENT, "id": "article", "kind": "article", "title": "明前龙井到了", "text": "", "body": "第一段\n\n第二段", "digest": "今年的第一批",
}  # fmt: skip


def line_of(services: Services, content_id: str) -> ContentLine:
    with services.database.reading() as session:
        line = content_pages.line_of(session, content_id)
    assert line
    return line


def parts_of(services: Services, content_id: str) -> tuple[Part, ...]:
    draft = line_of(services, content_id).draft
    return parts.parts_of(draft.kind, draft.text, draft.media_id, draft.details)


def test_a_picture_after_a_text_is_one_content_and_shows_on_the_phone(
    operator: Visitor, services: Services
) -> None:
    fields: dict[str, Any] = {
        **CONTENT, "id": "both", "more-0-kind": "image", "more-0-upload": (BytesIO(JPEG), "tea.jpg"),
    }  # fmt: skip
    assert operator.post("/console/contents/new", fields).status_code == 303
    first, second = parts_of(services, "both")
    assert (first.kind, second.kind, len(second.file)) == ("text", "image", 64)
    page = operator.see("/console/contents/both")
    assert f'<img src="/console/contents/files/{second.file}"' in page
    shown = operator.get(f"/console/contents/files/{second.file}")
    assert (shown.data, shown.content_type) == (JPEG, "image/jpeg")

    edit = {**CONTENT, "text": "您好", "more-0-kind": "image", "more-0-file": second.file}
    edit["seen"] = seen(operator, "/console/contents/both/edit")
    operator.post("/console/contents/both/edit", edit)
    assert [part.file for part in parts_of(services, "both")] == ["", second.file]
    assert parts_of(services, "both")[0].text == "您好"


def test_an_article_is_written_with_its_cover_and_comes_back_in_the_form(
    operator: Visitor, services: Services
) -> None:
    fields = {**ARTICLE, "cover_upload": (BytesIO(JPEG), "cover.jpg")}
    assert operator.post("/console/contents/new", fields).status_code == 303
    (article,) = parts_of(services, "article")
    assert (article.title, article.body, article.digest) == (
        "明前龙井到了",
        "第一段\r\n\r\n第二段".replace("\r", ""),
        "今年的第一批",
    )
    form = operator.see("/console/contents/article/edit")
    assert "第二段" in form
    assert article.cover in form
    assert "明前龙井到了" in operator.see("/console/contents/article")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"kind": "image"}, "请上传文件，或填素材编号"),
        ({"kind": "image", "upload": (b"not a picture", "a.jpg")}, "这个文件不能用"),
        ({"kind": "image", "upload": (MP3, "a.mp3")}, "这个文件不能用"),
        (ARTICLE, "请上传封面图片"),
        ({**ARTICLE, "cover_upload": (JPEG, "c.jpg"), "body": "<form>"}, "文章里不能有脚本和表单"),
        ({**ARTICLE, "title": "长" * 33}, "图文标题最多 32 个字"),
        ({"kind": "link", "url": "javascript:alert(1)"}, "请填写 https:// 开头的完整网址"),
        ({"kind": "msgmenu", "options": "长" * 61}, "请填写 1 到 10 个选项"),
        ({"kind": "text", "more-0-kind": "image"}, "请上传文件，或填素材编号"),
        ({"kind": "image", "purpose": "marketing", "media_id": "m-1"}, "营销内容要写明【广告】和退订方法"),
        ({"kind": "fax"}, "不是有效的选择"),
        ({"kind": "text", "text": "{customer.nmae|您}"}, "不认识 customer.nmae"),
        (
            {"kind": "text", "text": '<a href="javascript:go()">看</a>'},
            "链接要以 https://、http://、weixin:// 开头",
        ),
    ],
)
def test_what_cannot_be_is_told_at_the_field(operator: Visitor, fields: dict[str, Any], says: str) -> None:
    given = {**CONTENT, **fields, "id": "wrong"}
    for name in {"upload", "cover_upload"} & set(given):
        given[name] = (BytesIO(given[name][0]), given[name][1])
    page = operator.post("/console/contents/new", given)
    assert page.status_code == 422
    assert says in page.text
    assert "expected" not in page.text


def test_the_record_of_approvals_outlives_a_change(make: Make, operator: Visitor, services: Services) -> None:
    operator.post("/console/contents/new", {**CONTENT, "id": "water"})
    operator.post("/console/contents/water/approve", {"seen": seen(operator, "/console/contents/water")})
    first = operator.see("/console/contents/water")
    assert "批准记录" in first
    assert line_of(services, "water").approved_at
    operator.post(
        "/console/contents/water/edit",
        {**CONTENT, "text": "改了", "seen": seen(operator, "/console/contents/water/edit")},
    )
    after = operator.see("/console/contents/water")
    assert "批准记录" in after
    assert line_of(services, "water").approved_at is None


def test_a_file_that_is_no_picture_or_nobodys_is_not_shown(operator: Visitor, stranger: Visitor) -> None:
    assert operator.get("/console/contents/files/" + "0" * 64).status_code == 404
    assert stranger.get("/console/contents/files/" + "0" * 64).status_code == 303


def test_a_campaigns_test_is_shown_and_outlives_an_edit(
    make: Make, operator: Visitor, services: Services
) -> None:
    make("segment")
    for content in ("one", "two"):
        make("content", content)
    make("campaign", "test", ["one"], variants={"A": 1, "B": 3}, hold_out_percent=10, status="draft")
    with services.database.transaction() as session:
        pools.replace(session, "test", [("one", "A"), ("two", "B")])
    page = operator.see("/console/campaigns/test")
    assert "留出 10% 的客户" in page
    assert "<b>B</b>" in page
    assert operator.get("/console/campaigns/test/edit").status_code == 200
    with services.database.transaction() as session:
        found = campaign_pages.find(session, "test")
        assert found
        changed = replace(found.draft, name="新名字")
        assert campaign_pages.change(session, "test", changed, seen_at=found.updated_at, now=services.now())
        assert pools.of_campaign(session, "test") == [("one", "A"), ("two", "B")]
