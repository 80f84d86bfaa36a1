"""The occasion of a campaign as an operator chooses it: which day, how far from it, for how long."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField
from wtforms.validators import NumberRange, Optional

from bot.rules.calendar import festivals
from bot.rules.pushes import occasions
from bot.values.festival import Festival
from handlers.console.forms import Form

ANY_DAY, KEPT = "", "kept"  # kept: a condition from a file, which the form does not show
CHOICES: Mapping[str, Any] = {
    ANY_DAY: _l("不限，活动期间都可以发"),
    "festival": _l("节日或大促"),
    "birthday": _l("客户生日（公历或农历）"),
    "anniversary:membership": _l("关注满周年"),
    "anniversary:first_order": _l("首次购买满周年"),
    "after:order": _l("下单之后（回访）"),
    "after:shipment": _l("发货之后（回访）"),
    "after:delivered": _l("签收之后（回访）"),
    "after:repair": _l("维修完成之后（回访）"),
    "after:return": _l("退换完成之后（回访）"),
    "care": _l("客户新进入某个人群时（关怀）"),
}
LABELS: Mapping[str, Any] = {
    "membership": _l("关注满周年"),
    "first_order": _l("首次购买满周年"),
    "order": _l("下单之后"),
    "shipment": _l("发货之后"),
    "delivered": _l("签收之后"),
    "repair": _l("维修完成之后"),
    "return": _l("退换完成之后"),
}
UP_TO_A_YEAR = NumberRange(0, occasions.LATEST, _l("请填 0 到 365"))


class OccasionFields(Form):
    occasion = SelectField(
        _l("时机"),
        choices=lambda: list(CHOICES.items()),
        default=ANY_DAY,
        description=_l("每位客户每次时机只收到一条"),
    )
    festival = SelectField(
        _l("哪个节日"), validate_choice=False, description=_l("只在选「节日或大促」时有用")
    )
    care_segment = SelectField(
        _l("进入哪个人群"), validate_choice=False, description=_l("只在选「新进入某个人群」时有用")
    )
    days = IntegerField(
        _l("相距几天"),
        [Optional(), UP_TO_A_YEAR],
        description=_l("节日、生日、周年：提前几天开始；下单、发货等：之后第几天开始"),
    )
    lasts = IntegerField(
        _l("可以发几天"),
        [Optional(), NumberRange(1, occasions.LONGEST, _l("请填 1 到 31"))],
        description=_l("不填：节日、生日到当天为止，回访 5 天，关怀 7 天"),
    )


def offer(
    form: OccasionFields, known: Iterable[Festival], segments: list[tuple[str, str]], today: date
) -> None:
    """Festivals by their next day, each with it."""
    coming = festivals.between(known, today, date(today.year + 1, today.month, min(today.day, 28)))
    first: dict[str, str] = {}
    for one in coming:
        first.setdefault(one.festival.id, f"{name_of(one.festival)} · {one.day}")
    form.festival.choices = list(first.items())
    form.care_segment.choices = segments


def shown(raw: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the fields hold for this occasion."""
    if raw is None:
        return {"occasion": ANY_DAY}
    occasion = occasions.read(dict(raw))
    chosen = {"anniversary": f"anniversary:{occasion.name}", "after": f"after:{occasion.name}"}
    found: dict[str, Any] = {
        "occasion": chosen.get(occasion.kind, occasion.kind),
        "days": abs(occasion.offset),
        "lasts": occasion.lasts,
    }
    if occasion.kind == "festival":
        found["festival"] = occasion.name
    if occasion.kind == "care":
        segment = _segment_in(occasion.rule)
        found |= {"care_segment": segment} if segment else {"occasion": KEPT}
    return found


def offer_kept(form: OccasionFields, raw: Mapping[str, Any] | None) -> None:
    """A condition that a file brought stays a choice, and a festival that is not coming soon."""
    held = shown(raw)
    if held["occasion"] == KEPT:
        form.occasion.choices = [*CHOICES.items(), (KEPT, _("客户新满足文件里写的条件时（关怀）"))]
    name = held.get("festival")
    if name and name not in dict(form.festival.choices):
        form.festival.choices = [*form.festival.choices, (name, name)]


def wanted(form: OccasionFields, kept: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The occasion as a file spells it. Raises `occasions.BadOccasion`."""
    chosen, days = form.occasion.data or ANY_DAY, form.days.data or 0
    kind, _colon, name = chosen.partition(":")
    lasts = {} if form.lasts.data is None else {"lasts": form.lasts.data}
    raw: dict[str, Any]
    match kind:
        case "":
            return None
        case "kept" if kept is not None:
            return dict(kept)
        case "festival":
            raw = {"festival": form.festival.data, "days_before": days}
        case "birthday":
            raw = {"birthday": True, "days_before": days}
        case "anniversary":
            raw = {"anniversary": name, "days_before": days}
        case "after":
            raw = {"after": name, "days": days}
        case _:
            condition = {"field": "segment", "op": "=", "value": form.care_segment.data}
            before = _beside_care(kept)
            raw = {"care": condition, **before}
    return occasions.written(occasions.read(raw | lasts))


def sentence(raw: Mapping[str, Any] | None, known: Mapping[str, Festival]) -> str:
    """中秋节，提前 3 天开始，共 2 天."""
    if raw is None:
        return str(_("不限，活动期间都可以发"))
    occasion = occasions.read(dict(raw))
    match occasion.kind:
        case "festival":
            what = name_of(known[occasion.name]) if occasion.name in known else occasion.name
        case "birthday":
            what = _("客户生日")
        case "care":
            segment = _segment_in(occasion.rule)
            what = _("新进入人群 %(name)s", name=segment) if segment else _("新满足文件里写的条件")
        case _:
            what = str(LABELS[occasion.name])
    parts = [what]
    if occasion.offset < 0:
        parts.append(_("提前 %(count)d 天开始", count=-occasion.offset))
    if occasion.kind == "after":
        parts.append(_("第 %(count)d 天开始", count=occasion.offset))
    parts.append(
        _("到节日结束为止") if occasion.lasts is None else _("可以发 %(count)d 天", count=occasion.lasts)
    )
    return str(_("，").join(parts))


def name_of(festival: Festival) -> str:
    return festival.name if str(get_locale()).startswith("zh") else festival.english


def _segment_in(rule: Mapping[str, Any]) -> str:
    """The segment, when that is all the condition asks."""
    asks_that = set(rule) == {"field", "op", "value"} and (rule["field"], rule["op"]) == ("segment", "=")
    return str(rule["value"]) if asks_that else ""


def _beside_care(kept: Mapping[str, Any] | None) -> dict[str, Any]:
    """The form does not ask for the pause: it stays what a file said."""
    names = ("pause_days", "existing")
    return {name: kept[name] for name in names if name in kept} if kept and "care" in kept else {}
