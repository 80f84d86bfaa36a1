"""`weilan intents` and `weilan knowledge unanswered` as a person meets them."""

import json
from pathlib import Path

import pytest

from bot.store.campaigns import definitions
from bot.store.database import Database
from bot.store.talk import knowledge, open_questions
from bot.values.definitions import Definitions, Knowledge
from tests.conftest import NOON
from tests.support.build import Build
from tests.support.terminal import Run

RENT = Knowledge(
    id="rent", question="有茶具租吗？", keywords="", answer="暂时没有。", category="", enabled=True
)
TRAIN = "text,label\n你好,hi\n您好,hi\n早上好,hi\n再见,bye\n拜拜,bye\n回见,bye\n"


@pytest.fixture
def train(tmp_path: Path) -> Path:
    file = tmp_path / "train.csv"
    file.write_text(TRAIN, encoding="utf-8")
    return file


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # nothing is kept
def test_other_peoples_labels_are_learned_and_measured(run: Run, train: Path, tmp_path: Path) -> None:
    test = tmp_path / "test.csv"
    test.write_bytes("text,label\n你好呀,hi\n拜拜啦,bye\n".encode("gb18030"))
    code, out, _ = run("intents", "evaluate", str(train), str(test))
    assert code == 0
    assert "accuracy 1.0000" in out
    assert "macro-F1 1.0000" in out
    assert "ms a sentence" in out
    code, out, _ = run("intents", "evaluate", str(train), str(test), "--json")
    assert json.loads(out)["accuracy"] == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"text\n\xe4\xbd\xa0\n", "no column label"),
        (b"", "no column text"),
        (b"text,label\n", "at least one sentence"),
        ("text,label\n你好,\n".encode(), "row 2: expected a label"),
        ("text,label\n你好,hello\n".encode(), "row 2: no sentence of"),
        (b"\xff\xff\xff\xff", "expected text in UTF-8 or GB18030"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line(
    run: Run, train: Path, tmp_path: Path, content: bytes, expected: str
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_bytes(content)
    code, _, err = run("intents", "evaluate", str(train), str(bad))
    assert code == 1
    assert expected in err
    assert len(err.strip().splitlines()) == 1


def test_sentences_and_words_are_kept_by_command(run: Run) -> None:
    assert run("intents", "add", "price", "几个大洋呀")[0] == 0
    assert "几个大洋呀" in run("intents", "list", "price")[1]
    assert run("intents", "add", "prise", "几个大洋呀")[0] == 1
    assert run("intents", "remove", "几个大洋呀")[0] == 0
    assert run("intents", "remove", "几个大洋呀")[0] == 1
    assert run("intents", "watch", "过敏", "--escalate")[0] == 0
    assert "过敏" in run("intents", "words")[1]
    assert run("intents", "unwatch", "过敏")[0] == 0


def test_what_nobody_answered_is_listed_and_settled(run: Run, database: Database) -> None:
    with database.transaction() as session:
        who = Build(session).customer(openid="o-1")
        for text in ("茶具可以出租吗", "你们出租茶具吗"):
            open_questions.keep(session, who, text, "", NOON)
    code, out, _ = run("knowledge", "unanswered", "--json")
    (group,) = json.loads(out)
    assert (code, group["times"]) == (0, 2)
    assert run("knowledge", "settle", str(group["ids"][0]))[0] == 0
    assert "every question was answered" in run("knowledge", "unanswered")[1]
    assert run("knowledge", "settle", "1")[0] == 1


def test_a_settled_question_becomes_a_wording_of_the_entry_that_answers_it(
    run: Run, database: Database
) -> None:
    with database.transaction() as session:
        build = Build(session)
        who = build.customer(openid="o-1")
        definitions.apply(session, Definitions(knowledge=(RENT,)), staff_id=None, approve=False, now=NOON)
        for text in ("茶具可以出租吗", "你们出租茶具吗，我电话13812345678"):
            open_questions.keep(session, who, text, "", NOON)
    (group,) = json.loads(run("knowledge", "unanswered", "--json")[1])
    assert (
        "no knowledge entry has the id nowhere"
        in run("knowledge", "settle", str(group["ids"][0]), "--entry", "nowhere")[2]
    )
    code, out, _ = run("knowledge", "settle", str(group["ids"][0]), "--entry", "rent", "--json")
    assert (code, json.loads(out)["settled"]) == (0, 2)
    with database.reading() as session:
        (entry,) = knowledge.entries(session)
        assert open_questions.still_open(session) == []
    assert sorted(entry.asks) == ["你们出租茶具吗，我电话138****5678", "茶具可以出租吗"]
