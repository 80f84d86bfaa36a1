"""Forms in the chat: filled, left, resumed, interrupted by a question, sent in; on both databases."""

import pytest
from sqlalchemy import insert, select

from bot.rules.talk import forms as words
from bot.rules.talk import texts
from bot.rules.talk.forms import FORMS
from bot.store.people import forgetting
from bot.store.tables import form_requests, order_lines
from bot.store.talk import forms
from bot.values.incoming import Image, Location, ShortVideo, Voice
from bot.values.knowledge import Entry
from tests.handlers.chat.conftest import Conversation
from tests.support.build import Build
from tests.support.incoming import an, said, tapped


@pytest.fixture
def shop(talk: Conversation, build: Build, customer: int) -> Conversation:
    for number, (name, status) in enumerate(
        (("青瓷茶壶", "delivered"), ("铸铁锅", "delivered"), ("白瓷杯", "paid"))
    ):
        order = build.order(
            customer, external_id=f"TF{number}", status=status, amount=99, ordered_at=talk.clock.now()
        )
        row = {"order_id": order, "position": 0, "product_name": name, "quantity": 1, "price": 99}
        talk.session.execute(insert(order_lines).values(row))
    return talk


def picture(talk: Conversation, media_id: str) -> str:
    return talk.hear(an(Image, "o-1", talk.clock.now(), pic_url="", media_id=media_id)).text


def test_a_return_is_asked_step_by_step_and_sent_in(shop: Conversation, customer: int) -> None:
    begun = shop.hear(said("我要退货"))
    assert begun.handler == "forms"
    assert "退换货申请" in begun.text
    assert "1. 白瓷杯（TF2）" in begun.text
    assert "换一件" in shop.hear(said("茶壶")).text
    assert "有质量问题" in shop.hear(said("2")).text
    assert "照片" in shop.hear(said("2")).text
    assert picture(shop, "m1") == words.GOT_PICTURE.format(count=1, left=8)
    assert picture(shop, "m2") == words.GOT_PICTURE.format(count=2, left=7)
    assert "补充" in shop.hear(said("好了")).text
    summary = shop.hear(said("壶嘴有裂")).text
    assert all(line in summary for line in ("订单：TF0", "方式：换一件", "照片：2 张", "补充：壶嘴有裂"))
    sent = shop.hear(said("提交")).text
    row = shop.session.execute(select(form_requests)).one()
    assert row.number in sent
    assert row.answers == {
        "order": "TF0", "way": "换一件", "reason": "有质量问题", "pictures": ["m1", "m2"], "note": "壶嘴有裂",
    }  # fmt: skip
    assert (row.customer_id, row.order_id is not None, row.state) == (customer, True, "open")
    assert f"{row.number}：同事处理中" in shop.hear(said("我的申请")).text
    assert shop.hear(said("提交")).handler != "forms"


def test_the_order_named_at_once_is_not_asked_again(shop: Conversation) -> None:
    assert "怎么处理" in shop.hear(said("我想把那个茶壶退了")).text


def test_a_question_in_between_is_answered_and_the_form_waits(shop: Conversation) -> None:
    shop.know([Entry(id="hours", question="你们几点下班", answer="晚上九点。")])
    shop.hear(said("我要退货"))
    assert shop.hear(said("你们几点下班呢")).source_id == "hours"
    assert "怎么处理" in shop.hear(said("锅")).text


def test_wrong_answers_are_asked_again_with_a_hint(shop: Conversation) -> None:
    shop.hear(said("报修"))
    assert shop.hear(said("电视")).text == (f"{words.AGAIN['order']}\n1. 铸铁锅（TF1）\n2. 青瓷茶壶（TF0）")
    shop.hear(said("1"))
    shop.hear(said("锅底有点锈"))
    shop.hear(said("没有"))
    assert shop.hear(said("123")).text == words.AGAIN["phone"]
    assert "电话：13800138000" in shop.hear(said("13800138000")).text
    assert "电话：13900139000" in shop.hear(said("不对,是 139 0013 9000")).text
    shop.hear(said("提交"))
    assert shop.session.execute(select(form_requests.c.answers)).scalar_one()["phone"] == "13900139000"


def test_a_step_that_comes_later_does_not_take_a_correction_for_its_answer(shop: Conversation) -> None:
    for text in ("改一下收货地址", "浙江省杭州市西湖区龙井路一号"):
        shop.hear(said(text))
    asked = shop.hear(said("地址写错了，是江苏省苏州市姑苏区平江路2号")).text
    assert "收件人" in asked
    shop.hear(said("小王"))
    summary = shop.hear(said("13800138000")).text
    assert "新地址：江苏省苏州市姑苏区平江路2号" in summary


def test_a_step_back_and_a_form_that_is_left_and_resumed(shop: Conversation) -> None:
    shop.hear(said("我要退货"))
    shop.hear(said("锅"))
    shop.hear(said("1"))
    assert "怎么处理" in shop.hear(said("上一步")).text
    assert shop.hear(said("算了")).text == words.LEFT
    assert shop.hear(said("1")).handler != "forms"
    shop.clock.forward(days=6)
    assert "怎么处理" in shop.hear(said("继续")).text
    shop.hear(said("算了"))
    shop.clock.forward(days=8)
    assert shop.hear(said("继续")).handler != "forms"


def test_after_half_an_hour_words_mean_something_else_and_nothing_is_lost(shop: Conversation) -> None:
    shop.hear(said("改一下收货地址"))  # only one order is not on its way yet
    shop.clock.forward(minutes=31)
    late = said("浙江省杭州市西湖区龙井路一号", sent_at=shop.clock.now())
    assert shop.hear(late).handler != "forms"
    assert "新的收货地址" in shop.hear(said("继续", sent_at=shop.clock.now())).text


def test_a_person_and_the_end_of_pushes_are_heard_while_a_form_is_filled(shop: Conversation) -> None:
    shop.hear(said("我要退货"))
    assert shop.hear(said("退订")).handler == "stop_pushes"
    assert shop.hear(said("转人工")).handler == "human"


def test_without_orders_knowledge_explains_and_without_fitting_ones_it_is_said(
    talk: Conversation, build: Build, customer: int
) -> None:
    talk.know([Entry(id="returns", question="我要退货", answer="签收七天内都可以。")])
    assert talk.hear(said("我要退货")).source_id == "returns"
    build.order(customer, external_id="TF9", status="closed", amount=9, ordered_at=talk.clock.now())
    assert talk.hear(said("我要退货")).text == words.NO_ORDER.format(what="退换")
    assert talk.hear(tapped("REPAIR")).text == words.NO_ORDER.format(what="报修")


def test_who_is_forgotten_leaves_the_number_and_nothing_they_wrote(shop: Conversation, customer: int) -> None:
    answers = {"order": "TF0", "problem": "盖子碎了", "phone": "13800138000"}
    forms.send_in(shop.session, customer, "repair", answers, shop.clock.now())
    forms.keep(shop.session, customer, "return", {"order": "TF1"}, shop.clock.now())
    forgetting.forget(shop.session, customer, "salt", shop.clock.now())
    assert shop.session.execute(select(form_requests.c.answers)).scalar_one() == {}
    assert forms.talk_of(shop.session, customer, shop.clock.now()) is None


def test_every_form_can_be_filled_to_its_end() -> None:
    for form in FORMS.values():
        answers = {step.name: "x" for step in form.steps}
        assert words.step_of(form, answers) is None
        assert form.promise


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("退钱吧", "退货退款"),
        ("还是换货吧", "换一件"),
        ("不退了，换一个", "换一件"),
        ("不换了，退吧", "退货退款"),
    ],
)
def test_a_choice_is_understood_in_their_own_words(shop: Conversation, text: str, way: str) -> None:
    shop.hear(said("我想把那个茶壶退了"))
    assert "什么原因" in shop.hear(said(text)).text
    shop.hear(said("颜色不喜欢"))
    assert f"方式：{way}\n· 原因：不喜欢或买错了" in shop.hear(said("没有")).text


def test_what_was_told_early_is_not_asked_again(shop: Conversation) -> None:
    shop.hear(said("我想把那个茶壶退了"))
    assert "怎么处理" in shop.hear(said("盖子松，漏水")).text
    assert "照片" in shop.hear(said("退")).text


def test_who_wants_time_or_thanks_is_not_pressed(shop: Conversation) -> None:
    shop.hear(said("我要退货"))
    for text in ("等等，我想想", "好吧谢谢", "謝謝"):
        assert shop.hear(said(text)).text == words.NO_HURRY
    assert "怎么处理" in shop.hear(said("锅")).text
    assert shop.hear(said("算了算了不退了")).text == words.LEFT


def test_address_name_and_phone_in_one_line_are_three_answers(shop: Conversation) -> None:
    shop.hear(said("改一下收货地址"))
    summary = shop.hear(said("浙江省杭州市西湖区龙井路一号 王小明 138-0013-8000")).text
    for line in ("新地址：浙江省杭州市西湖区龙井路一号\n", "收件人：王小明\n", "电话：13800138000\n"):
        assert line in summary
    assert shop.hear(said("好的，谢谢")).text.startswith("收到您的修改收货地址")


def test_name_and_phone_together_are_two_answers(shop: Conversation) -> None:
    shop.hear(said("改一下收货地址"))
    shop.hear(said("浙江省杭州市西湖区龙井路一号"))
    summary = shop.hear(said("王小明 13800138000")).text
    assert "收件人：王小明\n· 电话：13800138000" in summary


def test_who_asks_for_their_money_begins_no_return(shop: Conversation) -> None:
    shop.know([Entry(id="refund-time", question="我退的钱退了没", answer="当天退。")])
    assert shop.hear(said("我退的钱退了没")).source_id == "refund-time"


def test_a_short_video_counts_as_a_picture(shop: Conversation) -> None:
    for text in ("我想把那个茶壶退了", "1", "2"):
        shop.hear(said(text))
    assert shop.hear(an(ShortVideo, media_id="v1")).text == words.GOT_PICTURE.format(count=1, left=8)
    assert shop.hear(said("好了")).handler == "forms"


def test_a_place_helps_with_the_address_and_is_none_elsewhere(shop: Conversation) -> None:
    place = an(Location, latitude=30.2, longitude=120.1, label="西湖区龙井路")
    shop.hear(said("我要退货"))
    assert shop.hear(place).handler == "attachments"
    shop.hear(said("算了"))
    shop.hear(said("改一下收货地址"))
    assert shop.hear(place).text == words.GOT_PLACE.format(place="西湖区龙井路")
    assert "收件人" in shop.hear(said("浙江省杭州市西湖区龙井路一号")).text


def test_a_voice_nobody_wrote_down_is_no_answer_of_a_form(shop: Conversation) -> None:
    shop.hear(said("我要退货"))
    assert shop.hear(an(Voice, media_id="v1")).handler == "attachments"
    assert "怎么处理" in shop.hear(an(Voice, media_id="v2", recognition="就那个锅。")).text


def test_what_wechat_does_not_pass_on_is_acknowledged_and_answers_nothing(shop: Conversation) -> None:
    notice = "【收到不支持的消息类型，暂无法显示】"
    assert shop.hear(said(notice)).text == texts.UNREADABLE
    shop.hear(said("报修"))
    shop.hear(said("1"))
    heard = shop.hear(said(notice))
    assert (heard.handler, heard.text) == ("attachments", texts.UNREADABLE)
    assert "照片" in shop.hear(said("锅底有点锈")).text


@pytest.mark.parametrize(
    "so_far", [("我要退货",), ("我要退货", "锅", "1", "2")], ids=["an order", "pictures"]
)
def test_a_form_asks_again_once_and_then_lets_others_answer(
    shop: Conversation, so_far: tuple[str, ...]
) -> None:
    shop.know([Entry(id="empty", question="熟普喝完了", answer="可以再买。")])
    for text in so_far:
        shop.hear(said(text))
    assert shop.hear(said("熟普喝完了")).handler == "forms"
    assert shop.hear(said("熟普喝完了")).source_id == "empty"
    assert shop.hear(said("熟普喝完了")).handler == "forms"


def test_where_pictures_are_wanted_and_at_the_end_other_wishes_are_heard(shop: Conversation) -> None:
    for text in ("报修", "1", "锅底有点锈"):
        shop.hear(said(text))
    assert "还没有提交过申请" in shop.hear(said("我的申请")).text
    assert shop.hear(said("那个锅到哪了")).handler == "orders"
    assert "照片" in shop.hear(said("电话是 13800138000")).text  # told early, and not asked for again
    assert "电话：13800138000" in shop.hear(said("没有")).text
    assert "还没有提交过申请" in shop.hear(said("我的申请")).text
    assert "退换货申请" in shop.hear(said("我要退货")).text


def test_a_change_of_mind_names_what_it_is_not_and_what_it_is(shop: Conversation) -> None:
    for text in ("我要退货", "锅", "1", "质量问题"):
        shop.hear(said(text))
    assert "补充" in shop.hear(said("我改主意了，不是质量问题，是不喜欢")).text
    assert "原因：不喜欢或买错了" in shop.hear(said("没有")).text


@pytest.mark.parametrize("text", ["我的地址写错了", "换个地址行不", "我的收货地址填错了"])
def test_these_begin_a_new_address(text: str) -> None:
    found = words.heard(text)
    assert found is not None
    assert found.form == "address"


def test_off_is_off_in_two_words(shop: Conversation) -> None:
    shop.hear(said("我要退货"))
    assert shop.hear(said("算了不要了")).text == words.LEFT


@pytest.mark.parametrize("so_far", [("我要退货",), ("我要退货", "锅"), ("报修", "1", "锅底有锈")])
def test_points_vouchers_and_orders_are_told_while_a_form_waits(
    shop: Conversation, so_far: tuple[str, ...]
) -> None:
    """兑换1 is no 换一件."""
    for text in so_far:
        shop.hear(said(text))
    assert shop.hear(said("兑换1")).handler != "forms"
    assert shop.hear(said("我的券")).handler == "membership"
    assert shop.hear(said("我的积分")).handler == "points"
    assert shop.hear(said("我的订单")).handler == "orders"


def test_to_go_on_is_no_answer_where_words_are_wanted(shop: Conversation) -> None:
    for text in ("我要退货", "锅", "换一件", "1"):
        shop.hear(said(text))
    assert "补充" in shop.hear(said("继续")).text
    assert "补充：" not in shop.hear(said("没有")).text


@pytest.mark.parametrize("text", ["没有图片", "没图", "不方便拍", "拍不了"])
def test_who_has_no_picture_says_it_in_many_ways(shop: Conversation, text: str) -> None:
    for before in ("我要报修", "锅", "锅柄松了"):
        shop.hear(said(before))
    assert "手机号" in shop.hear(said(text)).text


def test_another_choice_at_the_end_corrects_the_first(shop: Conversation) -> None:
    for text in ("我要退货", "锅", "1", "1", "没有"):
        shop.hear(said(text))
    told = shop.hear(said("换一件")).text
    assert told.startswith(words.CHANGED)
    assert "方式：换一件" in told
    assert "照片" in shop.hear(said("质量问题")).text  # and what belongs to it is asked
