"""What begins a form, what answers a step, and what a form never takes for an answer."""

from typing import Any

import pytest

from bot.rules.talk.form_corrections import correction
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
        ("我的退款", Heard("mine")),
        ("申请进度", Heard("mine")),
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
        ("最近那单", "TF1"),
        ("就最新的那个吧", "TF1"),
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
    assert answer_to(PHONE, "幺三八零零一三八零零零", ()) == "13800138000"
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


REPAIR = {"order": "TF1", "problem": "盖子裂了", "pictures": [], "phone": "13800138000"}
RETURN = {"order": "TF1", "way": "换一件", "reason": "有质量问题", "pictures": ["m1"], "note": ""}
ADDRESS = {"order": "TF1", "address": "杭州市西湖区龙井路 1 号", "receiver": "小王", "phone": "13800138000"}


@pytest.mark.parametrize(
    ("form", "answers", "text", "changed"),
    [
        ("repair", REPAIR, "不对,是 139 0013 9000", {"phone": "13900139000"}),
        ("repair", REPAIR, "不是13800138000，应该是13900139000", {"phone": "13900139000"}),
        ("repair", REPAIR, "手机号写错了，是一三九零零一三九零零零", {"phone": "13900139000"}),
        ("repair", REPAIR, "13900139000", {"phone": "13900139000"}),
        ("repair", REPAIR, "问题改成：盖子裂了一条缝", {"problem": "盖子裂了一条缝"}),
        ("repair", REPAIR, "不对，是那口锅", {"order": "TF2"}),
        ("return", RETURN, "不对，我要退货退款", {"way": "退货退款"}),
        (
            "address",
            ADDRESS,
            "地址改成上海市浦东新区世纪大道100号",
            {"address": "上海市浦东新区世纪大道100号"},
        ),
        ("address", ADDRESS, "收件人不对，是王大明", {"receiver": "王大明"}),
    ],
)
def test_an_answer_is_corrected_in_their_own_words(
    form: str, answers: dict[str, Any], text: str, changed: dict[str, Any]
) -> None:
    assert correction(FORMS[form], answers, text, PICKS) == answers | changed


def test_what_was_asked_because_of_the_former_choice_goes_with_it() -> None:
    without_pictures = {name: value for name, value in RETURN.items() if name != "pictures"}
    assert correction(FORMS["return"], RETURN, "原因改成不喜欢", PICKS) == without_pictures | {
        "reason": "不喜欢或买错了"
    }


@pytest.mark.parametrize("text", ["不是我弄坏的", "不对", "提交", "壶盖有一个口", "不对，我再想想"])
def test_what_corrects_nothing(text: str) -> None:
    assert correction(FORMS["repair"], REPAIR, text, PICKS) is None
