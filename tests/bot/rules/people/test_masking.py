"""What tells who somebody is, hidden."""

import pytest

from bot.rules.people.masking import masked, short


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13812345678，谢谢", "电话138****5678，谢谢"),
        ("138 1234 5678", "138 **** 5678"),
        ("订单 D000123，运单 SF1234567890123", "订单 D000123，运单 SF1234567890123"),
        ("身份证 11010519491231002X", "身份证 110***********002X"),
        ("卡号 6222021234567890123", "卡号 6222********0123"),
        ("信箱 wang.fang@example.com。", "信箱 w***@example.com。"),
        ("座机 0571-87654321", "座机 0571-****4321"),
        ("共 12 件，满 300 减 40", "共 12 件，满 300 减 40"),
        ("", ""),
    ],
)
def test_what_tells_who_somebody_is_is_hidden(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_an_openid_is_too_short_to_use() -> None:
    assert short("oAbcdefghijklmnopqrstuvwxyz1") == "oAb…xyz1"
    assert "o-12345" not in short("o-12345")
    assert short("") == ""
