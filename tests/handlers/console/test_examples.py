"""Sentences customers say: tried, added, moved, taken away and brought back, each with who and when."""

import re
from html import unescape

from bot.rules.talk.intent_names import TITLES
from bot.services import Services
from bot.store.operators import audit
from bot.store.talk import intent_examples
from tests.conftest import NOON
from tests.handlers.console.conftest import Visitor, audited
from tests.support.learned import model

PAGE = "/console/examples"
SENTENCE = "侬格物事几钿"


def pairs(services: Services) -> list[tuple[str, str]]:
    with services.database.reading() as session:
        return list(intent_examples.pairs(session))


def add(visitor: Visitor, text: str = SENTENCE, intent: str = "price") -> int:
    return visitor.post(PAGE, {"text": text, "intent": intent}, opened=PAGE).status_code


def button(page: str, does: str) -> str:
    found = re.search(rf'action="({PAGE}/[^"]*/{does})"', page)
    assert found, does
    return found[1]


def test_a_sentence_is_added_taken_away_and_brought_back(operator: Visitor, services: Services) -> None:
    assert add(operator) == 303
    assert pairs(services) == [(SENTENCE, "price")]
    page = operator.see(PAGE)
    assert "价格和活动" in page
    assert "小林" in page
    assert operator.post(button(page, "remove"), opened=PAGE).status_code == 303
    assert pairs(services) == []

    page = operator.see(PAGE)
    assert "最近删除的" in page
    assert operator.post(button(page, "undo"), opened=PAGE).status_code == 303
    assert pairs(services) == [(SENTENCE, "price")]
    assert "最近删除的" not in operator.see(PAGE)
    assert [(what, who) for what, _id, who in audited(services)] == [
        ("example.restored", "小林"),
        ("example.removed", "小林"),
        ("example.added", "小林"),
    ]


def test_a_sentence_has_one_meaning_and_the_audit_tells_the_one_before(
    operator: Visitor, services: Services
) -> None:
    add(operator)
    add(operator, intent="order")
    assert pairs(services) == [(SENTENCE, "order")]
    with services.database.reading() as session:
        (moved,) = audit.entries(session, action="example.moved")
    assert moved.detail == {"before": {"intent": "price"}, "after": {"intent": "order"}}
    assert "这一句已经在这里了" in operator.client.post(
        PAGE, data={"csrf_token": token(operator), "text": SENTENCE, "intent": "order"}, follow_redirects=True
    ).text  # fmt: skip


def token(visitor: Visitor) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', visitor.see(PAGE))
    assert found
    return found[1]


def test_what_was_brought_back_already_is_brought_back_once(operator: Visitor, services: Services) -> None:
    add(operator)
    operator.post(button(operator.see(PAGE), "remove"), opened=PAGE)
    undo = button(operator.see(PAGE), "undo")
    operator.post(undo, opened=PAGE)
    assert operator.post(undo, opened=PAGE).status_code == 303
    assert len(pairs(services)) == 1
    assert operator.post(f"{PAGE}/4711/remove", opened=PAGE).status_code == 404


def test_sentences_are_found_by_their_words_and_their_meaning(operator: Visitor, services: Services) -> None:
    with services.database.transaction() as session:
        for number in range(60):
            intent_examples.add(session, "price", f"第{number}种卖几钿", NOON)
        intent_examples.add(session, "stock", "断供了伐", NOON)
    assert "断供了伐" not in operator.see(f"{PAGE}?intent=price")
    assert "第7种" not in operator.see(f"{PAGE}?text=断供")
    first = operator.see(PAGE)
    further = re.search(r'href="([^"]+)" rel="next"', first)
    assert further
    assert "第59种" not in first
    rest = operator.see(unescape(further[1]))
    assert "第59种" in rest
    assert "断供了伐" in rest
    assert "命令行" in rest
    assert operator.get(f"{PAGE}?after=nonsense").status_code == 200


def test_a_sentence_is_tried_on_what_is_learned_now(operator: Visitor, services: Services) -> None:
    said = {"said": "西施壶多少钱"}
    assert "现在还没有学好" in operator.post(f"{PAGE}/try", said, opened=PAGE).text
    services.understanding.put_model(model(), "1")
    page = operator.post(f"{PAGE}/try", said, opened=PAGE).text
    assert "<strong>价格和活动</strong>" in page
    assert page.count('<td data-label="把握">') == 3
    assert pairs(services) == []
    two = operator.post(f"{PAGE}/try", {"said": "西施壶多少钱？另外能开发票吗"}, opened=PAGE).text
    assert "「另外能开发票吗」开发票" in two


def test_what_is_no_sentence_or_no_meaning_is_refused(operator: Visitor, services: Services) -> None:
    assert add(operator, text=" ") == 422
    assert add(operator, text="长" * 201) == 422
    assert add(operator, intent="nonsense") == 422
    assert operator.post(f"{PAGE}/try", {"said": ""}, opened=PAGE).status_code == 422
    assert add(operator, text="两行\n一句") == 303
    assert pairs(services) == [("两行 一句", "price")]
    assert operator.client.post(PAGE, data={"text": "无令牌", "intent": "price"}).status_code == 400


def test_every_intent_has_the_name_in_the_console_it_has_in_the_chat(operator: Visitor) -> None:
    page = operator.see(PAGE)
    assert [name for name in TITLES.values() if f">{name}</option>" not in page] == []
