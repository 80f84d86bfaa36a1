"""A sentence encoder beside the character model: heard in time or done without, and never for long."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.config import Understanding as Settings
from bot.insight.encoder import AWAY, Encoder, both
from bot.insight.intent_learning import Lessons
from bot.language.embeddings import HttpEmbeddings
from bot.values.language import ModelFailed
from tests.support.learned import model
from tests.support.stub_encoder import StubEncoder, serving

TEXTS = ("我要退货", "退款怎么办", "可以开发票吗", "发票抬头错了")
LABELS = ("return", "return", "invoice", "invoice")
ODD = "龘靐齉爩"  # characters no example has


@pytest.fixture
def stub() -> Iterator[StubEncoder]:
    with serving() as stub:
        yield stub


@pytest.fixture
def embeddings(stub: StubEncoder) -> Iterator[HttpEmbeddings]:
    settings = Settings(encoder_url=stub.url, encoder_model="m", encoder_key=SecretStr("k"))
    found = HttpEmbeddings(settings)
    yield found
    found.close()


def test_what_characters_do_not_say_the_encoder_does(
    stub: StubEncoder, embeddings: HttpEmbeddings, tmp_path: Path
) -> None:
    stub.means[ODD] = "可以开发票吗"
    encoder = Encoder(embeddings, 60.0)
    joined = both(model(), encoder, TEXTS, LABELS, tmp_path / "kept.npy")
    assert joined.guesses(ODD)[0].intent == model().guesses(ODD)[0].intent
    encoder.ask(ODD)
    assert joined.guesses(ODD)[0].intent == "invoice"
    assert sum(joined.confidence(ODD).tolist()) == pytest.approx(1, abs=1e-3)
    assert set(stub.keys) == {"Bearer k"}


def test_a_sentence_is_asked_once_and_examples_are_kept(
    stub: StubEncoder, embeddings: HttpEmbeddings, tmp_path: Path
) -> None:
    encoder = Encoder(embeddings, 60.0)
    for _ in range(3):
        encoder.ask("有货吗")
    assert stub.asked == [["有货吗"]]
    for _ in range(2):
        both(model(), encoder, TEXTS, LABELS, tmp_path / "kept.npy")
    assert len(stub.asked) == 2


def test_one_that_is_slow_costs_its_time_once(stub: StubEncoder, embeddings: HttpEmbeddings) -> None:
    stub.silent_for = 0.5
    seconds = [0.0]
    encoder = Encoder(embeddings, 0.05, lambda: seconds[0])
    for number in range(20):
        encoder.ask(f"第{number}句")
    assert len(stub.asked) <= 1
    assert encoder.remembered("第0句") is None
    stub.silent_for, seconds[0] = 0.0, AWAY
    patient = Encoder(embeddings, 60.0)
    patient.ask("有货吗")
    assert patient.remembered("有货吗") is not None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"data": []}',
        b'{"data": [{"index": 0, "embedding": []}]}',
        b'{"data": [{"index": 0, "embedding": ["x"]}]}',
        b'{"data": [{"index": 0, "embedding": [NaN, 1.0]}]}',
    ],
)
def test_nonsense_is_done_without(stub: StubEncoder, embeddings: HttpEmbeddings, raw: bytes) -> None:
    stub.raw = raw
    encoder = Encoder(embeddings, 60.0)
    encoder.ask("有货吗")
    assert encoder.remembered("有货吗") is None
    with pytest.raises(ModelFailed):
        encoder.all_of(["有货吗"])


def test_what_it_knows_nothing_of_is_near_to_nothing(stub: StubEncoder, embeddings: HttpEmbeddings) -> None:
    stub.raw = b'{"data": [{"index": 0, "embedding": [0.0, 0.0]}]}'
    encoder = Encoder(embeddings, 60.0)
    encoder.ask("有货吗")
    assert encoder.remembered("有货吗") is None
    assert not encoder.all_of(["有货吗"]).any()


def test_an_error_of_the_server_and_nobody_there(stub: StubEncoder, embeddings: HttpEmbeddings) -> None:
    stub.status = 500
    with pytest.raises(ModelFailed, match="500"):
        embeddings.vectors(["有货吗"], 60.0)
    away = HttpEmbeddings(Settings(encoder_url="http://127.0.0.1:9/v1"))
    with pytest.raises(ModelFailed):
        away.vectors(["有货吗"], 0.2)
    away.close()


def test_vectors_of_another_length_than_the_examples_are_left_out(
    stub: StubEncoder, embeddings: HttpEmbeddings, tmp_path: Path
) -> None:
    encoder = Encoder(embeddings, 60.0)
    joined = both(model(), encoder, TEXTS, LABELS, tmp_path / "kept.npy")
    stub.raw = b'{"data": [{"index": 0, "embedding": [1.0, 2.0]}]}'
    encoder.ask("有货吗")
    assert joined.guesses("有货吗") == model().guesses("有货吗")


def test_lessons_are_named_by_what_they_say() -> None:
    assert Lessons(TEXTS, LABELS, {}).fingerprint != Lessons(TEXTS[::-1], LABELS, {}).fingerprint
