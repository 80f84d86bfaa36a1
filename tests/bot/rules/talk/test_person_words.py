"""Words for a person, a complaint, a return to the bot; and words that only look like them."""

import pytest

from bot.rules.talk.person_words import asks_for_manager, asks_who_answers, person_wish, returns_to_the_bot

ASKS = (
    "人工", "转人工", "轉人工", "人工客服", "我要转人工", "请转人工客服", "找客服", "联系客服", "客服在吗", "客服", "有人吗", "有人在吗？",
    "真人", "我要找真人", "找个人来", "叫你们老板来", "让你们经理联系我", "我想和人说话", "我不想跟机器人聊了", "可以换个真人吗", "帮我转接一下人工",
    "帮我接人工", "你好，人工", "需要人工服务", "麻烦找下店长", "有客服吗", "我找你们负责人", "轉真人客服", "呼叫人工",
)  # fmt: skip
COMPLAINS = (
    "我要投诉", "投诉！", "我要投诉你们", "我要打12315", "你们是骗子", "我要举报你们", "怎么投诉",
)  # fmt: skip
NO_PERSON = (
    "不用转人工了", "不要转人工", "这个壶是人工打磨的吗", "是纯人工做的吗", "你们是人工智能吗", "你是真人吗", "你是机器人吗", "客服态度真好",
    "人工费多少", "没有投诉", "我没有投诉过", "投诉处理好了", "撤销投诉", "手工壶", "我想买个壶", "有什么新品", "别人送的", "有人用过这个壶吗",
    "有没有人说过不好", "老板娘", "客服说可以退", "两个人用多大的壶", "给老人用的杯子", "送客户的礼盒", "一个人用的茶具", "机器人",
    "适合送老板的茶具", "送领导什么好", "有适合送老板的吗",
    "人工客服几点上班？",
)  # fmt: skip
WHO = (
    "你是机器人吗", "你是真人吗？", "你是人工智能吗", "是机器人还是真人", "你是谁", "是不是机器人", "你是AI吗", "这是自动回复吗", "你叫什么名字",
)  # fmt: skip
NOT_WHO = (
    "这是什么", "你是不是发错了", "机器人多少钱", "你是什么时候发货", "这个是人工做的吗", "你好",
)  # fmt: skip
RETURNS = (
    "返回", "不用了", "结束", "结束对话", "不用了，谢谢", "好的没事了", "退出", "解决了", "算了", "谢谢，不用人工了", "机器人", "结束吧",
    "问题解决了，谢谢",
)  # fmt: skip
NO_RETURN = (
    "你好", "结束了吗", "怎么返回货物", "不用了这个壶怎么退", "返回运费谁出", "还没解决", "没解决", "壶不用了怎么保存", "什么时候结束活动", "返修",
)  # fmt: skip


@pytest.mark.parametrize("text", ASKS)
def test_it_asks_for_a_person(text: str) -> None:
    wish = person_wish(text)
    assert wish is not None
    assert not wish.complains


@pytest.mark.parametrize("text", COMPLAINS)
def test_it_is_a_complaint(text: str) -> None:
    wish = person_wish(text)
    assert wish is not None
    assert wish.complains


@pytest.mark.parametrize("text", NO_PERSON)
def test_it_does_not_ask_for_a_person(text: str) -> None:
    assert person_wish(text) is None


@pytest.mark.parametrize("text", WHO)
def test_it_asks_who_answers(text: str) -> None:
    assert asks_who_answers(text)


@pytest.mark.parametrize("text", NOT_WHO)
def test_it_does_not_ask_who_answers(text: str) -> None:
    assert not asks_who_answers(text)


@pytest.mark.parametrize("text", RETURNS)
def test_it_goes_back_to_the_bot(text: str) -> None:
    assert returns_to_the_bot(text)


@pytest.mark.parametrize("text", NO_RETURN)
def test_it_stays_with_the_person(text: str) -> None:
    assert not returns_to_the_bot(text)


def test_whose_customer_they_are_is_a_name_and_no_wish_for_a_person() -> None:
    assert all(
        map(
            asks_for_manager,
            ("我的客户经理是谁", "请问我的客户经理叫什么", "谁是我的专属客服", "我有专属客服吗"),
        )
    )
    assert not any(map(asks_for_manager, ("叫你们经理来", "找我的客户经理", "你是谁")))
