"""A rule in words, Chinese or English: as an outline, a line a node, or as one sentence. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.values.facts import Attribute
from bot.values.rule import All, AnyOf, Condition, Not, Rule
from bot.values.rule_fields import Kind, field_of

INDENT = "  "

WORDS: dict[str, dict[str, str]] = {
    "zh": {
        "everyone": "所有人", "all": "同时满足", "any": "满足其中任意一项", "not": "不满足", "none": "不同时满足", "neither": "一项也不满足",
        "=": "等于 {0}", "!=": "不等于 {0}", "<": "小于 {0}", "<=": "不超过 {0}", ">": "大于 {0}", ">=": "至少 {0}",
        "between": "在 {0} 到 {1} 之间", "in": "是{0}之一", "not_in": "不是{0}中的任何一个", "is": "是{0}", "is not": "不是{0}",
        "has": "有标签{0}", "lacks": "没有标签{0}", "segment": "属于人群{0}", "not segment": "不属于人群{0}", "or": "或", "empty": "未知",
        "yes": "：是", "no": "：否", "colon": "：", "semicolon": "；", "quote": "「{0}」", "days": "{0} 天", "yuan": "{0} 元", "of": "{1}的{0}",
        "lately": "近 {1} 天的{0}", "product": "商品「{1}」的{0}", "category": "品类「{1}」的{0}", "salt": "在「{1}」中抽到的{0}",
        "fact": "客户资料「{0}」", "said": "{0}{1}", "open": "（", "close": "）",
    },
    "en": {
        "everyone": "everyone", "all": "all of", "any": "any of", "not": "not", "none": "not all of", "neither": "none of",
        "=": "{0}", "!=": "not {0}", "<": "below {0}", "<=": "at most {0}", ">": "above {0}", ">=": "at least {0}",
        "between": "between {0} and {1}", "in": "one of {0}", "not_in": "none of {0}", "is": "{0}", "is not": "not {0}",
        "has": "has the tag {0}", "lacks": "has not the tag {0}", "segment": "belongs to {0}", "not segment": "does not belong to {0}", "or": " or ",
        "empty": "not known", "yes": "yes", "no": "no", "colon": ": ", "semicolon": "; ", "quote": "“{0}”", "days": "{0} days",
        "yuan": "{0} yuan", "of": "{0} of {1}", "lately": "{0} in the last {1} days", "product": "{0} of product “{1}”",
        "category": "{0} of category “{1}”", "salt": "{0} drawn for “{1}”", "fact": "the fact “{0}”", "said": "{0}: {1}", "open": "(",
        "close": ")",
    },
}  # fmt: skip

FIELD_NAMES: dict[str, tuple[str, str]] = {
    "orders": ("订单数", "orders"),
    "spend": ("消费额", "spend"),
    "orders_365d": ("近 365 天的订单数", "orders in the last 365 days"),
    "orders_total": ("累计订单数", "orders altogether"),
    "spent_total": ("累计消费额", "spend altogether"),
    "returns": ("退换货次数", "returns"),
    "reviews": ("评价数", "reviews"),
    "messages": ("来信数", "messages"),
    "pushes": ("收到的推送数", "pushes received"),
    "days_since_order": ("距上次下单", "time since the last order"),
    "followed_days": ("关注时长", "time since they followed"),
    "spoke_days": ("距上次来信", "time since they last wrote"),
    "pushed_days": ("距上次推送", "time since the last push"),
    "name": ("姓名", "name"),
    "gender": ("性别", "gender"),
    "region.province": ("省份", "province"),
    "region.city": ("城市", "city"),
    "level": ("会员等级", "level"),
    "points": ("积分", "points"),
    "points_expiring": ("一个月内到期的积分", "points that end within a month"),
    "tags": ("标签", "tags"),
    "source": ("来源", "source"),
    "source_scene": ("来源二维码", "QR scene"),
    "engagement": ("互动程度", "engagement"),
    "wants_pushes": ("愿意接收推送", "wants pushes"),
    "complaint_open": ("有未了结的投诉", "has an open complaint"),
    "bucket": ("随机分桶", "bucket"),
    "rfm.r": ("R 分", "R"),
    "rfm.f": ("F 分", "F"),
    "rfm.m": ("M 分", "M"),
    "score": ("贡献分", "score"),
    "satisfaction": ("满意度", "satisfaction"),
    "abc": ("ABC 分类", "ABC class"),
    "tier": ("金字塔层级", "tier"),
    "grid": ("满意度×购买量格", "grid cell"),
    "class": ("服务类别", "service class"),
    "lifecycle": ("生命周期", "life cycle"),
    "lookalike": ("与优质客户的相似度", "likeness to the best customers"),
    "nurturing.step": ("培育计划的步骤", "step of the nurturing plan"),
    "segment": ("人群", "segment"),
}

VALUE_NAMES: dict[str, dict[str, str]] = {  # in Chinese; an English reader understands the value as it is
    "gender": {"female": "女", "male": "男"},
    "engagement": {"engaged": "活跃", "ordinary": "一般", "tired": "倦怠"},
    "source": {
        "follow": "自己关注", "scan": "扫带参数的二维码", "message": "来信", "menu": "点菜单", "search": "搜索", "import": "导入",
        "ADD_SCENE_SEARCH": "搜索", "ADD_SCENE_QR_CODE": "扫二维码", "ADD_SCENE_PROFILE_CARD": "名片分享",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Titles:
    """What stands in a rule as a name, in people's words: segments by id, places by field and name, facts by name."""

    segments: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    facts: Mapping[str, Attribute] = field(default_factory=dict)


def outline(rule: Rule, locale: str = "zh", titles: Titles | None = None) -> list[str]:
    """A line a node, indented by two."""
    return list(_Teller(locale, titles or Titles()).lines(rule, 0))


def sentence(rule: Rule, locale: str = "zh", titles: Titles | None = None) -> str:
    return _Teller(locale, titles or Titles()).said(rule)


class _Teller:
    def __init__(self, locale: str, titles: Titles) -> None:
        self._is_english = locale.startswith("en")
        self._words = WORDS["en" if self._is_english else "zh"]
        self._titles = titles

    def lines(self, rule: Rule, depth: int) -> Iterator[str]:
        indent = INDENT * depth
        if rule == All(()):
            yield indent + self._words["everyone"]
        elif isinstance(rule, Condition):
            yield indent + self._condition(rule)
        elif isinstance(rule, Not) and isinstance(rule.rule, Condition):
            yield indent + self._words["not"] + self._words["colon"] + self._condition(rule.rule)
        else:
            yield indent + self._head(rule) + self._words["colon"].rstrip()
            for part in _parts(rule):
                yield from self.lines(part, depth + 1)

    def said(self, rule: Rule, *, inside: bool = False) -> str:
        if rule == All(()):
            return self._words["everyone"]
        if isinstance(rule, Condition):
            return self._condition(rule)
        if isinstance(rule, Not) and isinstance(rule.rule, Condition):
            return self._words["not"] + self._words["colon"] + self._condition(rule.rule)
        parts = self._words["semicolon"].join(self.said(part, inside=True) for part in _parts(rule))
        told = f"{self._head(rule)}{self._words['colon']}{parts}"
        return f"{self._words['open']}{told}{self._words['close']}" if inside else told

    def _head(self, rule: Rule) -> str:
        match rule:
            case All():
                return self._words["all"]
            case AnyOf():
                return self._words["any"]
            case Not(AnyOf()):
                return self._words["neither"]
            case Not(All()):
                return self._words["none"]
        return self._words["not"]

    def _condition(self, condition: Condition) -> str:
        kind = known.kind if (known := field_of(condition.field)) else Kind.TEXT
        if kind in {Kind.SET, Kind.SEGMENT}:
            negated = condition.op in {"lacks", "!=", "not_in"}
            names = {Kind.SET: ("has", "lacks"), Kind.SEGMENT: ("segment", "not segment")}[kind]
            return self._words[names[negated]].format(self._several(condition))
        return self._words["said"].format(self._what(condition), self._how(condition, kind))

    def _what(self, condition: Condition) -> str:
        if condition.field.startswith("fact."):
            return self._words["fact"].format(self._fact_named(condition.field))
        name = FIELD_NAMES[condition.field][self._is_english]
        for key in ("product", "category", "salt"):
            if beside := getattr(condition, key):
                name = self._words[key].format(name, beside)
        return name if condition.days is None else self._words["lately"].format(name, condition.days)

    def _how(self, condition: Condition, kind: Kind) -> str:
        if kind is Kind.FLAG:
            is_so = (condition.op == "=") == condition.value
            return self._words["yes" if is_so else "no"]
        if condition.op in {"in", "not_in"}:
            return self._words[condition.op].format(self._several(condition))
        op = (
            {"=": "is", "!=": "is not"}.get(condition.op, condition.op) if kind is Kind.TEXT else condition.op
        )
        given = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        return self._words[op].format(*(self._value(condition.field, each, kind) for each in given))

    def _several(self, condition: Condition) -> str:
        kind = known.kind if (known := field_of(condition.field)) else Kind.TEXT
        given = condition.value if isinstance(condition.value, tuple) else (condition.value,)
        shown = [self._value(condition.field, each, kind) for each in given]
        return (self._words["or"] if kind is Kind.SEGMENT else "、" if not self._is_english else ", ").join(
            shown
        )

    def _value(self, name: str, value: Any, kind: Kind) -> str:
        if kind is Kind.MONEY:
            return self._words["yuan"].format(value)
        if kind is Kind.DAYS:
            return self._words["days"].format(value)
        if kind is Kind.WHOLE:
            return str(value)
        if value == "":
            return self._words["empty"]
        title = self._titles.segments.get(value) if kind is Kind.SEGMENT else None
        if fact := self._fact(name):
            title = fact.shown(str(value), "en" if self._is_english else "zh")
        if not self._is_english:
            title = title or (self._titles.places.get(name) or VALUE_NAMES.get(name, {})).get(value)
        return self._words["quote"].format(title or value)

    def _fact(self, name: str) -> Attribute | None:
        return self._titles.facts.get(name.removeprefix("fact.")) if name.startswith("fact.") else None

    def _fact_named(self, name: str) -> str:
        """As it is written where the shop's own file of facts does not name it."""
        fact = self._fact(name)
        if fact is None:
            return name.removeprefix("fact.")
        return fact.english if self._is_english else fact.label


def _parts(rule: Rule) -> tuple[Rule, ...]:
    match rule:
        case All(parts) | AnyOf(parts):
            return parts
        case Not(All(parts) | AnyOf(parts)):
            return parts
        case Not(part):
            return (part,)
    return ()
