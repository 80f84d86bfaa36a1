"""Knowledge found by meaning where words share nothing: as sure as accidents allow, and never in place of the words."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bot.config import Understanding as Settings
from bot.insight.encoder import Encoder
from bot.insight.knowledge import LEAST_SCORE, WordIndex
from bot.insight.meaning import FEWEST, MeantIndex, meaning_of
from bot.language.embeddings import HttpEmbeddings
from bot.values.knowledge import Entry
from bot.values.language import ModelFailed
from tests.support.asked import ASKED, ENTRIES
from tests.support.stub_encoder import StubEncoder, serving

ODD = "龘靐齉爩"  # no entry has one of its characters


@pytest.fixture
def stub() -> Iterator[StubEncoder]:
    with serving() as stub:
        yield stub


@pytest.fixture
def encoder(stub: StubEncoder) -> Iterator[Encoder]:
    made = Encoder(HttpEmbeddings(Settings(encoder_url=stub.url, encoder_model="m")), 5.0)
    yield made
    made.close()


@pytest.fixture
def index(encoder: Encoder, tmp_path: Path) -> MeantIndex:
    made = MeantIndex(WordIndex(), encoder)
    made.replace(ENTRIES, "1")
    made.mean(meaning_of(made.entries, "1", encoder, tmp_path / "kept.npz"))
    return made


def test_what_means_the_same_is_found_though_no_character_is_the_same(
    index: MeantIndex, stub: StubEncoder, encoder: Encoder
) -> None:
    stub.means[ODD] = "运费由谁承担"
    assert index.search(ODD) == []
    encoder.ask(ODD)
    [best, *_] = index.search(ODD)
    assert best.entry.question == "运费由谁承担"
    assert best.score >= LEAST_SCORE


def test_another_wording_of_an_entry_is_as_near_as_its_question(
    stub: StubEncoder, encoder: Encoder, tmp_path: Path
) -> None:
    stub.means[ODD] = "邮资归哪方出"
    worded = [Entry(id="post", question="运费", answer="包邮", asks=("邮资归哪方出",)), *ENTRIES]
    index = MeantIndex(WordIndex(), encoder)
    index.replace(worded, "1")
    index.mean(meaning_of(worded, "1", encoder, tmp_path / "kept.npz"))
    encoder.ask(ODD)
    assert index.search(ODD, most=1)[0].entry.id == "post"


def test_what_is_near_to_nothing_is_not_answered(index: MeantIndex, encoder: Encoder) -> None:
    strangers = [
        f"第{number}个{word}" for number in range(10) for word in ("彩虹", "足球", "月亮", "电影", "火车")
    ]
    for text in strangers:
        encoder.ask(text)
    assert sum(bool(index.search(text)) for text in strangers) <= 1


def test_entries_themselves_are_not_taken_for_each_other(index: MeantIndex, encoder: Encoder) -> None:
    for text in ASKED:
        encoder.ask(text)
        assert index.search(text)[0].entry.question == text


def test_words_alone_answer_as_they_did_while_nothing_was_heard(
    index: MeantIndex, encoder: Encoder, tmp_path: Path
) -> None:
    alone = WordIndex()
    alone.replace(ENTRIES, "1")
    questions = [*ASKED, "泡茶", "龙井绿茶怎么泡才好喝", ODD, ""]
    for question in questions:
        assert index.search(question) == alone.search(question)
        assert index.near(question) == alone.near(question)
        assert index.ranked(question) == alone.ranked(question)
    assert index.search("泡的时候", about="绿茶") == alone.search("泡的时候", about="绿茶")


def test_while_newer_entries_are_not_encoded_the_words_answer(
    index: MeantIndex, stub: StubEncoder, encoder: Encoder
) -> None:
    stub.means[ODD] = "运费由谁承担"
    encoder.ask(ODD)
    index.replace([*ENTRIES, Entry(id="new", question="门票在哪里预订", answer="新的")], "2")
    assert index.search(ODD) == []
    assert index.search("门票在哪里预订")[0].entry.id == "new"


def test_only_new_wordings_are_asked_about(stub: StubEncoder, encoder: Encoder, tmp_path: Path) -> None:
    kept = tmp_path / "kept.npz"
    first = meaning_of(ENTRIES, "1", encoder, kept)
    asked = len(stub.asked)
    again = meaning_of(ENTRIES[::-1], "2", encoder, kept)
    assert len(stub.asked) == asked
    assert first
    assert again
    assert np.allclose(first.rows[::-1], again.rows, atol=1e-3)
    meaning_of([*ENTRIES, Entry(id="new", question="新的", answer="新的")], "3", encoder, kept)
    assert stub.asked[asked:] == [["新的"]]


def test_a_file_of_another_shape_is_asked_anew(encoder: Encoder, stub: StubEncoder, tmp_path: Path) -> None:
    kept = tmp_path / "kept.npz"
    for broken in (b"", b"PK", b"\x93NUMPY"):
        kept.write_bytes(broken)
        stub.asked.clear()
        assert meaning_of(ENTRIES, "1", encoder, kept)
        assert sum(map(len, stub.asked)) == len(ENTRIES)


def test_few_entries_are_left_to_the_words(encoder: Encoder, stub: StubEncoder, tmp_path: Path) -> None:
    assert meaning_of(ENTRIES[: FEWEST - 1], "1", encoder, tmp_path / "kept.npz") is None
    assert stub.asked == []


def test_an_encoder_that_is_away_says_so(stub: StubEncoder, encoder: Encoder, tmp_path: Path) -> None:
    stub.status = 500
    with pytest.raises(ModelFailed):
        meaning_of(ENTRIES, "1", encoder, tmp_path / "kept.npz")
