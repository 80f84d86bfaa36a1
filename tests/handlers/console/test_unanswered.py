"""Questions nothing could answer, in the console: put to an entry, or let be."""

import pytest
from sqlalchemy import select

from bot.services import Services
from bot.store.tables import audit
from bot.store.talk import knowledge, open_questions
from tests.conftest import NOON
from tests.handlers.console.conftest import Make, Visitor


@pytest.fixture
def question(make: Make, services: Services) -> int:
    make("knowledge", "rent", "有茶具租吗？", "暂时没有。")
    who = make("customer")
    with services.database.transaction() as session:
        open_questions.keep(session, int(who), "茶盘能不能借我用两天", "", NOON)
        knowledge_entries = knowledge.entries(session)
        services.knowledge.replace(knowledge_entries, "1")
        return open_questions.still_open(session)[0].id


def test_a_question_is_put_to_the_entry_that_answers_it(
    operator: Visitor, services: Services, question: int
) -> None:
    shown = operator.get("/console/unanswered").text
    assert "茶盘能不能借我用两天" in shown
    assert '<option value="rent">' in shown
    told = operator.post("/console/unanswered/answered", {"question": question, "entry": "rent"})
    assert told.status_code == 303
    assert "没有答不上的问题" in operator.get("/console/unanswered").text
    with services.database.reading() as session:
        assert knowledge.entries(session)[0].asks == ("茶盘能不能借我用两天",)
        assert "knowledge.changed" in session.execute(select(audit.c.action)).scalars().all()


def test_an_entry_that_is_not_there_settles_nothing(operator: Visitor, question: int) -> None:
    operator.post("/console/unanswered/answered", {"question": question, "entry": "nowhere"})
    shown = operator.get("/console/unanswered").text
    assert "没有这个编号的知识" in shown
    assert "茶盘能不能借我用两天" in shown


def test_a_question_is_let_be(operator: Visitor, services: Services, question: int) -> None:
    operator.post("/console/unanswered/let-be", {"question": question})
    assert "没有答不上的问题" in operator.get("/console/unanswered").text
    with services.database.reading() as session:
        assert knowledge.entries(session)[0].asks == ()


def test_wordings_are_written_one_a_line(operator: Visitor, services: Services, question: int) -> None:
    fields = {
        "question": "怎么租",
        "answer": "不租",
        "enabled": "y",
        "id": "how",
        "asks": "借茶盘\n\n借茶盘\n 租一天 ",
    }
    assert operator.post("/console/knowledge/new", fields).status_code == 303
    assert "借茶盘\n租一天</textarea>" in operator.get("/console/knowledge/how").text
    long = {**fields, "id": "long", "asks": "租" * 201}
    assert "每行最多" in operator.post("/console/knowledge/new", long).text
