"""`weilan value` tells how answers sound to a customer, and why."""

import json
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.store.database import Database
from bot.store.tables import customer_statistics
from tests.conftest import NOON
from tests.support.build import Build
from tests.support.terminal import Run


@pytest.fixture
def run(run: Run, sqlite: Database, tmp_path: Path) -> Run:
    (tmp_path / "config.toml").write_text(f'[database]\nurl = "{sqlite.engine.url}"\n', encoding="utf-8")
    with sqlite.transaction() as session:
        build = Build(session)
        anna = build.customer(openid="o-anna")
        build.fact(anna, "strictness", "perfectionist")
        build.fact(anna, "decision_driver", "price")
        row = {"customer_id": anna, "known_at": NOON, "updated_at": NOON, "follows": 1, "spoke_at": NOON}
        session.execute(insert(customer_statistics).values(row | {"service_class": "A"}))
    return run


def test_the_tone_and_why(run: Run) -> None:
    code, out, err = run("refresh")
    assert (code, err) == (0, "")
    code, out, err = run("value", "o-anna")
    assert (code, err) == (0, "")
    assert "tone: exact, courtesy none" in out
    assert "strictness=perfectionist" in out
    assert "decides their purchases: price" in out
    told = json.loads(run("value", "o-anna", "--json")[1])
    assert (told["tone"]["detail"], told["openid"]) == ("exact", "o-anna")
