import pytest

from bot.rules.contents.labels import labelled
from bot.rules.pushes.reasons import REASONS, sentence


@pytest.mark.parametrize(
    ("text", "purpose", "expected"),
    [
        pytest.param("新茶上市", "marketing", "【广告】新茶上市\n回复 TD 退订", id="marketing gets both"),
        pytest.param(
            "【广告】新茶，回复 TD 退订", "marketing", "【广告】新茶，回复 TD 退订", id="each only once"
        ),
        pytest.param("天凉了，注意保暖", "care", "天凉了，注意保暖", id="care is no advertising"),
    ],
)
def test_marketing_says_what_it_is_and_how_to_refuse_it(text: str, purpose: str, expected: str) -> None:
    assert labelled(text, purpose) == expected
    assert labelled(labelled(text, purpose), purpose) == expected


@pytest.mark.parametrize(
    ("reason", "zh", "en"),
    [
        pytest.param(
            "lost_to:tea", "当天的名额归另一活动：tea", f"{REASONS['lost_to'].en}: tea", id="names the winner"
        ),
        pytest.param(
            "wechat 45015 outside_window", *["wechat 45015 outside_window"] * 2, id="WeChat's own words stay"
        ),
    ],
)
def test_a_stored_reason_reads_as_a_sentence(reason: str, zh: str, en: str) -> None:
    assert sentence(reason, "zh") == zh
    assert sentence(reason, "en") == en
