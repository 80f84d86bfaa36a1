import pytest

from bot.rules.talk.binding_words import Heard, code_in_scene, heard


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("绑定", Heard("wish")),
        ("我要綁定", Heard("wish")),
        ("怎么绑定会员卡呢", Heard("wish")),
        ("我是会员", Heard("wish")),
        ("您好，我是你们店的老顾客", Heard("wish")),
        ("我是老客户", Heard("wish")),
        ("我一直是你们的VIP", Heard("wish")),
        ("怎么关联会员卡", Heard("wish")),
        ("关联微信", Heard("wish")),
        ("绑定 13800001234", Heard("wish", phone="13800001234")),
        ("绑定手机号：138-0000-1234", Heard("wish", phone="13800001234")),
        ("１３８００００１２３４", Heard("proof", phone="13800001234")),
        ("+86 138 0000 1234", Heard("proof", phone="13800001234")),
        ("+852 5123 4567", Heard("proof", phone="+85251234567")),
        ("kxqm-rtbn", Heard("proof", code="KXQMRTBN")),
        ("我的绑定码是 KXQM RTBN", Heard("wish", code="KXQMRTBN")),
        ("d100001", Heard("proof", order="D100001")),
        ("订单号D100001，尾号1234", Heard("proof", order="D100001", tail="1234")),
        ("算了吧", Heard("gives_up")),
        ("先不绑了，谢谢", Heard("gives_up")),
    ],
)
def test_what_it_is(text: str, expected: Heard) -> None:
    assert heard(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "你好", "解绑", "取消绑定银行卡", "绑定银行卡", "我是会员能打折吗", "我的订单 D100001 到哪了", "取消订单", "不要绑带的那款",
        "1234", "我的电话换成 13800001234 了，麻烦改一下收货信息", "x" * 5000, "绑定" * 3000, "今天是2026年", "KXQM-RTBNA", "算了一下要三百块",
    ],
)  # fmt: skip
def test_what_it_is_not(text: str) -> None:
    assert heard(text) is None


def test_a_scene_may_be_a_code() -> None:
    assert code_in_scene("bind_KXQMRTBN") == "KXQMRTBN"
    assert code_in_scene("shelf-3") == ""
