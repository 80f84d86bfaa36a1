from datetime import date
from typing import Any

import pytest

from bot.store.database import Session
from bot.store.planning import reserves
from tests.support.build import Build


@pytest.mark.parametrize(
    ("occasion", "today", "kept"),
    [
        pytest.param(None, date(2027, 9, 1), 1, id="a time-bound campaign of its own days"),
        pytest.param({"festival": "mid-autumn"}, date(2027, 9, 1), 1, id="a festival that comes this month"),
        pytest.param({"festival": "mid-autumn"}, date(2027, 9, 15), 1, id="today"),
        pytest.param({"festival": "mid-autumn"}, date(2027, 9, 16), 0, id="one that is over"),
        pytest.param({"festival": "mid-autumn"}, date(2027, 8, 31), 0, id="one of another month"),
        pytest.param({"birthday": True}, date(2027, 9, 1), 0, id="birthdays never end"),
        pytest.param({"after": "order", "days": 7}, date(2027, 9, 1), 0, id="neither do return visits"),
    ],
)
def test_mass_sends_are_kept_while_a_festival_is_still_to_come(
    session: Session, build: Build, occasion: dict[str, Any] | None, today: date, kept: int
) -> None:
    build.segment()
    build.campaign("greeting", regular=False, occasion=occasion)
    assert reserves.standing(session, today, 1) == kept
