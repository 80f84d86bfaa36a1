"""The form of a campaign: new ones are drafts; a change to a running one must leave it fit to run."""

from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from bot.rules.contents.definition_fields import LARGEST_PRIORITY
from bot.rules.pushes import campaign_objections
from bot.rules.pushes.campaign_objections import Objection
from bot.rules.pushes.occasions import BadOccasion
from bot.store.campaigns import campaign_checks, campaign_pages, festivals
from bot.store.campaigns.campaign_pages import CampaignLine
from bot.store.database import Session
from bot.store.operators import audit
from bot.store.segments import segments
from bot.store.sending import withdrawals
from bot.values.campaign import CampaignDraft, PoolContent
from bot.values.channels import CHANNELS
from handlers.console import occasion_fields, words
from handlers.console.forms import an_id, at_most, between, given, required, seen_at, stripped
from handlers.console.guard import somebody
from handlers.console.occasion_fields import OccasionFields
from handlers.console.page import Page
from handlers.serving import services

PLACE = "place-"  # the field of a content's place in the pool: place-<id of the content>

page = Page("campaign_form", __name__, needs="operator", within="campaigns")


class CampaignForm(OccasionFields):
    name = StringField(_l("名称"), [required(), at_most(100)])
    segment_id = SelectField(_l("人群"))
    starts = DateField(_l("开始日期"), [required()])
    ends = DateField(_l("结束日期"), [required()], description=_l("这一天仍会发送"))
    priority = IntegerField(
        _l("优先级"),
        [given(), between(-LARGEST_PRIORITY, LARGEST_PRIORITY)],
        default=0,
        description=_l("同一天轮到几个活动时，数字大的先发；已经排好、还没发出的也会让给它"),
    )
    regular = BooleanField(
        _l("按常规节奏"),
        default=True,
        description=_l("不勾选：有时效的活动（节日、生日），可以比 2–3 天更早发送，但仍然一天最多一条"),
    )
    repeat = BooleanField(_l("同一内容可以再发给同一客户"))
    channels = SelectMultipleField(
        _l("渠道"),
        choices=lambda: [(channel, words.CHANNELS[channel]) for channel in CHANNELS],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("都不勾选：由系统为每位客户选择"),
    )
    marketing_in_window = BooleanField(
        _l("允许营销内容用客服消息"),
        description=_l("微信会处罚经客服消息强推的营销；不勾选时，只发给主动要过推送的客户"),
    )
    seen = HiddenField()


class NewCampaignForm(CampaignForm):
    id = StringField(
        _l("编号"), [required(), an_id(), at_most(64)], description=_l("例如 evening-tea，之后不能改")
    )


@page.route("/campaigns/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    form = NewCampaignForm()
    with _door() as store:
        pool = _offer(store, form, None)
        if draft := _fit(form, store, pool, None):
            if campaign_pages.add(store, form.id.data, draft, services().now()):
                _record(store, "campaign.created", form.id.data, audit.changes({}, asdict(draft)))
                flash(_("活动已存为草稿，还没有开始。"))
                return redirect(url_for("console.campaigns.show", campaign_id=form.id.data), code=303)
            form.id.errors = [_("这个编号已经有了")]
    return _page(form, pool, None)


@page.route("/campaigns/<campaign_id>/edit", methods=["GET", "POST"])
def edit(campaign_id: str) -> ResponseReturnValue:
    with _door() as store:
        line = campaign_pages.find(store, campaign_id)
        if line is None:
            abort(404)
        kept = line.draft.occasion
        held = {**asdict(line.draft), **occasion_fields.shown(kept), "seen": line.updated_at.isoformat()}
        form = CampaignForm(data=held)
        pool = _offer(store, form, kept)
        if draft := _fit(form, store, pool, kept, status=line.status):
            if campaign_pages.change(store, campaign_id, draft, seen_at=seen_at(form), now=services().now()):
                changes = audit.changes(asdict(line.draft), asdict(draft))
                _record(store, "campaign.changed", campaign_id, changes)
                anew = withdrawals.after_change(
                    store, campaign_id, changes.get("after", ()), services().now()
                )
                flash(_("活动已修改。"))
                if anew:
                    flash(_("还没有发出的 %(count)d 条推送会按新的设置重新安排。", count=anew))
                return redirect(url_for("console.campaigns.show", campaign_id=campaign_id), code=303)
            form.name.errors = [_("别人刚刚改过或结束了这个活动，请重新打开再改。")]
    return _page(form, pool, line)


def _door() -> AbstractContextManager[Session]:
    """Only what may write waits for those who write."""
    return services().database.transaction() if request.method == "POST" else services().database.reading()


def _offer(store: Session, form: CampaignForm, kept: dict[str, Any] | None) -> list[PoolContent]:
    form.segment_id.choices = [(segment.id, segment.name) for segment in segments.every(store)]
    today = services().now().astimezone(services().config.push.zone).date()
    known = festivals.known(store).values()
    occasion_fields.offer(form, known, form.segment_id.choices, today)
    occasion_fields.offer_kept(form, kept)
    return campaign_pages.pool(store)


def _fit(
    form: CampaignForm,
    store: Session,
    pool: list[PoolContent],
    kept: dict[str, Any] | None,
    *,
    status: str = "draft",
) -> CampaignDraft | None:
    """What was filled in, when there is nothing against it; else the reasons stand at their fields."""
    draft = _draft(form, pool, kept) if form.validate_on_submit() else None
    if draft is None:
        return None
    grounds = campaign_checks.grounds(store, draft, pool, services().now(), services().config)
    judged = campaign_objections.to_running if status == "running" else campaign_objections.to_keeping
    return None if _objected(form, judged(draft, grounds)) else draft


def _objected(form: CampaignForm, objections: list[Objection]) -> bool:
    """Puts each reason at its field; the pool of contents is no field of the form but has its own place."""
    for objection in objections:
        reason = f"{words.OBJECTIONS[objection.reason]}{objection.about}"
        if objection.field == "contents":
            form.form_errors.append(reason)
        else:
            form[objection.field].errors = [*form[objection.field].errors, reason]
    return bool(objections)


def _draft(form: CampaignForm, pool: list[PoolContent], kept: dict[str, Any] | None) -> CampaignDraft | None:
    """None when the occasion is none, with the reason at its field."""
    try:
        occasion = occasion_fields.wanted(form, kept)
    except BadOccasion as error:
        form.occasion.errors = [f"{words.OBJECTIONS['bad_occasion']}{error}"]
        return None
    return CampaignDraft(
        occasion=occasion,
        name=stripped(form.name.data),
        segment_id=form.segment_id.data,
        contents=tuple(_places(pool)),
        priority=form.priority.data,
        starts=form.starts.data,
        ends=form.ends.data,
        regular=form.regular.data,
        repeat=form.repeat.data,
        channels=tuple(form.channels.data or ()),
        marketing_in_window=form.marketing_in_window.data,
    )


def _places(pool: list[PoolContent]) -> list[str]:
    """The contents that were given a place, by that place; the same place twice keeps the list's order."""
    given_places: list[tuple[int, str]] = []
    for content in pool:
        place = request.form.get(PLACE + content.id, "", type=str).strip()
        if place.isdecimal():
            given_places.append((int(place[:9]), content.id))
    return [content_id for _place, content_id in sorted(given_places, key=lambda found: found[0])]


def _page(form: CampaignForm, pool: list[PoolContent], line: CampaignLine | None) -> ResponseReturnValue:
    if form.is_submitted():
        places = {content.id: request.form.get(PLACE + content.id, "") for content in pool}
    else:
        places = {name: str(place) for place, name in enumerate(line.draft.contents if line else (), start=1)}
    pool = sorted(pool, key=lambda content: not places.get(content.id))  # the chosen ones first
    status = 422 if form.is_submitted() else 200
    return render_template(
        "console/campaign_form.html", form=form, pool=pool, places=places, campaign=line
    ), status


def _record(store: Session, action: str, campaign_id: str, detail: dict[str, Any]) -> None:
    audit.record(
        store, action, "campaign", campaign_id, staff_id=somebody().id, now=services().now(), detail=detail
    )
