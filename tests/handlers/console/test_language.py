import gettext
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from handlers.console.language import TRANSLATIONS
from tests.handlers.console.conftest import Visitor

ENGLISH = TRANSLATIONS / "en" / "LC_MESSAGES"
SOURCES = TRANSLATIONS.parent
NAMES = SOURCES.parent / "bot" / "rules" / "talk"  # of intents
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def words_in(sources: Path) -> set[str]:
    """Every word of the interface that goes through translation."""
    found = extract_from_dir(sources, METHODS, keywords=KEYWORDS)
    return {str(message) for _file, _line, message, _comments, _context in found if message}


def catalogue() -> Catalog:
    with (ENGLISH / "messages.po").open("rb") as file:
        return read_po(file, locale="en")


def test_every_word_of_the_interface_has_an_english_one() -> None:
    english = {str(message.id): message.string for message in catalogue() if message.id}
    assert (
        sorted((words_in(SOURCES) | words_in(NAMES)) - {word for word, said in english.items() if said}) == []
    )


def test_no_english_word_is_kept_for_something_that_is_not_said_any_more() -> None:
    assert (
        sorted(
            {str(message.id) for message in catalogue() if message.id} - words_in(SOURCES) - words_in(NAMES)
        )
        == []
    )


def test_a_word_that_was_planted_is_found(tmp_path: Path) -> None:
    (tmp_path / "page.py").write_text('_("种下的字")\n_l("也是")\n', encoding="utf-8")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text('<p>{{ _("页面上的字") }}</p>', encoding="utf-8")
    assert words_in(tmp_path) == {"种下的字", "也是", "页面上的字"}


def test_the_compiled_catalogue_is_the_written_one() -> None:
    """Else run `make translations`."""
    with (ENGLISH / "messages.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert {str(message.id): compiled.gettext(str(message.id)) for message in catalogue() if message.id} == {
        str(message.id): message.string for message in catalogue() if message.id
    }


def test_a_translation_fills_in_what_the_chinese_one_does() -> None:
    places = re.compile(r"%\(\w+\)[sd]")
    wrong = [
        m.id
        for m in catalogue()
        if m.id and set(places.findall(str(m.id))) != set(places.findall(str(m.string)))
    ]
    assert wrong == []


def test_no_chinese_stands_in_a_template_outside_of_translation() -> None:
    left = {}
    for path in (SOURCES / "console" / "templates").rglob("*.html"):
        rest = re.sub(r"_\([\"'][^\"']*[\"']", "", path.read_text(encoding="utf-8"))
        if found := CHINESE.findall(rest):
            left[path.name] = "".join(found)
    assert left == {}


@pytest.mark.parametrize("accepts", ["en-GB,en;q=0.9", "zh-CN,zh;q=0.9,en;q=0.8", "fr-FR", "", "*"])
def test_the_console_is_chinese_whatever_the_browser_says(stranger: Visitor, accepts: str) -> None:
    page = stranger.get("/console/sign-in", headers={"Accept-Language": accepts}).text
    assert '<button class="main">登录</button>' in page


def test_the_switch_is_kept(operator: Visitor) -> None:
    answer = operator.get("/console/language/en?next=/console/campaigns?x=1")
    assert (answer.status_code, answer.location) == (303, "/console/campaigns?x=1")
    page = operator.get("/console/campaigns", headers={"Accept-Language": "zh"}).text
    assert "No campaigns yet" in page
    assert '<html lang="en">' in page
    operator.get("/console/language/zh")
    assert "还没有活动" in operator.see("/console/campaigns")


@pytest.mark.parametrize("to", ["xx", "../en", "en<script>"])
def test_a_language_nobody_speaks_changes_nothing(stranger: Visitor, to: str) -> None:
    answer = stranger.get(f"/console/language/{to}")
    assert "weilan_language" not in answer.headers.get("Set-Cookie", "")


def test_the_switch_leads_nowhere_else(stranger: Visitor) -> None:
    assert stranger.get("/console/language/en?next=https://evil.example/").location == "/console/"


def test_english_pages_hold_no_chinese_of_ours(admin: Visitor) -> None:
    admin.get("/console/language/en")
    for path in ("", "conversations", "customers", "hand-overs", "campaigns", "campaigns/new", "contents", "contents/new",
                 "deliveries", "knowledge", "knowledge/new", "health", "staff", "audit", "account"):  # fmt: skip
        page = (
            admin.see(f"/console/{path}")
            .replace("老周", "")
            .replace("中文", "")
            .replace("{customer.name|您}", "")
        )
        assert CHINESE.findall(page) == [], path
