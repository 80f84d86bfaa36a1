from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.config import Push
from bot.rules.pushes.best_hour import Span, begins, best_half, share, span_of, spans
from bot.rules.pushes.windows import window_at

SHANGHAI = ZoneInfo("Asia/Shanghai")
EVENING = Span(works=True, opens=19 * 60 + 30, closes=21 * 60 + 30)  # half hours 39 to 42
EVEN_CROWD = dict.fromkeys(range(48), 100)


@pytest.mark.parametrize(
    ("own", "crowd", "best"),
    [
        pytest.param({41: 5}, EVEN_CROWD, 41, id="five messages at half past eight"),
        pytest.param({41: 4}, EVEN_CROWD, None, id="four are too few"),
        pytest.param({41: 4, 12: 50}, EVEN_CROWD, None, id="what they do in the morning does not count"),
        pytest.param({40: 3, 42: 3}, EVEN_CROWD, 40, id="the earlier of equals"),
        pytest.param({39: 3, 42: 2}, {39: 10, 42: 90}, 42, id="so little is outweighed by the crowd"),
        pytest.param({39: 9, 42: 2}, {39: 10, 42: 90}, 39, id="but their own habit wins when it is clear"),
        pytest.param({39: 1, 40: 2, 41: 2}, {42: 90, 39: 10}, 42, id="nothing clear: with the crowd"),
        pytest.param({39: 5}, {}, 39, id="no crowd at all"),
    ],
)
def test_the_best_half_hour(own: dict[int, int], crowd: dict[int, int], best: int | None) -> None:
    assert best_half(own, crowd, EVENING) == best


def test_the_shares_of_a_window_are_one_together() -> None:
    own, crowd = {39: 2, 41: 4}, {39: 70, 40: 20, 42: 10}
    shares = [share(own.get(half, 0), 6, crowd.get(half, 0), 100) for half in EVENING.halves]
    assert sum(shares) == pytest.approx(1)
    assert shares[0] == max(shares) == pytest.approx((2 + 5 * 0.7) / 11)
    assert shares[2] == pytest.approx(4 / 11)


def test_only_half_hours_that_lie_within_the_window_as_a_whole() -> None:
    assert list(Span(works=True, opens=11 * 60, closes=12 * 60).halves) == [22, 23]
    assert list(Span(works=True, opens=11 * 60 + 10, closes=12 * 60 + 20).halves) == [23]
    assert list(Span(works=True, opens=690, closes=710).halves) == []


def test_the_spans_are_the_windows_of_all_purposes_and_both_kinds_of_day() -> None:
    found = spans(date(2026, 11, 24), Push())
    assert {(span.works, span.opens // 60) for span in found} == {
        (True, 11), (True, 16), (True, 19), (True, 9), (False, 10)
    }  # fmt: skip
    assert len(found) == 7


def test_a_window_knows_its_span_and_when_each_half_hour_begins() -> None:
    window = window_at("care", datetime(2026, 11, 24, 20, tzinfo=SHANGHAI), Push())
    assert window is not None
    assert span_of(window) == EVENING
    assert begins(41, window) == datetime(2026, 11, 24, 20, 30, tzinfo=SHANGHAI)
