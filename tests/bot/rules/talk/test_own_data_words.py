"""Which words are a wish about their own data."""

import pytest

from bot.rules.talk.own_data_words import Asked, asked_of


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("删除我的全部资料", Asked.ERASE),
        ("请帮我删除我的资料", Asked.ERASE),
        ("把我的数据都删掉", Asked.ERASE),
        ("我要注销账号", Asked.ERASE),
        ("注销", Asked.ERASE),
        ("忘记我", Asked.ERASE),
        ("刪除我的所有數據", Asked.ERASE),
        ("确认删除", Asked.ERASE_SURELY),
        ("导出我的资料", Asked.EXPORT),
        ("把我的聊天记录导出一份发给我", Asked.EXPORT),
        ("下载我的数据", Asked.EXPORT),
        ("关闭个性化推荐", Asked.PERSONAL_OFF),
        ("不要给我做个性化推荐了", Asked.PERSONAL_OFF),
        ("别再分析我了", Asked.PERSONAL_OFF),
        ("不要根据我的购买记录推荐", Asked.PERSONAL_OFF),
        ("打开个性化推荐", Asked.PERSONAL_ON),
        ("我的回执", Asked.RECEIPTS),
        ("隐私设置", Asked.RIGHTS),
    ],
)
def test_a_wish_is_heard(text: str, asked: Asked) -> None:
    assert asked_of(text) is asked


@pytest.mark.parametrize(
    "text",
    [
        "删除订单",
        "删除",
        "我的资料",
        "可以刻字做个性化定制吗",
        "忘记密码了怎么办",
        "怎么取消订单",
        "聊天记录",
        "你们会泄露我的个人信息吗",
        "确认收货",
        "",
        "删除我的资料" * 20,
    ],
)
def test_other_words_are_none(text: str) -> None:
    assert asked_of(text) is None
