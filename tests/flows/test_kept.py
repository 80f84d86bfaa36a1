"""What waits for the next contact, and a notice from its prompt: the product and the simulator, wired to each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from bot.clock import FixedClock
from bot.sandbox.platform import Platform
from bot.services import Services
from bot.store.database import Database
from handlers.app import create_app, stop
from scheduler.deliver import deliver_due
from scheduler.plan import plan
from tests.support import pushing
from tests.support.build import Build
from tests.support.simulated import follows, simulated

MORNING = datetime(2026, 11, 24, 3, tzinfo=UTC)
ANNA = "o-anna"


@dataclass
class Wired:
    """The platform's pushes go into the application, its API is what the application calls."""

    database: Database
    clock: FixedClock
    services: Services = field(init=False)
    platform: Platform = field(init=False)
    app: Flask = field(init=False)

    def open(self, spool: Path) -> None:
        server = {"spool": str(spool), "secret_key": "a secret of the tests"}
        self.services, self.platform = simulated(self.database, self.clock, self.take, server=server)
        self.app = create_app(self.services)
        follows(self.platform, ANNA)
        with self.database.transaction() as session:
            build = Build(session)
            build.segment()
            build.customer(openid=ANNA, name="安娜")

    def take(self, query: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        answer = self.app.test_client().post("/wechat", query_string=dict(query), data=body)
        return answer.status_code, answer.data

    def campaign(self, *, channels: list[str], **content: Any) -> None:
        with self.database.transaction() as session:
            Build(session).content("words", **{"purpose": "service", "text": "水温八十度"} | content)
            Build(session).campaign("first", ["words"], channels=channels)

    def works(self) -> None:
        plan(self.services, self.services.now())
        deliver_due(self.services)
        self.platform.run_waiting()

    def says(self, text: str) -> None:
        self.platform.says(ANNA, text)
        self.platform.run_waiting()

    @property
    def chat(self) -> list[tuple[str, str]]:
        lines = self.platform.lines(ANNA)
        return [(line.way, line.text) for line in lines if line.side == "account"]

    @property
    def delivery(self) -> Any:
        with self.database.reading() as session:
            return pushing.deliveries_of(session, 1)[-1]

    @property
    def anna(self) -> Any:
        with self.database.reading() as session:
            return pushing.customer(session, pushing.deliveries_of(session, 1)[0].customer_id)


@pytest.fixture
def wired(sqlite: Database, tmp_path: Path) -> Iterator[Wired]:
    made = Wired(sqlite, FixedClock(MORNING))
    made.open(tmp_path / "spool")
    yield made
    stop(made.app)


def test_what_was_kept_follows_the_answer_to_their_own_message_and_counts_as_a_push(wired: Wired) -> None:
    wired.campaign(channels=["reply_window", "next_contact"])
    wired.works()
    assert (wired.delivery.channel, wired.chat) == ("next_contact", [])
    wired.clock.forward(days=1)
    wired.says("你好")
    deliver_due(wired.services)
    assert [way for way, _ in wired.chat] == ["passive"]  # not before the answer can have been read
    wired.clock.forward(seconds=6)
    deliver_due(wired.services)
    assert [way for way, _ in wired.chat] == ["passive", "customer_service"]
    assert wired.chat[-1][1] == "水温八十度"
    assert (wired.delivery.state, wired.anna.last_push_id, wired.anna.window_left) == (
        "sent",
        wired.delivery.id,
        4,
    )
    wired.says("谢谢")  # an answer is no push, and nothing more is kept
    wired.clock.forward(seconds=6)
    deliver_due(wired.services)
    assert [way for way, _ in wired.chat] == ["passive", "customer_service", "passive"]
    assert wired.anna.last_push_at == MORNING + timedelta(days=1, seconds=6)


def test_what_is_of_no_use_any_more_is_not_brought(wired: Wired) -> None:
    wired.campaign(channels=["next_contact"], useful_until=MORNING + timedelta(hours=3))
    wired.works()
    wired.clock.forward(hours=4)
    wired.says("你好")
    wired.clock.forward(seconds=6)
    deliver_due(wired.services)
    assert ([way for way, _ in wired.chat], wired.delivery.reason) == (["passive"], "too_late")


def test_a_notice_is_allowed_in_the_chat_sent_and_reported(wired: Wired) -> None:
    wired.campaign(
        channels=["subscription_notice"],
        notice_template="N1",
        notice_data={"thing1": "{customer.name|您}的茶到了"},
    )
    wired.works()
    assert wired.chat == []
    wired.platform.answers_notice_prompt(ANNA, "N1", accepts=True)
    wired.platform.run_waiting()
    wired.works()
    assert (wired.delivery.state, wired.chat) == ("sent", [("notice", "到货提醒")])
    (shown,) = (line for line in wired.platform.lines(ANNA) if line.way == "notice")
    assert shown.details["values"] == [("商品名称", "安娜的茶到了")]
    wired.clock.forward(days=4)
    wired.works()
    assert len(wired.chat) == 1  # one yes, one notice


def test_a_yes_taken_back_in_the_settings_is_worth_nothing(wired: Wired) -> None:
    wired.campaign(channels=["subscription_notice"], notice_template="N1", notice_data={"thing1": "茶到了"})
    for _ in range(2):
        wired.platform.answers_notice_prompt(ANNA, "N1", accepts=True)
    wired.platform.refuses_notices(ANNA, "N1")
    wired.platform.run_waiting()
    wired.works()
    assert wired.chat == []
