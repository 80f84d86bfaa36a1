"""Words that stop and start pushes, and words that only look like them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.talk.wishes import (
    asks_about_pushes,
    names_pushes,
    refuses,
    refuses_suggestions,
    starts_pushes,
    stops_pushes,
)

STOPS = (
    "退订", "退订！", "ＴＤ", "td", "T D", "回TD", "退 訂", "我要退订", "怎么退订", "怎么退订啊", "可以帮我退订吗？", "退订推送",
    "退订你们的消息", "取消推送", "取消订阅", "取消訂閱", "请取消消息推送，谢谢", "别再发了", "別再發了", "别再给我发了", "不要再发了",
    "不要再给我发消息了", "不要再给我发广告了！", "不要给我发消息", "别发了", "别推了", "太烦了别推了", "太烦了，别推了", "烦死了，别再推送了",
    "消息太多了，别发了", "以后不要再推送了", "请不要再打扰我", "别打扰我了", "别烦我", "不要骚扰我了", "不想收到你们的广告", "不想再收到推送了",
    "我不想看到这些广告", "停止推送", "关闭推送", "关掉消息推送", "把推送关了", "把推送关掉吧", "麻烦把这些广告都停掉", "推送关掉", "拒收广告",
    "屏蔽消息", "暂停推送", "别天天给我发消息", "天天发，烦不烦，别再发了", "能不能别发了", "能不能不要老是发消息", "不需要再推送了", "不用给我推送了",
    "不用再发消息了", "不订阅了", "我不想订阅了", "不订了", "unsubscribe", "Unsubscribe me", "STOP",
    "stop sending me messages", "opt out", "已经退订了怎么还在发", "我都退订了还给我推送", "請勿再發送廣告", "停止發送廣告訊息",
    "不要再推送了", "求求你们别发了", "别再給我推送消息了，謝謝", "别再推荐了，也别发消息了", "你好，退订", "全部退订", "TD退订", "不要再发这种垃圾信息", "请停止向我发送消息",
)  # fmt: skip
NO_STOPS = (
    "退订单", "我要退订单", "退订这个订单", "怎么退货", "发货了吗", "别再发错了", "别发错货", "不要发顺丰", "别发货了", "不用发货了",
    "先不要发货", "取消订单", "取消我的订单", "怎么取消订单", "我没有退订", "不要退订", "不想退订", "退订了吗", "我退订了吗", "退款什么时候到",
    "推荐一款茶壶", "别再推荐了", "不要再推薦了", "关掉推荐算法", "发票什么时候发", "什么时候发货", "你们发什么快递", "不要再漏水了", "别再寄错了", "订阅", "恢复推送", "取消退订", "不退订了",
    "消息收到了", "有什么优惠活动", "发个链接给我", "停产了吗", "这款停了吗", "退定金", "拒收了快递怎么办", "茶壶能退吗", "t恤有吗",
    "stop motion teapot", "别着急", "不要紧", "不要了", "不想要了", "我不想收货了", "别忘了发货", "不要发圆通", "请不要发到公司",
    "不要告诉别人", "别给我发错颜色", "关闭订单", "暂停发货", "停止供应了吗", "再给我发一个壶", "消息怎么看", "你好", "谢谢", "给我发个优惠券",
    "停了推送，以后想再收怎么办？", "如果退订了还有优惠吗",
)  # fmt: skip
STARTS = (
    "恢复推送", "恢復推送", "请恢复推送", "重新订阅", "我要订阅", "我要重新订阅", "订阅", "订阅推送", "可以继续发", "可以继续发了",
    "可以继续发消息了", "继续发吧", "继续推送", "继续给我发消息吧", "开启推送", "打开消息推送", "开通推送", "开始推送", "重新开启推送", "取消退订",
    "不退订了", "我想继续收到推送", "我还想收到你们的消息", "想收到优惠消息", "又想收推送了", "subscribe", "resume", "START",
    "可以给我推送了", "可以给我发消息了", "再给我发推送吧", "恢复消息通知", "怎么恢复推送", "怎么重新订阅", "恢复订阅", "請恢復訊息推送",
)  # fmt: skip
NO_STARTS = (
    "恢复发货", "继续发货吧", "可以发货了吗", "可以发了", "退订", "取消推送", "订阅号是什么", "开始发货了吗", "重新发货", "重新发一个",
    "重新寄一个给我", "继续", "开发票", "打开壶盖", "继续下单", "恢复出厂", "开通会员", "收到了", "收到消息了吗", "订阅了吗", "不要恢复推送",
    "别再恢复推送", "不订阅", "怎么订奶", "不想收到推送", "我没收到消息", "还没收到通知", "怎么没收到短信", "可以发顺丰吗", "可以再发一遍吗",
    "重新给我发货", "再发一次", "不要订阅", "start brewing", "收到消息", "收到信息了", "可以发短信吗", "可以发图片吗", "收到通知",
    "可以给我发个链接吗",
    "如果重新订阅会怎么样",
)  # fmt: skip


@pytest.mark.parametrize("text", STOPS)
def test_it_is_a_wish_to_stop_pushes(text: str) -> None:
    assert stops_pushes(text)
    assert not starts_pushes(text)


@pytest.mark.parametrize("text", NO_STOPS)
def test_it_is_no_wish_to_stop_pushes(text: str) -> None:
    assert not stops_pushes(text)


@pytest.mark.parametrize("text", STARTS)
def test_it_is_a_wish_to_start_pushes_again(text: str) -> None:
    assert starts_pushes(text)
    assert not stops_pushes(text)


@pytest.mark.parametrize("text", NO_STARTS)
def test_it_is_no_wish_to_start_pushes(text: str) -> None:
    assert not starts_pushes(text)


@given(st.text(alphabet="不要别再给我发推送退订消息了取消恢复继续的你们，。！ \x00]>{}TD", max_size=60))
def test_nobody_stops_and_starts_at_once(text: str) -> None:
    assert not (stops_pushes(text) and starts_pushes(text))


@pytest.mark.parametrize(
    ("text", "is_refusal"),
    [
        ("上新提醒我这个不用了", True),
        ("降价別通知我", True),
        ("甭喊我", True),
        ("唔使通知我", True),
        ("有特别的新品通知我", False),
        ("要不要我先关注，上新喊我一声", False),
    ],
)
def test_who_says_no_to_something_refuses(text: str, is_refusal: bool) -> None:
    assert refuses(text) is is_refusal


@pytest.mark.parametrize(
    "text", ["一个月发几次消息啊", "能不能一周一次", "只要活动的", "多久推一次", "别的不要", "能不能少发点"]
)
def test_how_they_come_is_no_wish_that_they_stop(text: str) -> None:
    assert asks_about_pushes(text)


@pytest.mark.parametrize("text", ["别再发了", "不想收广告了", "你们好烦"])
def test_a_wish_that_they_stop_asks_nothing(text: str) -> None:
    assert not asks_about_pushes(text)


def test_what_is_to_be_opened_is_said() -> None:
    assert names_pushes("重新打开推送")
    assert not any(map(names_pushes, ("打开", "开启吧", "继续")))


@pytest.mark.parametrize(
    "text", ["别再推荐了", "不要再推薦了", "不要给我推荐东西了", "关掉推荐算法", "把推荐关了", "不想看你们的推荐", "别推荐了，烦死了"]
)  # fmt: skip
def test_who_wants_no_suggestions_is_not_taken_off_the_pushes(text: str) -> None:
    assert refuses_suggestions(text)
    assert not stops_pushes(text)


@pytest.mark.parametrize(
    "text", ["推荐一下", "不要推荐红茶", "别再推送了", "别再给我发推荐消息", "取消推荐订阅"]
)
def test_suggestions_are_not_refused(text: str) -> None:
    assert not refuses_suggestions(text)
