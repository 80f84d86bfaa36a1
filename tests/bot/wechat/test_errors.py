from datetime import UTC, datetime, timedelta

import pytest

from bot.values.outcome import Halt, Later, Never, Outcome, Unsure
from bot.wechat.errors import Lost, Unreached, WeChatError, is_ours, outcome_of

NOW = datetime(2026, 11, 24, 4, 0, 30, tzinfo=UTC)  # 12:00:30 in Shanghai
MINUTE = timedelta(minutes=1)


def refused(code: int) -> WeChatError:
    return WeChatError(code, "as the platform puts it rid: 1-2-3")


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        pytest.param(40001, Halt("wechat 40001 token_or_secret"), id="a token refused twice is a wrong secret"),
        pytest.param(40125, Halt("wechat 40125 bad_secret"), id="a wrong secret"),
        pytest.param(40164, Halt("wechat 40164 address_not_allowed"), id="an address that is not on the list"),
        pytest.param(48001, Halt("wechat 48001 not_entitled"), id="no such capability"),
        pytest.param(48003, Halt("wechat 48003 mass_agreement"), id="an agreement nobody accepted"),
        pytest.param(48008, Never("wechat 48008 message_type_not_entitled"), id="a type of message the account may not send"),
        pytest.param(40037, Halt("wechat 40037 bad_template_id", may_pass=True), id="a template that may be there a little later"),
        pytest.param(50005, Never("wechat 50005 not_following", lesson="not_following"), id="someone who left, otherwise said"),
        pytest.param(43019, Never("wechat 43019 blacklisted", lesson="refuses_channel"), id="someone on the account's blacklist"),
        pytest.param(48002, Never("wechat 48002 messages_turned_off", lesson="refuses_channel"), id="someone who turned messages off"),
        pytest.param(48004, Halt("wechat 48004 banned", lesson="banned"), id="a ban"),
        pytest.param(45028, Halt("wechat 45028 mass_quota_used_up", lesson="quota_spent"), id="no mass send left in the period"),
        pytest.param(45015, Never("wechat 45015 outside_window", lesson="window_closed"), id="a closed window"),
        pytest.param(45047, Never("wechat 45047 window_used_up", lesson="window_used_up"), id="a window used up"),
        pytest.param(43004, Never("wechat 43004 not_following", lesson="not_following"), id="someone who left"),
        pytest.param(43101, Never("wechat 43101 no_consent_left", lesson="no_consent"), id="no consent left"),
        pytest.param(45002, Never("wechat 45002 text_too_long"), id="a mistake of ours"),
        pytest.param(88003, Never("wechat 88003 comments"), id="a range"),
        pytest.param(12345, Never("wechat 12345 unknown_code"), id="a code to come"),
        pytest.param(45009, Later(datetime(2026, 11, 24, 16, 1, tzinfo=UTC), "wechat 45009 daily_quota", is_for_all=True), id="a daily quota waits for midnight in Shanghai"),
        pytest.param(45011, Later(datetime(2026, 11, 24, 4, 1, tzinfo=UTC), "wechat 45011 minute_quota", is_for_all=True), id="a quota by the minute waits for the next"),
        pytest.param(45066, Later(NOW + 2 * MINUTE, "wechat 45066 repeated_too_soon"), id="a repeat too soon"),
        pytest.param(89503, Later(NOW + 10 * MINUTE, "wechat 89503 waits_for_admin", is_for_all=True, is_pending=True), id="an administrator is asked"),
        pytest.param(89506, Later(NOW + timedelta(days=1), "wechat 89506 admin_refused_address", is_for_all=True), id="an administrator refused for a day"),
        pytest.param(89507, Later(NOW + timedelta(hours=1), "wechat 89507 admin_refused_address", is_for_all=True), id="an administrator refused for an hour"),
        pytest.param(61503, Later(datetime(2026, 11, 25, 0, 1, tzinfo=UTC), "wechat 61503 statistics_not_ready"), id="statistics are ready at eight"),
    ],
)  # fmt: skip
def test_each_code_has_its_ending(code: int, outcome: Outcome) -> None:
    assert outcome_of(refused(code), NOW) == outcome


@pytest.mark.parametrize(
    "error", [refused(-1), refused(9001003), Unreached(None, "unreached ConnectTimeout")]
)
def test_what_passes_is_tried_again_in_a_minute_or_two(error: WeChatError) -> None:
    outcome = outcome_of(error, NOW)
    assert isinstance(outcome, Later)
    assert MINUTE <= outcome.at - NOW <= 2 * MINUTE


def test_what_failed_together_does_not_come_back_together() -> None:
    instants = {
        outcome.at
        for outcome in (outcome_of(refused(-1), NOW) for _ in range(20))
        if isinstance(outcome, Later)
    }
    assert len(instants) > 10


def test_a_lost_answer_is_unsure_unless_wechat_knows_repeats() -> None:
    lost = Lost(None, "lost ReadTimeout")
    assert outcome_of(lost, NOW) == Unsure("wechat lost ReadTimeout")
    assert isinstance(outcome_of(lost, NOW, repeatable=True), Later)


@pytest.mark.parametrize(
    ("now", "again"),
    [
        pytest.param("2026-11-24T17:00", "2026-11-25T16:01", id="one in the morning there waits a whole day"),
        pytest.param("2026-11-24T16:01", "2026-11-25T16:01", id="so does the very minute it returned"),
        pytest.param("2026-11-24T16:00", "2026-11-24T16:01", id="midnight itself waits a minute"),
    ],
)
def test_midnight_in_shanghai_is_not_midnight_in_utc(now: str, again: str) -> None:
    outcome = outcome_of(refused(45009), datetime.fromisoformat(f"{now}Z"))
    expected = datetime.fromisoformat(f"{again}Z")
    assert outcome == Later(expected, "wechat 45009 daily_quota", is_for_all=True)


def test_a_person_is_told_what_to_do_about_it() -> None:
    assert "allow-list" in refused(40164).advice
    assert "app_secret" in refused(40125).advice
    assert refused(12345).advice == Lost(None, "lost ReadTimeout").advice == ""


@pytest.mark.parametrize(
    ("code", "ours"),
    [(45002, True), (48001, True), (12345, True), (45015, False), (45009, False), (-1, False)],
)
def test_mistakes_of_ours_are_told_from_what_happens(code: int, ours: bool) -> None:
    assert is_ours(refused(code)) is ours


def test_a_broken_wire_is_no_mistake_of_ours() -> None:
    assert not is_ours(Lost(None, "lost ReadTimeout"))
