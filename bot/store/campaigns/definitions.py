"""Puts definitions into the database by id: creates what is new, changes what differs, touches nothing else.

All or nothing is the door's: it commits only when nothing was raised.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert, select, update

from bot.config import Config
from bot.rules.contents import parts
from bot.rules.people import facts
from bot.rules.pushes import campaign_objections
from bot.rules.segments import segment_nesting, segment_vocabulary
from bot.rules.worth import partitions
from bot.store.campaigns import approvals, campaign_checks, campaign_pages, media_files
from bot.store.campaigns.content_rows import form_columns
from bot.store.database import Session
from bot.store.loyalty import offers
from bot.store.operators import audit
from bot.store.planning import pools
from bot.store.segments import segments
from bot.store.sending import notice_templates, withdrawals
from bot.store.tables import campaigns, contents, festivals, knowledge
from bot.store.tables import offers as offers_table
from bot.store.tables import segments as segments_table
from bot.store.talk import knowledge_asks
from bot.values.campaign import CampaignDraft
from bot.values.definitions import (
    BadDefinition,
    Campaign,
    Change,
    Content,
    Definition,
    Definitions,
    FieldChange,
    Knowledge,
    Offer,
    OwnFestival,
    Segment,
)
from bot.values.rule import BadRule, parse

AS_IT_COMES = Config()
NOT_COLUMNS = frozenset({"id", "origin", "segment", "contents", "notice", "template", "asks"})
DERIVED = frozenset({"version", "messages", "by_mass"})  # of a content: follow from what it says


def apply(
    session: Session,
    definitions: Definitions,
    *,
    staff_id: int | None,
    approve: bool,
    now: datetime,
    config: Config = AS_IT_COMES,
    client: str = "",
) -> list[Change]:
    """What was done, in the order of the tables. Raises `BadDefinition` for what does not fit what is there.

    With `approve` the contents are approved in the name of `staff_id`; without, a changed content loses its approval.
    `client` is the program that asked for it, if one did, for the audit. `config` holds the shop's quiet hours, and
    what its account may send.
    """
    segments.keep_everyone(session, now)
    put = _Putter(session, staff_id, now, client)
    changes = put.segments(definitions.segments, config)
    changes += [put.content(content, approve=approve) for content in definitions.contents]
    changes += [put.entry(entry) for entry in definitions.knowledge]
    changes += [put.festival(festival) for festival in definitions.festivals]
    changes += [put.offer(offer) for offer in definitions.offers]
    changes += [put.campaign(campaign, config) for campaign in definitions.campaigns]
    return changes


class _Putter:
    """Carries what every row needs: in whose name, and when."""

    def __init__(self, session: Session, staff_id: int | None, now: datetime, client: str) -> None:
        self._session = session
        self._staff_id = staff_id
        self._now = now
        self._by = {"client": client} if client else {}

    def segments(self, wanted: Sequence[Segment], config: Config) -> list[Change]:
        """In any order: they may name each other, and are understood once all are there."""
        changes = [self._segment(segment) for segment in wanted]
        if changed := {change.id for change in changes if change.what != "unchanged"}:
            self._are_sayable([segment for segment in wanted if segment.id in changed], config)
            try:
                segments.check(self._session, changed)
            except BadRule as error:
                first = next(segment for segment in wanted if segment.id in changed)
                raise BadDefinition(f"{first.origin}: {error}") from None
            self._plan_anew(changes)
        return changes

    def _are_sayable(self, changed: Sequence[Segment], config: Config) -> None:
        known = facts.load(config.facts.rules).attributes
        for segment in changed:
            strange = segment_vocabulary.strange(
                parse(segment.rule), lambda: partitions.load(config.value.partitions), known
            )
            if said := next(strange, ""):
                raise _bad(segment, "segment", *said.split(": ", 1))

    def _segment(self, segment: Segment) -> Change:
        if segment.id == segments.EVERYONE and segment.rule != {}:
            raise _bad(segment, "segment", "rule", "expected {}: everyone is always everyone")
        return self.row(segments_table, "segment", segment.id, _columns(segment))

    def _plan_anew(self, changes: Sequence[Change]) -> None:
        """What was planned by what these rules, or rules that ask for them, said before."""
        if said_anew := [one.id for one in changes if any(field.field == "rule" for field in one.fields)]:
            whose = segment_nesting.leaning_on(said_anew, segments.rules(self._session))
            withdrawals.after_segment(self._session, whose, self._now)

    def content(self, content: Content, *, approve: bool) -> Change:
        """An approval is of exactly what was seen: whatever is changed, it is gone."""
        for objection in (notice_templates.objection, media_files.objection):
            if said := objection(self._session, content):
                raise _bad(content, "content", *said)
        asked = select(contents.c.approved_by).where(contents.c.id == content.id)
        old = self._session.execute(asked).scalar_one_or_none()
        change = self.row(contents, "content", content.id, _content_columns(content))
        if any(field.field == "purpose" for field in change.fields):
            withdrawals.after_purpose(self._session, content.id, self._now)
        told = tuple(field for field in change.fields if field.field not in DERIVED)
        change = Change(change.what, change.kind, change.id, told)
        if approve and self._staff_id is not None and (old is None or change.what != "unchanged"):
            approvals.approve(self._session, content.id, staff_id=self._staff_id, now=self._now)
            return self._approved(change, old, self._staff_id)
        if not approve and old is not None and change.what == "updated":
            approvals.withdraw(self._session, content.id, self._now)
            return self._approved(change, old, None)
        return change

    def entry(self, entry: Knowledge) -> Change:
        """A file that says nothing of its wordings leaves them as they are."""
        change = self.row(knowledge, "knowledge", entry.id, _columns(entry))
        said = {} if entry.asks is None else {entry.id: entry.asks}
        asks = knowledge_asks.write(self._session, said, self._now).get(entry.id)
        if asks is None:
            return change
        before, after = list(asks.before), list(asks.after)
        self._audit("changed", "knowledge", entry.id, audit.changes({"asks": before}, {"asks": after}))
        if change.what == "created":
            return change
        return Change("updated", "knowledge", entry.id, (*change.fields, FieldChange("asks", before, after)))

    def festival(self, festival: OwnFestival) -> Change:
        if not festival.enabled and (using := campaign_checks.waiting_for(self._session, festival.id)):
            raise _bad(festival, "festival", "enabled", f"campaign {using} waits for it; pause that first")
        return self.row(festivals, "festival", festival.id, _columns(festival))

    def offer(self, offer: Offer) -> Change:
        if segments.find(self._session, offer.segment) is None:
            raise _bad(offer, "offer", "segment", f"no segment {offer.segment}")
        columns = {name: value for name, value in _columns(offer).items() if name != "option"}
        change = self.row(offers_table, "offer", offer.id, columns | {"segment_id": offer.segment})
        try:
            before = offers.put_options(self._session, offer.id, offer.option)
        except ValueError as error:
            raise _bad(offer, "offer", "option", str(error)) from None
        if before is None or change.what == "created":
            return change
        after = [{"letter": one.id, "name": one.name} for one in offer.option]
        self._audit("changed", "offer", offer.id, audit.changes({"option": before}, {"option": after}))
        return Change("updated", "offer", offer.id, (*change.fields, FieldChange("option", before, after)))

    def campaign(self, campaign: Campaign, config: Config) -> Change:
        if segments.find(self._session, campaign.segment) is None:
            raise _bad(campaign, "campaign", "segment", f"no segment {campaign.segment}")
        self._has_contents(campaign)
        columns = _columns(campaign) | {
            "segment_id": campaign.segment,
            "channels": list(campaign.channels),
            "variants": pools.weights(campaign),
        }
        change = self._pool(campaign, self.row(campaigns, "campaign", campaign.id, columns))
        if campaign.status != "ended" and change.what != "unchanged":
            self._is_fit(campaign, config)
        withdrawals.after_change(
            self._session, campaign.id, (field.field for field in change.fields), self._now
        )
        return change

    def _is_fit(self, campaign: Campaign, config: Config) -> None:
        """By the same rules as in the console, once it stands where the others see it."""
        if campaign.ends < self._now.astimezone(config.push.zone).date():
            raise _bad(campaign, "campaign", "ends", f"{campaign.ends} is past")
        draft = _draft(campaign)
        pool = campaign_pages.pool(self._session, draft.contents)
        grounds = campaign_checks.grounds(self._session, draft, pool, self._now, config)
        judged = (
            campaign_objections.to_running if campaign.status == "running" else campaign_objections.to_keeping
        )
        for objection in judged(draft, grounds):
            field = "segment" if objection.field == "segment_id" else objection.field
            raise _bad(campaign, "campaign", field, objection.sentence)

    def row(self, table: Table, kind: str, row_id: str, columns: Mapping[str, Any]) -> Change:
        """Writes and audits only what differs."""
        old = (
            self._session.execute(select(table).where(table.c.id == row_id).with_for_update())
            .mappings()
            .one_or_none()
        )
        if old is None:
            self._session.execute(insert(table).values(id=row_id, updated_at=self._now, **columns))
            self._audit("created", kind, row_id, audit.changes({}, columns))
            return Change("created", kind, row_id)
        fields = tuple(FieldChange(name, old[name], new) for name, new in columns.items() if old[name] != new)
        if not fields:
            return Change("unchanged", kind, row_id)
        values = {field.field: field.new for field in fields}
        self._session.execute(
            update(table).where(table.c.id == row_id).values(updated_at=self._now, **values)
        )
        self._audit("changed", kind, row_id, audit.changes(dict(old), values))
        return Change("updated", kind, row_id, fields)

    def _has_contents(self, campaign: Campaign) -> None:
        wanted = [content for content, _ in pools.wanted(campaign)]
        asked = select(contents.c.id, contents.c.approved_at).where(contents.c.id.in_(wanted))
        approvals_of = {row.id: row.approved_at for row in self._session.execute(asked)}
        for content in wanted:
            if content not in approvals_of:
                raise _bad(campaign, "campaign", "contents", f"no content {content}")
            if campaign.status == "running" and approvals_of[content] is None:
                said = "approve it in the console, or apply with --approve"
                raise _bad(campaign, "campaign", "contents", f"content {content} is not approved: {said}")

    def _pool(self, campaign: Campaign, change: Change) -> Change:
        """The contents in their order; a different order is a change too."""
        wanted = pools.wanted(campaign)
        old = pools.of_campaign(self._session, campaign.id)
        if old == wanted:
            return change
        pools.replace(self._session, campaign.id, wanted)
        if change.what == "created":
            return change
        pool = FieldChange("contents", pools.told(old), pools.told(wanted))
        self._session.execute(
            update(campaigns).where(campaigns.c.id == campaign.id).values(updated_at=self._now)
        )
        self._audit(
            "changed", "campaign", campaign.id, audit.changes({"contents": pool.old}, {"contents": pool.new})
        )
        return Change("updated", "campaign", campaign.id, (*change.fields, pool))

    def _approved(self, change: Change, old: int | None, new: int | None) -> Change:
        if new is not None:
            self._audit("approved", "content", change.id, {})
        if change.what == "created" or old == new:
            return change
        approved = FieldChange("approved", old is not None, new is not None)
        return Change("updated", "content", change.id, (*change.fields, approved))

    def _audit(self, done: str, kind: str, row_id: str, detail: Mapping[str, Any]) -> None:
        audit.record(
            self._session,
            f"{kind}.{done}",
            kind,
            row_id,
            staff_id=self._staff_id,
            now=self._now,
            detail={**detail, **self._by},
        )


def _columns(definition: Definition) -> dict[str, Any]:
    columns = {name: value for name, value in asdict(definition).items() if name not in NOT_COLUMNS}
    if isinstance(definition, Content):
        columns |= form_columns(definition)
    return columns


def _draft(campaign: Campaign) -> CampaignDraft:
    return CampaignDraft(
        name=campaign.name,
        segment_id=campaign.segment,
        contents=tuple(content for content, _ in pools.wanted(campaign)),
        priority=campaign.priority,
        starts=campaign.starts,
        ends=campaign.ends,
        regular=campaign.regular,
        repeat=campaign.repeat,
        channels=campaign.channels,
        marketing_in_window=campaign.marketing_in_window,
        occasion=campaign.occasion,
    )


def _content_columns(content: Content) -> dict[str, Any]:
    seen = (content.purpose, content.kind, content.text, content.media_id, content.details)
    return _columns(content) | {"version": parts.version_of(*seen)}


def _bad(definition: Definition, kind: str, field: str, said: str) -> BadDefinition:
    return BadDefinition(f"{definition.origin}: {kind} {definition.id}: {field}: {said}")
