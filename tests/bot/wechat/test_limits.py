import pytest

from bot.config import AccountKind, ConfigError, WeChat
from bot.wechat.limits import Capability, can, limits_of


def test_an_account_s_own_numbers_win() -> None:
    own = limits_of(WeChat(limits={"mass_to_customer_per_month": 8}))
    assert own["mass_to_customer_per_month"] == 8
    assert own["window_messages"] == limits_of(WeChat())["window_messages"] == 5


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"mass_per_moon": 1}, "wechat.limits.mass_per_moon: unknown limit"),
        ({"tags": -1}, "wechat.limits.tags: expected 0 or more"),
    ],
)
def test_a_wrong_limit_is_named(limits: dict[str, int], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        limits_of(WeChat(limits=limits))


@pytest.mark.parametrize(
    ("kind", "verified", "capability", "granted"),
    [
        pytest.param("subscription", False, "receive", True, id="everybody is written to"),
        pytest.param(
            "service", False, "customer_service_message", False, id="who is not verified cannot write first"
        ),
        pytest.param(
            "subscription",
            True,
            "customer_service_message",
            True,
            id="a verified subscription account writes",
        ),
        pytest.param("subscription", True, "mass_to_openids", False, id="but not to a list of openids"),
        pytest.param("subscription", True, "mass_to_tag", True, id="only to a tag"),
        pytest.param("service", True, "mass_to_openids", True, id="a verified service account may"),
        pytest.param(
            "subscription", True, "template_message", False, id="templates are for service accounts"
        ),
        pytest.param("service", True, "subscription_notice", True, id="and so are notices"),
    ],
)
def test_who_is_entitled_to_what(
    kind: AccountKind, verified: bool, capability: Capability, granted: bool
) -> None:
    assert can(kind, verified, capability) is granted
