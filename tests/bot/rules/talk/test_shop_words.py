"""Words for the customer's own orders and points, greetings and thanks; and words that only look like them."""

import pytest

from bot.rules.talk.shop_words import (
    OrderQuestion,
    apologises,
    asks_for_points,
    greets,
    is_courtesy,
    never_minds,
    order_question,
    wants_to_buy,
)

ORDERS = (
    "我的订单到哪了", "那个茶壶发货了吗", "物流", "我的订单", "查订单", "查物流", "查一下我的快递", "发货了吗", "发货没", "快递到哪了",
    "我买的壶什么时候到", "什么时候发货", "怎么还没发货", "还没收到", "我上周买的茶壶到哪了", "我的快递呢", "订单号是多少", "物流信息", "快递单号",
    "催一下发货", "货到了吗", "D000123", "订单D000123", "订单号：20261103000042", "WL20261103-0042到哪了",
    "20261103000042", "我昨天下的单发了吗", "铁壶寄出了吗", "我的包裹怎么还不到", "我買的茶壺發貨了嗎", "物流三天没更新了", "查詢訂單",
    "我都买过什么", "东西什么时候能到", "我的货呢", "最近的订单", "怎么还没到", "帮我看看到哪里了", "那套茶具到了没",
    "where is my order",
)  # fmt: skip
NO_ORDERS = (
    "怎么下单", "下单后一般几天发货", "你们发什么快递", "快递费多少", "包邮吗", "怎么取消订单", "我想退货", "退货地址是什么",
    "13800138000", "发票什么时候开", "店在哪里", "你们店在哪", "紫砂壶怎么保养", "什么时候上新", "2026-11-11", "双十一有活动吗",
    "茶壶多少钱", "现在买什么时候能到", "如何修改订单地址", "我要退订单", "收到的壶碎了", "电话是多少", "100度的水能用吗", "几号放假", "99",
    "到货了通知我", "新疆多久能到", "水温80度", "什么时候有活动", "你们地址在哪", "这个茶在哪里产的", "茶叶能放多久", "铁壶能用多久",
    "还没发货我不想要了", "多长时间发一回消息", "快递几天能到？", "春节期间发货吗？", "可以指定日期送到吗？", "买了东西积分没到账？",
)  # fmt: skip
POINTS = (
    "我的积分", "积分", "我有多少积分", "积分还剩多少", "查积分", "查一下我的积分", "会员等级", "我是什么会员", "我的会员等级是什么",
    "我现在是几级会员", "积分余额", "我的等级", "我还有多少积分？", "會員積分", "积分查询",
)  # fmt: skip
NO_POINTS = (
    "积分怎么兑换", "积分规则", "积分可以换什么", "怎么成为会员", "会员有什么优惠", "买这个送多少分", "会员日是哪天", "我的积分怎么用", "积分会过期吗",
    "积分商城在哪",
)  # fmt: skip
GREETINGS = (
    "你好", "您好！", "hi", "Hello", "在吗", "早上好", "晚上好呀", "哈喽", "你好，在吗",
)  # fmt: skip
NO_GREETINGS = (
    "你好，茶壶多少钱", "在吗我想问下", "早上发货吗", "hi-fi", "你好吗我的快递呢",
)  # fmt: skip
COURTESIES = (
    "谢谢", "好的", "好的，谢谢", "嗯", "OK", "👌", "🙏🙏", "[微笑]", "收到", "辛苦了", "再见", "哈哈哈", "。。。", "？",
)  # fmt: skip
NO_COURTESIES = (
    "好的壶", "谢谢，那怎么退", "好用吗", "收到的壶碎了", "行不行", "可以退吗", "好贵",
)  # fmt: skip


@pytest.mark.parametrize("text", ORDERS)
def test_it_asks_for_the_customers_orders(text: str) -> None:
    assert order_question(text) is not None


@pytest.mark.parametrize("text", NO_ORDERS)
def test_it_does_not_ask_for_orders(text: str) -> None:
    assert order_question(text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("那个茶壶发货了吗", OrderQuestion(words="茶壶"), id="the product"),
        pytest.param(
            "我买的那个青瓷茶壶到了没", OrderQuestion(words="青瓷茶壶"), id="the product among other words"
        ),
        pytest.param("我的订单到哪了", OrderQuestion(), id="none"),
        pytest.param("都三天了还没到!!!", OrderQuestion(), id="a span is no product"),
        pytest.param("快递单号多少", OrderQuestion(), id="a question word is no product"),
        pytest.param("第二个到了吗", OrderQuestion(), id="a place is no product"),
        pytest.param(
            "订单号：d000123 到哪了", OrderQuestion(number="D000123"), id="a number, capitals do not matter"
        ),
        pytest.param(
            "ＷＬ２０２６１１０３－００４２",
            OrderQuestion(number="WL20261103-0042"),
            id="a number in full width",
        ),
    ],
)
def test_what_is_found_in_a_question_for_orders(text: str, found: OrderQuestion) -> None:
    assert order_question(text) == found


@pytest.mark.parametrize("text", POINTS)
def test_it_asks_for_points(text: str) -> None:
    assert asks_for_points(text)


@pytest.mark.parametrize("text", NO_POINTS)
def test_it_does_not_ask_for_points(text: str) -> None:
    assert not asks_for_points(text)


@pytest.mark.parametrize("text", GREETINGS)
def test_it_greets(text: str) -> None:
    assert greets(text)


@pytest.mark.parametrize("text", NO_GREETINGS)
def test_it_is_more_than_a_greeting(text: str) -> None:
    assert not greets(text)


def test_who_wants_to_buy_has_no_order_yet() -> None:
    assert all(map(wants_to_buy, ("我想買一把壺", "怎么下单", "在哪买")))
    assert not any(map(wants_to_buy, ("我买的壶到哪了", "上次买了什么", "我想要退货")))


def test_who_says_sorry() -> None:
    assert all(map(apologises, ("对不起", "不好意思啊", "我错了，刚才不是故意骂你的")))
    assert not any(map(apologises, ("不好意思，龙井多少钱", "对不起我要退货")))


@pytest.mark.parametrize("text", COURTESIES)
def test_it_is_a_courtesy(text: str) -> None:
    assert is_courtesy(text)


@pytest.mark.parametrize("text", NO_COURTESIES)
def test_it_is_more_than_a_courtesy(text: str) -> None:
    assert not is_courtesy(text)


@pytest.mark.parametrize("text", ["算了不要了", "没事了", "那算了吧", "不用了，谢谢"])
def test_never_mind_is_heard(text: str) -> None:
    assert never_minds(text)


@pytest.mark.parametrize("text", ["不要了可以退吗", "这个壶不要了", "算了一下要三个", ""])
def test_what_is_not_never_mind(text: str) -> None:
    assert not never_minds(text)
