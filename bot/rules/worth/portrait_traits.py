"""What each trait of the portrait is called, in Chinese and in English."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from bot.values.facts import Attribute as FactAttribute
from bot.values.portrait import Trait

Language: TypeAlias = Literal["zh", "en"]
Facts: TypeAlias = Mapping[str, FactAttribute]  # how the shop calls what it keeps of people

# by attribute: Chinese, English; {} is the value
_NAMED: Mapping[str, tuple[str, str]] = {
    "gender": ("{}", "{}"),
    "age": ("{}", "aged {}"),
    "province": ("住在{}", "living in {}"),
    "city": ("住在{}", "living in {}"),
    "level": ("会员等级为“{}”", "of the level {}"),
    "source": ("来自“{}”", "come by way of {}"),
    "scene": ("扫“{}”二维码来的", "come by the QR code {}"),
    "tag": ("带有标签“{}”", "tagged {}"),
    "bought": ("购买{}", "having bought {}"),
    "began_with": ("首单就买{}", "beginning with {}"),
    "coupons": ("{}", "{}"),
    "rhythm": ("{}", "{}"),
    "daypart": ("多在{}下单", "ordering mostly {}"),
    "weekday": ("多在{}下单", "ordering mostly {}"),
    "returns": ("{}", "{}"),
    "rating": ("{}", "{}"),
    "spoke": ("{}", "{}"),
}
_VALUES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "gender": {"female": ("女士", "women"), "male": ("先生", "men")},
    "age": {
        "under_20": ("20 岁以下", "under 20"),
        "20s": ("20–29 岁", "20–29"),
        "30s": ("30–39 岁", "30–39"),
        "40s": ("40–49 岁", "40–49"),
        "50s": ("50–59 岁", "50–59"),
        "60_plus": ("60 岁以上", "60 and over"),
    },
    "source": {
        "ADD_SCENE_SEARCH": ("搜索", "searching"),
        "ADD_SCENE_ACCOUNT_MIGRATION": ("账号迁移", "a moved account"),
        "ADD_SCENE_PROFILE_CARD": ("名片分享", "a shared card"),
        "ADD_SCENE_QR_CODE": ("扫码", "a QR code"),
        "ADD_SCENE_PROFILE_LINK": ("文章里的账号名称", "the name in an article"),
        "ADD_SCENE_PROFILE_ITEM": ("文章右上角菜单", "the menu of an article"),
        "ADD_SCENE_PAID": ("支付后关注", "following after a payment"),
        "ADD_SCENE_WECHAT_ADVERTISEMENT": ("微信广告", "a WeChat advertisement"),
        "ADD_SCENE_REPRINT": ("他人转载", "a reprint"),
        "ADD_SCENE_LIVESTREAM": ("视频号直播", "a live stream"),
        "ADD_SCENE_CHANNELS": ("视频号", "a channel"),
        "ADD_SCENE_WXA": ("小程序关注", "a mini programme"),
        "ADD_SCENE_OTHERS": ("其他途径", "another way"),
    },
    "coupons": {
        "never": ("从不用券", "never using a coupon"),
        "sometimes": ("有时用券", "sometimes using a coupon"),
        "mostly": ("大多用券", "mostly using a coupon"),
    },
    "rhythm": {
        "fortnight": ("平均不到两周买一次", "buying more than once a fortnight"),
        "month": ("平均两周到一个月买一次", "buying every two to four weeks"),
        "quarter": ("平均一到三个月买一次", "buying every one to three months"),
        "rarer": ("平均三个月以上买一次", "buying less than once a quarter"),
    },
    "daypart": {
        "morning": ("上午", "in the morning"),
        "noon": ("中午", "at noon"),
        "afternoon": ("下午", "in the afternoon"),
        "evening": ("晚上", "in the evening"),
        "night": ("深夜", "at night"),
    },
    "weekday": {"working_days": ("周一到周五", "Monday to Friday"), "weekends": ("周末", "at weekends")},
    "returns": {
        "none": ("从未退换货", "never returning anything"),
        "some": ("有过退换货", "having returned something"),
    },
    "rating": {
        "high": ("评价平均 4.5 分以上", "rating 4.5 and more"),
        "fair": ("评价平均 3.5–4.4 分", "rating 3.5 to 4.4"),
        "low": ("评价平均不到 3.5 分", "rating under 3.5"),
    },
    "spoke": {
        "month": ("近 30 天聊过天", "having written within 30 days"),
        "quarter": ("近 90 天聊过天", "having written within 90 days"),
        "year": ("近一年聊过天", "having written within a year"),
        "longer": ("一年多没有聊天", "silent for more than a year"),
        "never": ("从未聊过天", "never having written"),
    },
}


def trait_in_words(trait: Trait, facts: Facts, language: Language) -> str:
    place = 0 if language == "zh" else 1
    if trait.attribute.startswith("facts."):
        kept = facts.get(trait.attribute.removeprefix("facts."))
        if kept is None:
            return str(trait)
        label = kept.label if language == "zh" else kept.english
        return (
            f"{label}：{kept.shown(trait.value)}"
            if place == 0
            else f"{label}: {kept.shown(trait.value, 'en')}"
        )
    value = _VALUES.get(trait.attribute, {}).get(trait.value, (trait.value, trait.value))[place]
    return _NAMED[trait.attribute][place].format(value)


def reason_in_words(reason: str, facts: Facts, language: Language) -> str:
    """`+city=杭州` as a person would say it, its sign kept."""
    attribute, _, value = reason[1:].partition("=")
    return f"{reason[0]}{trait_in_words(Trait(attribute, value), facts, language)}"
