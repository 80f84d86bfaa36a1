import pytest

from bot.rules.contents.labels import labelled


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
