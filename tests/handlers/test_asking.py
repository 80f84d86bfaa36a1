"""The question behind an answer, through the real door: once, whatever is repeated; not at all where it is switched off."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Table, func, select

from bot.clock import FixedClock
from bot.services import Services
from bot.store.database import Database
from bot.store.tables import facts, questions
from tests.support.build import Build
from tests.support.door import opened, services_of, text_message

ASKS = "顺便问您一句"


@pytest.fixture
def services(database: Database, clock: FixedClock, tmp_path: Path) -> Services:
    with database.transaction() as session:
        Build(session).customer(openid="o-anna", points=80)
    return services_of(database, clock, tmp_path)


def count(services: Services, table: Table = questions) -> int:
    with services.database.reading() as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_repeated_message_gets_the_same_question_and_one_is_on_record(services: Services) -> None:
    with opened(services) as door:
        heard = door.at_once(text_message("我的积分", msg_id=4711), 3)
    assert len(set(heard)) == 1
    assert ASKS in heard[0]
    assert count(services) == 1


def test_two_messages_at_once_bring_one_question(services: Services) -> None:
    with opened(services) as door:
        heard = [door.say("我的积分"), door.say("我的积分"), door.say("谢谢")]
    assert sum(ASKS in text for text in heard) == 1


def test_the_answer_is_understood_by_another_process_after_a_restart(services: Services) -> None:
    with opened(services) as door:
        door.say("我的积分")
    with opened(services) as door:
        xml = text_message("我是看重质量的", msg_id=4712)
        assert "好用耐用" in door.push(xml)
        assert "好用耐用" in door.push(xml)
    assert count(services, facts) == 1


def test_nobody_is_asked_where_it_is_switched_off(services: Services) -> None:
    quiet = services.config.facts.model_copy(update={"ask": False})
    config = services.config.model_copy(update={"facts": quiet})
    with opened(replace(services, config=config)) as door:
        assert ASKS not in door.say("我的积分")
    assert count(services) == 0
