from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.config import Config, Push, WeChat
from bot.store.campaigns.definitions import apply
from bot.store.database import Session
from bot.store.segments import segments
from bot.store.tables import audit, campaign_contents, campaigns, contents, deliveries, knowledge
from bot.values.definitions import (
    BadDefinition,
    Campaign,
    Change,
    Content,
    Definitions,
    FieldChange,
    Knowledge,
    Offer,
    OwnFestival,
    Segment,
)
from bot.values.offers import Option
from tests.conftest import NOON
from tests.support.build import Build

TEA = Segment(
    id="tea", origin="shop.toml", name="爱茶的人", rule={"field": "tags", "op": "has", "value": "tea"}
)
WATER = Content(
    id="water", origin="shop.toml", title="水温", category="leisure", purpose="care", kind="text", text="您好", media_id=None,
    useful_until=datetime(2026, 12, 31, tzinfo=UTC),
)  # fmt: skip
CUPS = replace(WATER, id="cups", title="杯子")
EVENING = Campaign(
    id="evening", origin="shop.toml", name="晚间茶话", segment="tea", contents=("water",), priority=10, starts=date(2026, 11, 1),
    ends=date(2026, 12, 31), status="draft", regular=True, repeat=False, channels=("mass",), marketing_in_window=False,
)  # fmt: skip
ANSWER = Knowledge(
    id="hot", origin="shop.toml", question="多热？", keywords="", answer="80℃", category="", enabled=True
)
CHOICE = Offer(
    id="cups", origin="shop.toml", title="选一样", intro="", segment="tea", starts=date(2026, 11, 1), ends=date(2026, 12, 31),
    status="running", option=(Option(id="A", kind="cash", name="减 8", value=Decimal(8)),),
)  # fmt: skip
SHOP = Definitions(segments=(TEA,), contents=(WATER, CUPS), campaigns=(EVENING,), knowledge=(ANSWER,))


@pytest.fixture
def anna(build: Build) -> int:
    return build.staff(name="anna")


def applied(session: Session, anna: int, definitions: Definitions, *, approve: bool = False) -> list[Change]:
    return apply(session, definitions, staff_id=anna, approve=approve, now=NOON)


def one(session: Session, table: Any, row_id: str) -> Any:
    return session.execute(select(table).where(table.c.id == row_id)).one()


def test_what_is_new_is_created_and_audited(session: Session, anna: int) -> None:
    changes = applied(session, anna, SHOP)

    assert [(change.what, change.kind, change.id) for change in changes] == [
        ("created", "segment", "tea"),
        ("created", "content", "water"),
        ("created", "content", "cups"),
        ("created", "knowledge", "hot"),
        ("created", "campaign", "evening"),
    ]
    campaign = one(session, campaigns, "evening")
    assert (campaign.segment_id, campaign.channels, campaign.ends) == ("tea", ["mass"], date(2026, 12, 31))
    assert one(session, contents, "water").approved_at is None
    assert one(session, knowledge, "hot").answer == "80℃"
    assert [segment.id for segment in segments.every(session)] == ["everyone", "tea"]
    assert {row.staff_id for row in session.execute(select(audit))} == {anna}
    assert session.execute(select(func.count()).select_from(audit)).scalar_one() == 5


def test_applying_again_changes_nothing_and_writes_nothing(session: Session, anna: int) -> None:
    applied(session, anna, SHOP, approve=True)
    before = session.execute(select(func.count()).select_from(audit)).scalar_one()

    changes = apply(session, SHOP, staff_id=anna, approve=True, now=datetime(2026, 11, 25, tzinfo=UTC))

    assert {change.what for change in changes} == {"unchanged"}
    assert session.execute(select(func.count()).select_from(audit)).scalar_one() == before
    assert one(session, contents, "water").updated_at == NOON


def test_what_differs_is_updated_and_said(session: Session, anna: int) -> None:
    applied(session, anna, SHOP)
    changes = applied(
        session, anna, Definitions(campaigns=(replace(EVENING, priority=20, contents=("cups", "water")),))
    )

    assert changes == [
        Change(
            "updated", "campaign", "evening",
            (FieldChange("priority", 10, 20), FieldChange("contents", ["water"], ["cups", "water"])),
        )
    ]  # fmt: skip
    asked = select(campaign_contents.c.content_id).order_by(campaign_contents.c.position)
    assert list(session.execute(asked).scalars()) == ["cups", "water"]


def test_what_there_is_to_choose_is_created_changed_and_audited(session: Session, anna: int) -> None:
    applied(session, anna, Definitions(segments=(TEA,)))
    assert [change.what for change in applied(session, anna, Definitions(offers=(CHOICE,)))] == ["created"]
    assert [change.what for change in applied(session, anna, Definitions(offers=(CHOICE,)))] == ["unchanged"]

    two = replace(CHOICE, option=(*CHOICE.option, Option(id="B", kind="gift", name="小罐", stock=3)))
    [change] = applied(session, anna, Definitions(offers=(two,)))
    before, after = (
        [{"letter": "A", "name": "减 8"}],
        [{"letter": "A", "name": "减 8"}, {"letter": "B", "name": "小罐"}],
    )
    assert change == Change("updated", "offer", "cups", (FieldChange("option", before, after),))
    audited = select(audit.c.action).where(audit.c.subject_id == "cups").order_by(audit.c.id)
    assert list(session.execute(audited).scalars()) == ["offer.created", "offer.changed"]


def test_approval_is_given_in_a_persons_name(session: Session, anna: int) -> None:
    applied(session, anna, SHOP, approve=True)

    content = one(session, contents, "water")
    assert (content.approved_by, content.approved_at) == (anna, NOON)


def test_a_changed_content_loses_its_approval(session: Session, anna: int) -> None:
    applied(session, anna, SHOP, approve=True)
    (change,) = applied(session, anna, Definitions(contents=(replace(WATER, text="您早"),)))

    assert change.fields == (FieldChange("text", "您好", "您早"), FieldChange("approved", True, False))
    assert one(session, contents, "water").approved_by is None
    assert one(session, contents, "cups").approved_by == anna


def test_a_changed_content_is_approved_again_by_who_approves_now(
    session: Session, anna: int, build: Build
) -> None:
    applied(session, anna, SHOP, approve=True)
    bo = build.staff(name="bo")
    applied(session, bo, Definitions(contents=(replace(WATER, text="您早"), CUPS)), approve=True)

    assert one(session, contents, "water").approved_by == bo
    assert one(session, contents, "cups").approved_by == anna


def test_a_running_campaign_wants_approved_contents(session: Session, anna: int) -> None:
    running = replace(SHOP, campaigns=(replace(EVENING, status="running"),))
    with pytest.raises(
        BadDefinition, match=r"shop.toml: campaign evening: contents: content water is not approved"
    ):
        applied(session, anna, running)

    applied(session, anna, running, approve=True)
    assert one(session, campaigns, "evening").status == "running"


@pytest.mark.parametrize(
    ("campaign", "says"),
    [
        (replace(EVENING, segment="coffee"), "shop.toml: campaign evening: segment: no segment coffee"),
        (
            replace(EVENING, contents=("water", "watre")),
            "shop.toml: campaign evening: contents: no content watre",
        ),
        (replace(EVENING, ends=date(2026, 11, 23)), "shop.toml: campaign evening: ends: 2026-11-23 is past"),
    ],
)
def test_a_campaign_that_fits_nothing_is_refused(
    session: Session, anna: int, campaign: Campaign, says: str
) -> None:
    with pytest.raises(BadDefinition) as refused:
        applied(session, anna, replace(SHOP, campaigns=(campaign,)))
    assert str(refused.value) == says


def test_the_last_day_is_a_day_in_shanghai(session: Session, anna: int) -> None:
    last_day = replace(SHOP, campaigns=(replace(EVENING, ends=date(2026, 11, 24)),))
    apply(session, last_day, staff_id=anna, approve=False, now=datetime(2026, 11, 24, 13, 29, tzinfo=UTC))

    over = replace(SHOP, campaigns=(replace(EVENING, id="other", ends=date(2026, 11, 24)),))
    with pytest.raises(BadDefinition, match="is past"):
        apply(session, over, staff_id=anna, approve=False, now=datetime(2026, 11, 24, 16, tzinfo=UTC))


def test_a_file_with_a_campaign_that_is_over_can_be_applied_again(session: Session, anna: int) -> None:
    applied(session, anna, SHOP)
    changes = apply(session, SHOP, staff_id=anna, approve=False, now=datetime(2027, 2, 1, tzinfo=UTC))
    assert {change.what for change in changes} == {"unchanged"}


def test_a_campaign_may_use_what_was_there_before(session: Session, anna: int) -> None:
    applied(session, anna, replace(SHOP, campaigns=()))
    applied(session, anna, Definitions(campaigns=(replace(EVENING, segment="everyone"),)))
    assert one(session, campaigns, "evening").segment_id == "everyone"


def test_everyone_stays_everyone(session: Session, anna: int) -> None:
    with pytest.raises(BadDefinition, match=r"shop.toml: segment everyone: rule: expected {}"):
        applied(session, anna, Definitions(segments=(replace(TEA, id="everyone"),)))


OURS = OwnFestival(
    id="our-day", origin="shop.toml", name="店庆", english="Ours", kind="own", falls={"on": "12-18"}, lasts=1, since=None, enabled=True,
)  # fmt: skip
RUNNING = replace(EVENING, segment="everyone", status="running", starts=date(2026, 12, 1))


def refused(session: Session, anna: int, definitions: Definitions) -> str:
    with pytest.raises(BadDefinition) as fault, session.begin_nested():
        apply(session, definitions, staff_id=anna, approve=True, now=NOON)
    return str(fault.value)


def test_a_festival_of_the_shops_own_is_kept_and_waited_for(session: Session, anna: int) -> None:
    greeting = replace(RUNNING, regular=False, occasion={"festival": "our-day", "days_before": 0})
    wanted = Definitions(contents=(WATER,), festivals=(OURS,), campaigns=(greeting,))
    changes = apply(session, wanted, staff_id=anna, approve=True, now=NOON)
    assert [(change.what, change.kind) for change in changes] == [
        ("created", "content"), ("created", "festival"), ("created", "campaign"),
    ]  # fmt: skip
    again = apply(session, wanted, staff_id=anna, approve=True, now=NOON)
    assert {change.what for change in again} == {"unchanged"}
    off = Definitions(festivals=(replace(OURS, enabled=False),))
    assert "campaign evening waits for it" in refused(session, anna, off)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"occasion": {"festival": "easter", "days_before": 0}}, "occasion: no such festival", id="a festival nobody knows"),
        pytest.param({"occasion": {"festival": "qixi", "days_before": 0}}, "occasion: it does not happen within the period", id="one that is not in its period"),
        pytest.param({"starts": date(2026, 11, 24), "ends": date(2026, 11, 24)}, "ends: no window opens in its period for care", id="a day whose window is over"),
        pytest.param({"segment": "tea"}, "segment: nobody who follows is in it", id="a segment nobody is in"),
        pytest.param({"channels": ("subscription_notice",)}, "channels: none of these channels can ever carry: 水温", id="channels that cannot carry its content"),
    ],
)  # fmt: skip
def test_a_campaign_that_could_never_send_is_refused_when_it_is_saved(
    session: Session, anna: int, build: Build, change: dict[str, Any], said: str
) -> None:
    build.customer()
    late = datetime(2026, 11, 24, 14, tzinfo=UTC)
    wanted = Definitions(segments=(TEA,), contents=(WATER,), campaigns=(replace(RUNNING, **change),))
    with pytest.raises(BadDefinition, match=said) as fault:
        apply(session, wanted, staff_id=anna, approve=True, now=late)
    assert str(fault.value).startswith("shop.toml: campaign evening: ")


def test_quiet_hours_of_the_shop_count_when_a_campaign_is_saved(session: Session, anna: int) -> None:
    two_days = replace(RUNNING, starts=date(2026, 11, 25), ends=date(2026, 11, 26))
    wanted = Definitions(contents=(WATER,), campaigns=(two_days,))
    quiet = Config(push=Push(quiet_from=time(19), quiet_until=time(9)))
    with pytest.raises(BadDefinition, match="no window opens"):
        apply(session, wanted, staff_id=anna, approve=True, now=NOON, config=quiet)


def test_a_campaign_runs_only_on_channels_the_account_has(session: Session, anna: int) -> None:
    wanted = Definitions(contents=(WATER,), campaigns=(replace(RUNNING, status="draft"),))
    unverified = Config(wechat=WeChat(verified=False))
    apply(session, wanted, staff_id=anna, approve=True, now=NOON, config=unverified)
    wanted = Definitions(contents=(WATER,), campaigns=(RUNNING,))
    with pytest.raises(BadDefinition, match=r"channels: this account .* has no channel it may use for: 水温"):
        apply(session, wanted, staff_id=anna, approve=True, now=NOON, config=unverified)
    subscription = Config(wechat=WeChat(account_kind="subscription"))
    apply(session, wanted, staff_id=anna, approve=True, now=NOON, config=subscription)


def test_an_empty_segment_is_no_fault_of_a_draft_nor_of_a_shop_that_nobody_follows_yet(
    session: Session, anna: int, build: Build
) -> None:
    running = replace(RUNNING, segment="tea")
    apply(
        session,
        Definitions(segments=(TEA,), contents=(WATER,), campaigns=(running,)),
        staff_id=anna,
        approve=True,
        now=NOON,
    )
    build.customer()
    applied(
        session, anna, Definitions(campaigns=(replace(running, id="other", status="draft"),)), approve=False
    )


def test_a_change_to_a_running_campaign_is_in_the_audit_with_what_it_was(session: Session, anna: int) -> None:
    apply(
        session, Definitions(contents=(WATER,), campaigns=(RUNNING,)), staff_id=anna, approve=True, now=NOON
    )
    changed = replace(
        RUNNING, priority=50, occasion={"birthday": True, "days_before": 1, "lasts": 2}, regular=False
    )
    apply(session, Definitions(campaigns=(changed,)), staff_id=anna, approve=False, now=NOON)
    (entry,) = session.execute(select(audit.c.detail).where(audit.c.action == "campaign.changed")).scalars()
    assert entry == {
        "before": {"priority": 10, "regular": True, "occasion": None},
        "after": {
            "priority": 50,
            "regular": False,
            "occasion": {"birthday": True, "days_before": 1, "lasts": 2},
        },
    }


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        pytest.param({"hold_out_percent": 50}, "skipped", id="who gets it"),
        pytest.param({"contents": ("cups",)}, "skipped", id="what they get"),
        pytest.param({"priority": 50, "name": "茶"}, "planned", id="what is of the next plan"),
    ],
)
def test_what_was_planned_goes_nowhere_once_a_change_says_who_gets_what(
    session: Session, build: Build, anna: int, changes: dict[str, Any], state: str
) -> None:
    both = Definitions(contents=(WATER, CUPS), campaigns=(RUNNING,))
    apply(session, both, staff_id=anna, approve=True, now=NOON)
    planned = build.delivery(customer_id=build.customer(), campaign_id="evening", content_id="water")
    applied(session, anna, Definitions(campaigns=(replace(RUNNING, **changes),)))
    kept = select(deliveries.c.state).where(deliveries.c.id == planned)
    assert session.execute(kept).scalar_one() == state


FRIENDS = Segment(
    id="friends", origin="shop.toml", name="朋友", rule={"field": "segment", "op": "=", "value": "tea"}
)
STRANGERS = replace(FRIENDS, id="strangers", rule={"field": "tags", "op": "has", "value": "cups"})


@pytest.mark.parametrize(
    ("changed", "goes"),
    [
        pytest.param(
            replace(TEA, rule={"field": "tags", "op": "has", "value": "coffee"}), False, id="a rule"
        ),
        pytest.param(replace(TEA, name="茶友"), True, id="only the name of its segment"),
        pytest.param(
            replace(STRANGERS, rule={"field": "tags", "op": "has", "value": "pots"}),
            True,
            id="another segment",
        ),
        pytest.param(replace(WATER, purpose="marketing"), False, id="what its content is for"),
        pytest.param(replace(WATER, text="再会"), True, id="only the words of its content"),
        pytest.param(replace(CUPS, purpose="marketing"), True, id="another content"),
    ],
)
@pytest.mark.parametrize("segment", ["tea", "friends"])
def test_what_was_planned_for_other_people_or_another_purpose_goes_nowhere(
    session: Session, anna: int, build: Build, changed: Segment | Content, goes: bool, segment: str
) -> None:
    """Its customers are chosen anew by the next plan, its window and channel too."""
    known = Definitions(segments=(TEA, FRIENDS, STRANGERS), contents=(WATER, CUPS))
    applied(session, anna, replace(known, campaigns=(replace(EVENING, segment=segment),)))
    planned = build.delivery(
        customer_id=build.customer(), campaign_id="evening", content_id="water", purpose="care"
    )
    wanted = (
        Definitions(segments=(changed,)) if isinstance(changed, Segment) else Definitions(contents=(changed,))
    )
    applied(session, anna, wanted)
    row = session.execute(select(deliveries).where(deliveries.c.id == planned)).one()
    assert (row.state, row.reason) == (("planned", "") if goes else ("skipped", "campaign_changed"))
