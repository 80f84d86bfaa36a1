"""What a language model says while it still speaks: given in parts that are whole and checked, and counted."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import structlog
from sqlalchemy import select

from bot.clock import FixedClock
from bot.config import LanguageModel
from bot.language.model import HttpModel
from bot.modelling import Answering
from bot.rules.talk.speech import BROKEN_OFF, LABEL, LABEL_AHEAD, WITHHELD
from bot.services import Services
from bot.store.database import Database
from bot.store.people import customers
from bot.store.tables import model_calls
from bot.values.knowledge import Entry
from tests.support import stub_model
from tests.support.build import Build
from tests.support.door import services_of
from tests.support.stub_model import Stream, StubModel

QUESTION = "贵店的猫咪叫什么名字呢，能说说吗"
FIRST = "店里的猫咪是一只橘猫，大家都很喜欢它。"
SECOND = "它平时睡在窗边的藤椅上面，很安静。"
THIRD = "您来的时候可以摸摸它，它不怕生人。"


class Shop:
    def __init__(self, services: Services, stub: StubModel) -> None:
        self.services, self.stub = services, stub
        self.go_on = Event()
        services.knowledge.replace([Entry(id="water", question="泡茶水温", answer="绿茶用 80℃ 的水。")], "1")
        with services.database.transaction() as session:
            build = Build(session)
            for number, openid in enumerate(("o-anna", "o-bert")):
                whose = build.customer(openid=openid)
                build.order(whose, external_id=f"TF{number}", amount=168, ordered_at=services.now())

    def question(self, words: str = QUESTION, openid: str = "o-anna", **settings: Any) -> Answering:
        wanted = self.services.config.language_model.model_copy(update=settings)
        services = replace(
            self.services, config=self.services.config.model_copy(update={"language_model": wanted})
        )
        with services.database.reading() as session:
            profile = customers.profile_of(session, openid)
        assert services.model
        assert profile
        return Answering(services, services.model, profile, words)

    @property
    def noted(self) -> list[Any]:
        with self.services.database.reading() as session:
            return list(session.execute(select(model_calls).order_by(model_calls.c.id)))


@pytest.fixture
def stub() -> Iterator[StubModel]:
    with stub_model.serving() as served:
        yield served


@pytest.fixture
def shop(sqlite: Database, clock: FixedClock, tmp_path: Path, stub: StubModel) -> Iterator[Shop]:
    plain = services_of(sqlite, clock, tmp_path / "spool")
    settings = LanguageModel(url=stub.url, model="m", timeout_ms=20_000)
    model = HttpModel(settings)
    config = plain.config.model_copy(update={"language_model": settings})
    made = Shop(replace(plain, config=config, model=model), stub)
    yield made
    made.go_on.set()
    model.close()


@contextmanager
def speaking(*questions: Answering) -> Iterator[list[Callable[[], str | None]]]:
    """The rest of each, when it is over."""
    with ThreadPoolExecutor(len(questions)) as pool:
        yield [pool.submit(one.run).result for one in questions]


def comes(found: Callable[[], str | None]) -> str:
    pause = Event()
    for _ in range(500):
        if said := found():
            return said
        pause.wait(0.02)
    raise AssertionError("it did not come")


@pytest.mark.parametrize("size", [0, 1, 4])
def test_what_is_whole_is_given_before_the_rest_is_said(shop: Shop, size: int) -> None:
    shop.stub.says = [Stream([FIRST, SECOND[:5], shop.go_on, SECOND[5:], THIRD], bytes_at_once=size)]
    question = shop.question()
    with speaking(question) as [rest]:
        assert comes(question.part) == LABEL_AHEAD + FIRST
        assert question.part() is None
        shop.go_on.set()
        assert rest() == SECOND + THIRD
    assert question.part() is None
    assert [(row.ended, row.tokens, row.why) for row in shop.noted] == [("said", 100, "")]


def test_whole_before_anybody_asks_for_a_part_it_is_given_whole(shop: Shop) -> None:
    shop.stub.says = [Stream([FIRST, SECOND], bytes_at_once=7)]
    question = shop.question()
    assert question.run() == FIRST + SECOND + LABEL
    assert question.part() is None


def test_all_was_given_and_nothing_is_left(shop: Shop) -> None:
    shop.stub.says = [Stream([FIRST, shop.go_on])]
    question = shop.question()
    with speaking(question) as [rest]:
        assert comes(question.part)
        shop.go_on.set()
        assert rest() == ""


@pytest.mark.parametrize("invented", ["龙井现在只要 ¥9|9 元一罐。", "现在打八|折。", "龙井还有现|货。"])
def test_what_is_invented_further_on_is_withheld(shop: Shop, invented: str) -> None:
    shop.stub.says = [Stream([f"{FIRST}\n", shop.go_on, *invented.split("|"), THIRD])]
    question = shop.question()
    with speaking(question) as [rest]:
        assert comes(question.part) == LABEL_AHEAD + FIRST
        shop.go_on.set()
        assert rest() == WITHHELD
    assert [row.ended for row in shop.noted] == ["refused"]


def test_what_is_invented_before_anything_was_given_lets_nothing_out(shop: Shop) -> None:
    shop.stub.says = [Stream([FIRST, "\n龙井现在只要 ¥99 元一罐。", shop.go_on, THIRD])]
    question = shop.question()
    with speaking(question) as [rest]:
        while not shop.stub.asked:
            assert question.part() is None
        shop.go_on.set()
        assert rest() is None
    assert [row.ended for row in shop.noted] == ["refused"]


def test_a_forbidden_word_is_withheld_as_well(shop: Shop) -> None:
    watched = shop.services.understanding
    watched.watched = replace(watched.watched, forbidden=("藤椅",))
    shop.stub.says = [Stream([FIRST, shop.go_on, SECOND]), FIRST + SECOND]
    question = shop.question()
    with speaking(question) as [rest]:
        assert comes(question.part)
        shop.go_on.set()
        assert rest() == WITHHELD
    assert shop.question().run() is None


@pytest.mark.parametrize("is_begun", [True, False])
def test_a_stream_that_breaks_off_ends_politely_with_what_was_whole(shop: Shop, is_begun: bool) -> None:
    shop.stub.says = [Stream([FIRST, shop.go_on, SECOND, THIRD[:9]], breaks_off=True)]
    question = shop.question()
    with structlog.testing.capture_logs() as lines, speaking(question) as [rest]:
        if is_begun:
            assert comes(question.part) == LABEL_AHEAD + FIRST
        shop.go_on.set()
        told = f"{SECOND}\n{BROKEN_OFF}" if is_begun else f"{FIRST}{SECOND}\n{BROKEN_OFF}{LABEL}"
        assert rest() == told
    [call] = shop.noted
    assert call.ended == "said"
    assert call.why
    assert call.tokens > len(FIRST + SECOND)  # counted by us, as the server did not come to it
    assert lines
    assert not any(words in str(lines) for words in (QUESTION[:6], FIRST[:6], SECOND[:6]))


def test_half_a_sentence_that_breaks_off_says_nothing(shop: Shop) -> None:
    shop.stub.says = [Stream([FIRST[:9]], breaks_off=True)]
    assert shop.question().run() is None
    assert [row.ended for row in shop.noted] == ["failed"]


def test_one_that_never_ends_is_ended_by_the_time(shop: Shop) -> None:
    shop.stub.says = [Stream([FIRST, SECOND[:9], shop.go_on, THIRD])]
    assert shop.question(timeout_ms=700).run() == f"{FIRST}\n{BROKEN_OFF}{LABEL}"


def test_an_answer_that_was_cut_ends_with_its_last_whole_sentence(shop: Shop) -> None:
    shop.stub.says = [Stream([FIRST, SECOND[:9]], ended="length")]
    assert shop.question().run() == f"{FIRST}\n{BROKEN_OFF}{LABEL}"


def test_a_tool_is_used_by_stream_and_only_for_who_asks(shop: Shop) -> None:
    shop.stub.says = [
        Stream(["我来查一下您的订单，稍等。", ("my_orders", {"openid": "o-bert"})], bytes_at_once=3),
        Stream(["您的订单 TF0 一共 ¥1", "68 元。", "它还在路上。"], bytes_at_once=5),
    ]
    assert shop.question().run() == f"您的订单 TF0 一共 ¥168 元。它还在路上。{LABEL}"
    assert "TF1" not in shop.stub.told()
    assert [row.tokens for row in shop.noted] == [200]


def test_two_customers_at_once_hear_their_own(shop: Shop) -> None:
    shop.stub.says_to = {
        "吃什么": Stream(["它最喜欢吃的是小鱼干和鸡肉条。", shop.go_on, "每天吃两回。"], bytes_at_once=4),
        "起床": Stream(["它一般要睡到太阳晒到尾巴才起。", shop.go_on, "下雨就一直睡。"], bytes_at_once=5),
    }
    anna = shop.question("猫咪喜欢吃什么呢")
    bert = shop.question("猫咪几点起床呀", "o-bert")
    with speaking(anna, bert) as [rest_of_anna, rest_of_bert]:
        assert comes(bert.part) == f"{LABEL_AHEAD}它一般要睡到太阳晒到尾巴才起。"
        assert comes(anna.part) == f"{LABEL_AHEAD}它最喜欢吃的是小鱼干和鸡肉条。"
        shop.go_on.set()
        assert (rest_of_anna(), rest_of_bert()) == ("每天吃两回。", "下雨就一直睡。")


def test_the_days_cap_counts_what_servers_do_not(shop: Shop) -> None:
    shop.stub.says = [Stream([FIRST], tokens=None), FIRST]
    assert shop.question(tokens_a_day=50).run() == FIRST + LABEL
    assert shop.question(tokens_a_day=50).run() is None
    assert len(shop.stub.asked) == 1
