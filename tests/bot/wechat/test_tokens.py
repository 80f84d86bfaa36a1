import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.wechat.errors import Unreached
from bot.wechat.tokens import Fetched, Tokens
from tests.support.wechat_answers import MemoryKeys


class Source:
    """Gives out t1 until it is forced, then t2 …; says how often it was asked."""

    def __init__(self, expires_in: int = 7200) -> None:
        self.asked: list[bool] = []
        self.number = 1
        self.expires_in = expires_in

    def __call__(self, force: bool) -> Fetched:
        self.asked.append(force)
        self.number += force
        return Fetched(f"t{self.number}", self.expires_in)


def nobody_waits(_seconds: float) -> None:
    raise AssertionError("nothing to wait for")


def at_once(count: int, ask: Callable[[], str]) -> list[str]:
    """All threads ask after all have started."""
    ready = threading.Barrier(count)

    def one(_: int) -> str:
        ready.wait(timeout=60)
        return ask()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(one, range(count)))


def test_twenty_threads_with_no_token_fetch_one() -> None:
    source = Source()
    tokens = Tokens(MemoryKeys(), "wx1", source, nobody_waits)
    assert at_once(20, tokens.token) == ["t1"] * 20
    assert source.asked == [False]


def test_twenty_threads_with_a_refused_token_fetch_one() -> None:
    source, keys = Source(), MemoryKeys()
    tokens = Tokens(keys, "wx1", source, nobody_waits)
    refused = tokens.token()
    source.number = 2
    assert at_once(20, lambda: tokens.after_refusal(refused)) == ["t2"] * 20
    assert source.asked == [False, False]


def test_a_second_process_uses_what_the_first_fetched() -> None:
    keys, source = MemoryKeys(), Source()
    first, second = (Tokens(keys, "wx1", source, nobody_waits) for _ in range(2))
    assert (first.token(), second.token()) == ("t1", "t1")
    assert source.asked == [False]


def test_a_process_waits_for_the_one_that_fetches() -> None:
    keys, source = MemoryKeys(), Source()
    keys.add("wechat:token:wx1:fetching", "the other process", lasts=timedelta(seconds=20))

    def the_other_is_done(_seconds: float) -> None:
        keys.set("wechat:token:wx1", "t9", lasts=timedelta(hours=1))

    assert Tokens(keys, "wx1", source, the_other_is_done).token() == "t9"
    assert source.asked == []
    assert keys.get("wechat:token:wx1:fetching") == "the other process"


def test_a_process_that_died_while_fetching_holds_nobody_up_for_ever() -> None:
    keys, source, waited = MemoryKeys(), Source(), list[float]()
    keys.add("wechat:token:wx1:fetching", "the dead process", lasts=timedelta(seconds=20))
    assert Tokens(keys, "wx1", source, waited.append).token() == "t1"
    assert 5 <= sum(waited) <= 15


@pytest.mark.parametrize(("expires_in", "lives"), [(7200, 7140), (300, 240), (60, 30), (1, 1)])
def test_a_token_is_not_handed_out_until_its_last_second(expires_in: int, lives: int) -> None:
    keys = MemoryKeys()
    Tokens(keys, "wx1", Source(expires_in), nobody_waits).token()
    assert keys.spans["wechat:token:wx1"] == timedelta(seconds=lives)


def test_a_refused_token_is_replaced_without_force_where_that_helps() -> None:
    keys, source = MemoryKeys(), Source()
    keys.set("wechat:token:wx1", "t0", lasts=timedelta(hours=1))
    assert Tokens(keys, "wx1", source, nobody_waits).after_refusal("t0") == "t1"
    assert source.asked == [False]


def test_force_comes_last_and_once_in_half_a_minute() -> None:
    keys, source = MemoryKeys(), Source()
    tokens = Tokens(keys, "wx1", source, nobody_waits)
    assert tokens.after_refusal(tokens.token()) == "t2"
    assert source.asked == [False, False, True]
    assert tokens.after_refusal("t2") == "t2"
    assert source.asked == [False, False, True, False]
    assert keys.spans["wechat:token:wx1:forced"] == timedelta(seconds=30)


def test_force_is_not_used_more_than_twenty_times_a_day() -> None:
    keys, source = MemoryKeys(), Source()
    tokens = Tokens(keys, "wx1", source, nobody_waits)
    for _ in range(40):
        keys.delete("wechat:token:wx1:forced")
        tokens.after_refusal(tokens.token())
    assert sum(source.asked) == 20


def test_a_token_that_stays_refused_is_kept_for_nobody() -> None:
    keys, source = MemoryKeys(), Source()
    keys.add("wechat:token:wx1:forced", "1", lasts=timedelta(seconds=30))
    tokens = Tokens(keys, "wx1", source, nobody_waits)
    assert tokens.after_refusal(tokens.token()) == "t1"
    assert keys.get("wechat:token:wx1") is None


def test_threads_that_waited_for_a_failure_do_not_repeat_it() -> None:
    asked: list[bool] = []
    queue_is_full = threading.Event()

    def down(force: bool) -> Fetched:
        asked.append(force)
        queue_is_full.wait(timeout=60)
        raise Unreached(None, "unreached ConnectTimeout")

    tokens = Tokens(MemoryKeys(), "wx1", down, nobody_waits)
    started = threading.Semaphore(0)

    def ask(_: int) -> str:
        started.release()
        try:
            return tokens.token()
        except Unreached as unreached:
            return unreached.message

    with ThreadPoolExecutor(10) as threads:
        answers: Iterator[str] = threads.map(ask, range(10))
        for _ in range(10):
            started.acquire(timeout=60)
        queue_is_full.set()
        assert set(answers) == {"unreached ConnectTimeout"}
    assert len(asked) < 10


def test_after_a_failure_the_next_one_asks_again() -> None:
    answers: Iterator[Fetched | Unreached] = iter(
        [Unreached(None, "unreached ConnectTimeout"), Fetched("t1", 7200)]
    )

    def fetch(_force: bool) -> Fetched:
        answer = next(answers)
        if isinstance(answer, Unreached):
            raise answer
        return answer

    tokens = Tokens(MemoryKeys(), "wx1", fetch, nobody_waits)
    with pytest.raises(Unreached):
        tokens.token()
    assert tokens.token() == "t1"


def test_no_token_shows_in_what_is_printed() -> None:
    assert "t-secret" not in repr(Fetched("t-secret", 7200))
