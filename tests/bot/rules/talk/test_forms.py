"""What begins a form, what answers a step, and what a form never takes for an answer."""

import pytest

from bot.rules.talk.forms import (
    FORMS,
    Heard,
    Pick,
    answer_to,
    goes_back,
    heard,
    leaves,
    lines_of,
    sends,
    step_of,
    without_last,
)

ORDER, WAY, REASON, PICTURES, NOTE = FORMS["return"].steps
PROBLEM, PHONE = FORMS["repair"].steps[1], FORMS["repair"].steps[3]
PICKS = [Pick("TF1", ("青瓷茶壶", "龙井")), Pick("TF2", ("铸铁锅",))]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("我要退货", Heard("begin", "return")),
        ("申请退换货", Heard("begin", "return")),
        ("我想把那个茶壶退了", Heard("begin", "return", "茶壶")),
        ("換貨申請", Heard("begin", "return")),
        ("报修", Heard("begin", "repair")),
        ("我的铁锅想报修", Heard("begin", "repair", "铁锅")),
        ("帮我修一下", Heard("begin", "repair")),
        ("改一下收货地址", Heard("begin", "address")),
        ("地址写错了", Heard("begin", "address")),
        ("继续", Heard("resume")),
        ("我的申请", Heard("mine")),
        ("怎么退货", None),
        ("退货运费谁出", None),
        ("可以七天无理由退货吗", None),
        ("能退吗", None),
        ("改地址要多久", None),
        ("退订", None),
        ("", None),
        ("我要退货" * 20, None),
    ],
)
def test_what_begins_a_form(text: str, said: Heard | None) -> None:
    assert heard(text) == said


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("1", "TF1"),
        ("第二个", "TF2"),
        ("茶壶", "TF1"),
        ("那口锅", "TF2"),
        ("tf2", "TF2"),
        ("9", None),
        ("电视", None),
    ],
)
def test_an_order_is_meant_by_number_or_product(text: str, answer: str | None) -> None:
    assert answer_to(ORDER, text, PICKS) == answer


def test_a_choice_by_number_or_words() -> None:
    assert [answer_to(REASON, text, ()) for text in ("2", "质量问题", "五", "7", "天气")] == [
        "有质量问题", "有质量问题", "其他原因", None, None,
    ]  # fmt: skip


def test_words_a_phone_and_nothing_to_add() -> None:
    assert answer_to(PROBLEM, " 壶盖磕了一个口 ", ()) == "壶盖磕了一个口"
    assert [answer_to(PROBLEM, text, ()) for text in ("坏", "😀😀😀", "长" * 501)] == [None] * 3
    assert [answer_to(PHONE, text, ()) for text in ("138 0013 8000", "电话是１３８００１３８０００", "12345", "138001380001")] == [
        "13800138000", "13800138000", None, None,
    ]  # fmt: skip
    assert (answer_to(NOTE, "没有", ()), answer_to(PICTURES, "没有", ()), answer_to(PROBLEM, "没有", ())) == (
        "",
        [],
        None,
    )


def test_steps_follow_each_other_and_pictures_are_asked_for_what_is_broken() -> None:
    form, answers = FORMS["return"], {"order": "TF1", "way": "换一件", "reason": "不喜欢或买错了"}
    assert step_of(form, answers) == NOTE
    assert step_of(form, answers | {"reason": "有质量问题"}) == PICTURES
    assert without_last(form, answers) == {"order": "TF1", "way": "换一件"}
    assert without_last(form, {}) == {}
    assert step_of(form, answers | {"note": ""}) is None
    assert lines_of(form, answers | {"pictures": ["m1", "m2"], "note": ""}) == [
        "· 订单：TF1", "· 方式：换一件", "· 原因：不喜欢或买错了", "· 照片：2 张",
    ]  # fmt: skip


def test_leaving_going_back_and_sending_in() -> None:
    assert all(map(leaves, ("算了", "不办了", "先不弄了吧")))
    assert not any(map(leaves, ("算了一下有三个坏的", "退货")))
    assert all(map(goes_back, ("上一步", "返回上一步", "刚才选错了")))
    assert all(map(sends, ("提交", "确认", "没问题")))
    assert not sends("没问题的话什么时候能好")
