"""What a server answers, read: in a stream or as a whole, however it is cut, and nothing of what is broken."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from bot.config import LanguageModel
from bot.language import completions
from bot.language.model import HttpModel
from bot.values.language import Call, Completion, ModelFailed
from tests.support import stub_model
from tests.support.stub_model import Stream, StubModel

QUESTION = [{"role": "system", "content": "s"}, {"role": "user", "content": "泡茶的水温？"}]


@pytest.fixture
def stub() -> Iterator[StubModel]:
    with stub_model.serving() as served:
        yield served


@pytest.fixture
def model(stub: StubModel) -> Iterator[HttpModel]:
    made = HttpModel(LanguageModel(url=stub.url, model="m"))
    yield made
    made.close()


def asked(model: HttpModel, seconds: float = 60.0) -> tuple[Completion, list[str]]:
    heard: list[str] = []
    return model.complete(QUESTION, (), seconds, heard.append), heard


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 1000])
def test_a_stream_is_the_same_wherever_the_wire_cuts_it(stub: StubModel, model: HttpModel, size: int) -> None:
    stub.says = [Stream(["绿茶用 8", "0℃ 的水，¥1", "68。🍵"], bytes_at_once=size)]
    completion, heard = asked(model)
    assert completion == Completion(text="绿茶用 80℃ 的水，¥168。🍵", tokens=100)
    assert heard == ["绿茶用 8", "0℃ 的水，¥1", "68。🍵"]
    assert stub.asked[0]["stream"] is True


def test_what_is_said_is_heard_at_once(stub: StubModel, model: HttpModel) -> None:
    goes_on = threading.Event()
    stub.says = [Stream(["绿茶。", goes_on, "红茶。"])]
    heard: list[str] = []
    with pytest.raises(ModelFailed, match="Timeout"):
        model.complete(QUESTION, (), 2.0, heard.append)
    goes_on.set()
    assert heard == ["绿茶。"]


def test_tools_are_called_in_pieces_and_several_at_once(stub: StubModel, model: HttpModel) -> None:
    stub.says = [Stream([("product", {"name": "龙井"}), ("my_orders", {})], bytes_at_once=5)]
    completion, heard = asked(model)
    assert completion.calls == (Call("call-0", "product", {"name": "龙井"}), Call("call-1", "my_orders", {}))
    assert heard == []


def test_a_server_that_knows_no_streams_answers_whole(stub: StubModel, model: HttpModel) -> None:
    stub.says = ["绿茶。", ("my_orders", {})]
    assert asked(model) == (Completion(text="绿茶。", tokens=100), ["绿茶。"])
    assert asked(model)[0].calls == (Call("call-1", "my_orders", {}),)


@pytest.mark.parametrize("hangs_up", [False, True])
def test_a_connection_is_kept_and_one_that_was_closed_meanwhile_is_no_fault(
    stub: StubModel, model: HttpModel, hangs_up: bool
) -> None:
    stub.hangs_up = hangs_up
    for _ in range(3):
        assert asked(model)[0].text == "好的。"
        time.sleep(0.02)
    assert len(stub.asked) == 3


def test_a_stream_that_breaks_off_failed_after_it_was_heard(stub: StubModel, model: HttpModel) -> None:
    stub.says = [Stream(["绿茶用 80℃ 的水。第"], breaks_off=True)]
    heard: list[str] = []
    with pytest.raises(ModelFailed):
        model.complete(QUESTION, (), 60.0, heard.append)
    assert heard == ["绿茶用 80℃ 的水。第"]


def test_an_answer_that_was_cut_says_so(stub: StubModel, model: HttpModel) -> None:
    stub.says = [Stream(["绿茶用 80"], ended="length", tokens=None)]
    assert asked(model)[0] == Completion(text="绿茶用 80", is_cut=True)


def test_one_that_drips_has_no_more_time_than_others(stub: StubModel, model: HttpModel) -> None:
    stub.says = [Stream([one for _ in range(300) for one in ("茶", 0.1)])]
    heard: list[str] = []
    with pytest.raises(ModelFailed, match="Timeout"):
        model.complete(QUESTION, (), 2.0, heard.append)
    assert 1 <= len(heard) <= 21


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([b'data: {"choices": [{"delta": {"content": "x"}}]}\n'], "the stream broke off"),
        ([b"data: {broken\n"], "another shape"),
        ([b'data: {"error": {"message": "busy"}}\n'], "an error in the stream"),
        ([b'data: {"choices": [{"delta": {"content": 7}}]}\n'], "another shape"),
        ([b'data: {"choices": 7}\n'], "another shape"),
        ([b"data: [1]\n"], "another shape"),
        ([b'{"choices": []}'], "another shape"),
        ([b'{"choices": [{"message": {"content": ["x"]}}]}'], "another shape"),
        ([], "another shape"),
        ([b"\n", b"\n"], "another shape"),
    ],
)
def test_nonsense_failed(lines: list[bytes], why: str) -> None:
    with pytest.raises(ModelFailed, match=why):
        completions.read(iter(lines), lambda _: None)


@pytest.mark.parametrize(
    "parts",
    [
        [{"index": 0, "id": "a", "function": {"name": "x", "arguments": "{}"}}, {"index": 0, "id": "b", "function": {"name": "y", "arguments": "{}"}}],
        [{"id": "a", "function": {"name": "x", "arguments": "{}"}}, {"id": "b", "function": {"name": "y"}}],
    ],
    ids=["one index for all", "no index"],
)  # fmt: skip
def test_calls_are_told_apart_by_their_id_where_the_index_does_not(parts: list[dict[str, Any]]) -> None:
    stream = completions._Stream(lambda _: None)
    stream._chunk({"choices": [{"delta": {"tool_calls": parts}}]})
    assert [call.name for call in stream.completion().calls] == ["x", "y"]
