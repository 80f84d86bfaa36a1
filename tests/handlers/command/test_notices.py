"""`weilan notice` and what `apply` says of a content that goes as a notice, as a person at the terminal meets them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot.store.database import Database
from bot.store.sending import notice_templates
from bot.store.tables import contents, notice_consents
from bot.values.channels import NOTICE, TEMPLATE
from bot.values.notice import NoticeTemplate
from tests.support.build import Build
from tests.support.terminal import Run

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
ARRIVED = NoticeTemplate(id="N1", title="到货提醒", fields={"thing1": "商品名称", "time2": "到货时间"})
VISIT = NoticeTemplate(
    id="T1", title="回访提醒", fields={"first": "", "thing1": "回访内容", "keyword2": "备注", "remark": ""}
)
GONE = NoticeTemplate(id="N0", title="旧模板", fields={"thing1": "内容"})
CONTENT = """
[[content]]
id = "arrived"
title = "到货"
category = "care"
purpose = "{purpose}"
text = "您订的茶到了"
[content.{kind}]
{notice}
"""
MESSAGE = (
    'template = "T1"\nurl = "https://shop.example/visit"\n'
    'data = { thing1 = "{customer.name|您}用着顺手吗", keyword2 = "回复 1 到 5 分" }'
)
WELL = 'template = "N1"\npage = "pages/orders"\ndata = { thing1 = "{customer.name|您}的茶", time2 = "15:01" }'


@pytest.fixture
def known(database: Database) -> int:
    with database.transaction() as session:
        notice_templates.keep(session, NOTICE, [GONE], NOW)
        notice_templates.keep(session, NOTICE, [ARRIVED], NOW)
        notice_templates.keep(session, TEMPLATE, [VISIT], NOW)
        build = Build(session)
        build.staff(name="小林")
        who = build.customer(openid="o-anna")
        for template, left in (("N1", 3), ("N0", 0)):
            row = {"customer_id": who, "template_id": template, "remaining": left, "updated_at": NOW}
            session.execute(insert(notice_consents).values(row))
    return who


def apply(
    run: Run, tmp_path: Path, notice: str = WELL, purpose: str = "service", kind: str = "notice"
) -> tuple[int, str, str]:
    file = tmp_path / "notices.toml"
    text = CONTENT.replace("{purpose}", purpose).replace("{notice}", notice).replace("{kind}", kind)
    file.write_text(text, encoding="utf-8")
    return run("apply", str(file), "--as", "小林")


def test_the_list_shows_fields_consents_and_what_is_gone(run: Run, known: int) -> None:
    code, out, _ = run("notice", "list")
    assert code == 0
    lines = out.splitlines()
    there, gone = (
        lines.index("N1  到货提醒"),
        lines.index("N0  旧模板  GONE: WeChat does not list it any more"),
    )
    assert lines[there + 1 : there + 3] == [
        "    fields: thing1 (商品名称), time2 (到货时间)",
        "    subscription notice: 3 allowed by 1 customers",
    ]
    assert lines[gone + 2] == "    subscription notice: 0 allowed by 0 customers"
    listed = json.loads(run("notice", "list", "--json")[1])
    assert {one["template"]["title"]: one["consents"] for one in listed} == {
        "到货提醒": 3,
        "旧模板": 0,
        "回访提醒": 0,
    }
    assert (
        lines[lines.index("T1  回访提醒") + 2]
        == "    template message: for service notices to whoever follows"
    )


def test_without_templates_it_says_how_to_get_some(run: Run) -> None:
    assert "weilan notice sync" in run("notice", "list")[1]


def test_the_consents_of_one_customer(run: Run, known: int) -> None:
    assert run("notice", "consents", "o-anna")[1].splitlines() == ["   0  N0  旧模板", "   3  N1  到货提醒"]
    assert json.loads(run("notice", "consents", "o-anna", "--json")[1]) == {"N0": 0, "N1": 3}
    code, _, err = run("notice", "consents", "o-nobody")
    assert (code, err) == (1, "weilan: o-nobody is nobody\n")


def test_an_account_that_has_none_is_told_so(run: Run, settings: Path) -> None:
    wechat = '[wechat]\napp_id = "wx1"\napp_secret = "s"\ntoken = "t"\naccount_kind = "subscription"\n'
    settings.write_text(wechat + settings.read_text(encoding="utf-8"), encoding="utf-8")
    code, _, err = run("notice", "sync")
    assert (code, err) == (1, "weilan: wechat: only a verified service account has notices by template\n")


def test_a_content_that_suits_its_template_is_kept(
    run: Run, database: Database, known: int, tmp_path: Path
) -> None:
    assert apply(run, tmp_path)[0] == 0
    with database.reading() as session:
        row = session.execute(select(contents)).one()
    assert (row.notice_template, row.notice_page) == ("N1", "pages/orders")
    assert row.notice_data == {"thing1": "{customer.name|您}的茶", "time2": "15:01"}
    assert "unchanged" in apply(run, tmp_path)[1]
    code, out, _ = apply(run, tmp_path, WELL.replace("15:01", "16:01"))
    assert (code, "notice_data" in out) == (0, True)


@pytest.mark.parametrize(
    ("notice", "purpose", "said"),
    [
        pytest.param(WELL.replace("N1", "N9"), "service", "no template N9; `weilan notice sync`", id="unknown"),
        pytest.param(WELL.replace("N1", "N0"), "service", "no template N0", id="gone"),
        pytest.param(WELL, "marketing", "promotion may not go as a subscription notice", id="promotion"),
        pytest.param('template = "N1"\ndata = { thing1 = "茶" }', "service", "also wants time2 (到货时间)", id="a field too few"),
        pytest.param(WELL.replace("time2 =", "phrase9 ="), "service", "data.phrase9: expected 1 to 5 Chinese", id="words that fit no field"),
        pytest.param('template = "N1"\ndata = { thing1 = "茶", time2 = "15:01", name3 = "林" }', "service", "data.name3: the template 到货提醒 has thing1, time2", id="a field too many"),
        pytest.param(WELL.replace("customer.name", "customer.shoe"), "service", "data.thing1: no name {customer.shoe}", id="an unknown name"),
        pytest.param('template = "N1"', "service", "expected { template", id="no data"),
        pytest.param(WELL + "\ncolour = 1", "service", "colour: unknown key", id="an unknown key"),
        pytest.param(WELL.replace('"15:01"', "1501"), "service", "expected texts in page and data", id="no text"),
    ],
)  # fmt: skip
def test_what_does_not_suit_is_refused_in_one_line(
    run: Run, known: int, tmp_path: Path, notice: str, purpose: str, said: str
) -> None:
    code, _, err = apply(run, tmp_path, notice, purpose)
    assert (code, len(err.splitlines())) == (1, 1)
    assert "content arrived: notice: " in err
    assert said in err


def test_a_content_that_goes_as_a_template_message_is_kept(
    run: Run, database: Database, known: int, tmp_path: Path
) -> None:
    """`first` and `remark` are shown to nobody, so they are not wanted."""
    assert apply(run, tmp_path, MESSAGE, kind="template")[0] == 0
    with database.reading() as session:
        row = session.execute(select(contents)).one()
    assert (row.template_id, row.template_url, row.template_app_id) == (
        "T1",
        "https://shop.example/visit",
        "",
    )
    assert row.template_data == {"thing1": "{customer.name|您}用着顺手吗", "keyword2": "回复 1 到 5 分"}
    assert row.notice_template is None
    assert "unchanged" in apply(run, tmp_path, MESSAGE, kind="template")[1]
    program = MESSAGE.replace("url =", 'app_id = "wx0123456789abcdef"\npage = "pages/visit"\nurl =')
    assert "template_app_id" in apply(run, tmp_path, program, kind="template")[1]


@pytest.mark.parametrize(
    ("message", "purpose", "said"),
    [
        pytest.param(MESSAGE, "marketing", "only a service notice may go as a template message", id="promotion"),
        pytest.param(MESSAGE, "care", "only a service notice may go as a template message", id="a greeting"),
        pytest.param(MESSAGE.replace("T1", "N1"), "service", "no template N1; `weilan notice sync`", id="a template of notices"),
        pytest.param(MESSAGE.replace("keyword2 =", "first ="), "service", "data.first: WeChat shows neither first nor remark", id="first"),
        pytest.param(MESSAGE.replace("回复 1 到 5 分", "多谢您🌸"), "service", "data.keyword2: expected no emoji", id="an emoji"),
        pytest.param(MESSAGE.replace("回复 1 到 5 分", "长" * 21), "service", "data.keyword2: expected 1 to 20 characters", id="too long"),
        pytest.param(MESSAGE.replace("https:", "ftp:"), "service", "url: expected http", id="an address of another kind"),
        pytest.param(MESSAGE + '\npage = "pages/x"', "service", "page: expected app_id beside it", id="a page of no mini-program"),
        pytest.param(MESSAGE + '\napp_id = "1234"', "service", "app_id: expected", id="no mini-program"),
        pytest.param(MESSAGE.replace(', keyword2 = "回复 1 到 5 分"', ""), "service", "also wants keyword2 (备注)", id="a field too few"),
    ],
)  # fmt: skip
def test_a_template_message_that_breaks_a_rule_is_refused_when_it_is_saved(
    run: Run, known: int, tmp_path: Path, message: str, purpose: str, said: str
) -> None:
    code, _, err = apply(run, tmp_path, message, purpose, "template")
    assert (code, len(err.splitlines())) == (1, 1)
    assert "content arrived: template: " in err
    assert said in err
