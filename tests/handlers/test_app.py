"""What the application says where there is nothing: to people a page, to programs a problem."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.clock import FixedClock
from bot.store.database import Database
from tests.support.door import Door, opened, services_of


@pytest.fixture
def door(sqlite: Database, clock: FixedClock, tmp_path: Path) -> Iterator[Door]:
    with opened(services_of(sqlite, clock, tmp_path / "spool")) as door:
        yield door


@pytest.mark.parametrize("path", ["/l/a-token-of-old", "/nowhere", "/me/nowhere"])
def test_a_visitor_from_wechat_is_told_in_chinese_what_to_do(door: Door, path: str) -> None:
    answer = door.app.test_client().get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "没有这一页，或者它已经不在了。请回到公众号里，从最近的消息打开。" in answer.text
    assert 'name="viewport"' in answer.text
    assert path not in answer.text


def test_a_program_gets_a_problem(door: Door) -> None:
    answer = door.app.test_client().get("/nowhere", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
