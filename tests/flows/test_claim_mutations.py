"""Each policy and each clause of the claim is taken away in turn: what it held back gets through, so it is needed.

A scenario is a delivery that one thing alone stands against. It must be held while the clause is there and must get
through without it; a scenario that stays held would prove nothing.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Select, Update, event

from bot.clock import FixedClock
from bot.services import Services
from bot.store.database import Database
from bot.store.planning import eligibility, moments
from bot.store.planning.moments import Moment
from bot.store.sending import claims, deliveries, endings, halts, signing, taking_back
from bot.store.sending.endings import Ended
from bot.values.outcome import Sent
from bot.values.push import Claimed
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import Build
from tests.support.waiting import comes_true, is_waited_for

HOUR = timedelta(hours=1)
MORNING = NOON - HOUR / 2  # 11:30, when marketing may go out
TODAY = NOON.date()
OPEN = {"window_until": NOON + timedelta(days=1), "window_left": 5, "spoke_at": NOON - HOUR}
MARKETING: dict[str, Any] = {"at": MORNING, "purpose": "marketing"}
AS_MARKETING: dict[str, Any] = {"asked_for_pushes_at": NOON - timedelta(days=30)}

# Named for the operator only: another clause holds the same deliveries, as the reason beside it says.
ONLY_NAMES = {
    "quota_reserved": "nobody it holds is entitled",
    "too_few_left": "nobody it holds is entitled",
    "day_quota": "nobody it holds is entitled, and the ledger is asked once more under its lock",
    "nothing_new": "a delivery without a content is joined to none",
}


@dataclass(frozen=True, kw_only=True)
class Held:
    """What is unusual about the one delivery."""

    at: datetime = NOON
    purpose: str = "service"
    customer: dict[str, Any] = field(default_factory=dict)
    campaign: dict[str, Any] = field(default_factory=dict)
    content: dict[str, Any] = field(default_factory=dict)
    delivery: dict[str, Any] = field(default_factory=dict)
    push: dict[str, Any] = field(default_factory=dict)
    halted: str = ""


POLICIES: dict[str, Held] = {
    "forgotten": Held(customer={"forgotten_at": NOON - HOUR}),
    "not_following": Held(customer={"unfollowed_at": NOON - HOUR}),
    "opted_out": Held(customer={"wants_pushes": False}),
    "personal_off": Held(
        **MARKETING, customer=AS_MARKETING | {"wants_personal": False}, campaign={"segment_id": "tea-lovers"}
    ),
    "hold_out": Held(customer={"bucket": 5}, push={"hold_out_percent": 10}),
    "with_person": Held(**MARKETING, customer=AS_MARKETING | {"with_person_until": NOON + HOUR}),
    "complaint_open": Held(**MARKETING, customer=AS_MARKETING | {"complaint_open": True}),
    "campaign_over": Held(campaign={"status": "paused"}),
    "day_taken": Held(
        customer={"last_push_at": NOON - 3 * HOUR, "last_push_day": TODAY, "last_push_id": 7},
        delivery={"regular": False},
    ),
    "too_soon": Held(
        customer={
            "last_push_at": NOON - 25 * HOUR,
            "last_push_day": TODAY - timedelta(days=1),
            "last_push_id": 7,
        }
    ),
    "outside_window": Held(purpose="care"),
    "pushes_stopped": Held(halted=halts.PUSHES),
    "no_entitlement": Held(
        **MARKETING
    ),  # in a reply window nobody asked for it in; the ledger itself has a floor
    "not_approved": Held(
        **MARKETING, customer=AS_MARKETING, content={"approved_by": None, "approved_at": None}
    ),
    "too_late": Held(content={"useful_until": NOON - HOUR}),
    "channel_halted": Held(halted="reply_window"),
}
AT_THE_DOOR = ("forgotten", "not_following", "opted_out", "personal_off", "with_person", "complaint_open", "campaign_over", "pushes_stopped", "not_approved")  # fmt: skip


@dataclass
class Place:
    """One delivery and its customer, and a clock that a test moves."""

    services: Services
    clock: FixedClock
    delivery: int
    customer: int

    def moment(self) -> Moment:
        with self.services.database.reading() as session:
            return moments.claiming(session, self.clock.now(), self.services.config)

    def claims(self, token: str = "mine", real: datetime | None = None) -> bool:
        with self.services.database.transaction() as session:
            moment = moments.claiming(session, self.clock.now(), self.services.config)
            real = real or self.clock.real()
            return bool(claims.claim_pushes(session, [self.delivery], moment, token=token, real=real)[0])

    def leaves(self, token: str = "mine", real: datetime | None = None) -> bool:
        with self.services.database.transaction() as session:
            moment = moments.claiming(session, self.clock.now(), self.services.config)
            return bool(
                claims.mark_left(session, [self.delivery], token, moment, real=real or self.clock.real())
            )

    def changes(self, **values: Any) -> None:
        with self.services.database.transaction() as session:
            pushing.change_delivery(session, self.delivery, **values)

    def state(self) -> str:
        with self.services.database.reading() as session:
            return str(pushing.delivery(session, self.delivery).state)


def laid_out(database: Database, held: Held) -> Place:
    clock = FixedClock(held.at)
    services = pushing.services_with(database, clock, push=held.push)
    with database.transaction() as session:
        build = Build(session)
        build.segment()
        build.segment("tea-lovers", {"field": "tags", "op": "has", "value": "tea"})
        approved = {"approved_by": build.staff(), "approved_at": NOON}
        build.content("words", **({"purpose": held.purpose} | approved | held.content))
        build.campaign("first", ["words"], **held.campaign)
        customer = build.customer(**(OPEN | held.customer))
        build.customer(openid="o-another", **(OPEN | AS_MARKETING))  # whom all policies would let through
        delivery = build.delivery(
            **(
                {
                    "customer_id": customer,
                    "campaign_id": "first",
                    "content_id": "words",
                    "purpose": held.purpose,
                }
                | held.delivery
            )
        )
        if held.halted:
            pushing.halt(session, held.halted)
    return Place(services, clock, delivery, customer)


def without_policy(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    kept = tuple(policy for policy in eligibility.POLICIES if policy.name != name)
    monkeypatch.setattr(eligibility, "POLICIES", kept)


@contextmanager
def without(database: Database, *clauses: tuple[Any, str, str]) -> Iterator[list[str]]:
    """Drops the clauses (kind of statement, table, words of the clause) of all statements; yields what was dropped."""
    dropped: list[str] = []

    def rewrite(_session: Any, statement: Any, multi: Any, params: Any, _options: Any) -> Any:
        for kind, table, words in clauses:
            if isinstance(statement, kind) and table in _tables(statement):
                kept = tuple(one for one in statement._where_criteria if words not in str(one))
                if len(kept) < len(statement._where_criteria):
                    dropped.append(words)
                    statement = statement._clone()
                    statement._where_criteria = kept
        return statement, multi, params

    event.listen(database.engine, "before_execute", rewrite, retval=True)
    try:
        yield dropped
    finally:
        event.remove(database.engine, "before_execute", rewrite)


def _tables(statement: Any) -> set[str]:
    if isinstance(statement, Update):
        return {str(getattr(statement.table, "name", ""))}
    froms: list[Any] = statement.get_final_froms()
    sides = [getattr(one, side, None) for one in froms for side in ("left", "right")]
    return {str(getattr(one, "name", "")) for one in (*froms, *sides)}


def test_every_policy_of_the_claim_has_its_scenario() -> None:
    at_claim = {policy.name for policy in eligibility.at_stage(eligibility.CLAIM)}
    assert at_claim == set(POLICIES) | set(ONLY_NAMES)
    assert {policy.name for policy in eligibility.at_stage(eligibility.LEAVE)} == set(AT_THE_DOOR)


@pytest.mark.parametrize("purpose", ["service", "marketing"])
def test_an_ordinary_delivery_is_claimed_and_leaves(database: Database, purpose: str) -> None:
    held = Held(**MARKETING, customer=AS_MARKETING) if purpose == "marketing" else Held()
    place = laid_out(database, held)
    assert place.claims()
    assert place.leaves()


@pytest.mark.parametrize(
    "held",
    [
        pytest.param(
            Held(**MARKETING, customer=AS_MARKETING, campaign={"segment_id": "tea-lovers"}),
            id="what is chosen for them, who did not refuse that",
        ),
        pytest.param(
            Held(**MARKETING, customer=AS_MARKETING | {"wants_personal": False}), id="what goes to everyone"
        ),
        pytest.param(
            Held(customer={"wants_personal": False}, campaign={"segment_id": "tea-lovers"}),
            id="a notice they wait for",
        ),
    ],
)
def test_a_refusal_of_what_is_chosen_for_them_lets_through(database: Database, held: Held) -> None:
    place = laid_out(database, held)
    assert place.claims()
    assert place.leaves()


@pytest.mark.parametrize("name", POLICIES)
def test_without_this_policy_it_would_be_claimed(
    database: Database, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    place = laid_out(database, POLICIES[name])
    assert not place.claims()
    place.changes(state="planned", finished_at=None, reason="", claim_token=None)
    without_policy(monkeypatch, name)
    assert place.claims("another")


@pytest.mark.parametrize("name", AT_THE_DOOR)
def test_without_this_policy_it_would_leave(
    database: Database, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    place = laid_out(database, POLICIES[name])
    with monkeypatch.context() as patched:
        without_policy(patched, name)
        assert place.claims()
    assert not place.leaves()
    without_policy(monkeypatch, name)
    assert place.leaves()


PICK = (Select, "deliveries")
PICKED: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "due_at": ({"due_at": NOON + HOUR}, ("deliveries.due_at",)),
    "closes_at": ({"closes_at": NOON - HOUR}, ("deliveries.closes_at",)),
    "channel": ({"channel": "next_contact"}, ("deliveries.channel",)),
}


@pytest.mark.parametrize("name", PICKED)
def test_without_this_clause_what_is_not_due_would_be_picked(database: Database, name: str) -> None:
    """The policies would still be asked: a kept one is entitled to no channel and is skipped instead of kept."""
    fields, words = PICKED[name]
    place = laid_out(database, Held(delivery=fields))
    assert not place.claims()
    assert place.state() == "planned"
    with without(database, *((*PICK, word) for word in words)) as dropped:
        taken = place.claims()
    assert dropped
    assert taken or place.state() != "planned"


def test_a_delivery_is_one_claims_by_its_state(database: Database) -> None:
    """Two statements ask it: when it is picked and locked, and when it is written; each alone holds."""
    place = laid_out(database, Held(delivery={"state": "sent", "regular": False}))
    assert not place.claims()
    with without(database, (*PICK, "deliveries.state")):
        assert not place.claims()
    with without(database, (Update, "deliveries", "deliveries.state")):
        assert not place.claims()
    with without(database, (*PICK, "deliveries.state"), (Update, "deliveries", "deliveries.state")):
        assert place.claims()


def test_only_what_this_claim_signed_moves_its_customer(database: Database) -> None:
    """The condition on the customer's row: a delivery that is another's claim, or no claim at all, moves nobody."""
    place = laid_out(database, Held(delivery={"state": "sent", "claim_token": "another", "regular": False}))
    with without(database, (*PICK, "deliveries.state")):
        assert not place.claims()
    clauses = (*PICK, "deliveries.state"), (Update, "customers", "claim_token")
    with without(database, *clauses) as dropped, pytest.raises(KeyError):  # moves who is not asked about, too
        place.claims()
    assert dropped


def test_the_customers_row_is_asked_for_all_policies_at_once(database: Database) -> None:
    """The one condition that makes the claim conditional."""
    place = laid_out(database, Held(customer={"wants_pushes": False}))
    assert not place.claims()
    place.changes(state="planned", finished_at=None, reason="", claim_token=None)
    with without(database, (Update, "customers", "wants_pushes")) as dropped:
        assert place.claims("another")
    assert dropped


@pytest.mark.filterwarnings("ignore:UPDATE statement has a cartesian product")  # which is what is shown here
@pytest.mark.parametrize(
    ("held", "words"),
    [
        pytest.param(
            Held(**MARKETING, customer=AS_MARKETING, content={"approved_by": None, "approved_at": None}),
            "contents.id",
            id="another content's approval is not its own",
        ),
        pytest.param(
            Held(campaign={"status": "paused"}),
            "campaigns.id",
            id="another campaign that runs is not its own",
        ),
    ],
)
def test_a_delivery_is_judged_by_its_own_campaign_and_content(
    database: Database, held: Held, words: str
) -> None:
    place = laid_out(database, held)
    with database.transaction() as session:
        build = Build(session)
        approved = {"approved_by": build.staff(name="other"), "approved_at": NOON}
        build.campaign("other", [build.content("others", purpose=held.purpose, **approved)])
    assert not place.claims()
    place.changes(state="planned", finished_at=None, reason="", claim_token=None)
    with without(database, (Update, "customers", words)) as dropped:
        assert place.claims("another")
    assert dropped


@pytest.mark.parametrize(
    "last",
    [
        pytest.param({"last_push_day": TODAY, "last_push_at": NOON - 90 * HOUR}, id="of this very day"),
        pytest.param(
            {"last_push_day": TODAY - timedelta(days=3), "last_push_at": NOON - 19 * HOUR}, id="19 hours ago"
        ),
    ],
)
def test_the_day_and_the_hours_hold_each_by_itself(database: Database, last: dict[str, Any]) -> None:
    """They differ where the clock was wrong, or the shop's zone was changed."""
    place = laid_out(database, Held(customer=last | {"last_push_id": 7}, delivery={"regular": False}))
    assert not place.claims()


Scenario = Callable[[Place], bool]


def _slow(place: Place) -> bool:
    """Its claim was taken back and given to another."""
    assert place.claims("slow")
    place.changes(claim_token="quick")
    return place.leaves("slow")


def _late(place: Place) -> bool:
    assert place.claims()
    return place.leaves(real=place.clock.real() + signing.LEASE)


def _of_a_later_time(place: Place) -> bool:
    assert place.claims()
    real = place.clock.real()
    place.clock.forward(seconds=-60)
    return place.leaves(real=real)


def _window_closed(place: Place) -> bool:
    assert place.claims()
    place.changes(closes_at=NOON)
    return place.leaves()


def _ended_meanwhile(place: Place) -> bool:
    assert place.claims()
    place.changes(state="unknown")
    with place.services.database.transaction() as session:
        moment = moments.claiming(session, place.clock.now(), place.services.config)
        return bool(claims.mark_left(session, [place.delivery], "mine", moment, real=place.clock.real()))


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        pytest.param(_slow, "claim_token", id="another's claim"),
        pytest.param(_late, "lease_until", id="a lease that is over"),
        pytest.param(_of_a_later_time, "claimed_at", id="a claim of a later time"),
        pytest.param(_window_closed, "closes_at", id="a window that closed"),
        pytest.param(_ended_meanwhile, ".state", id="an attempt that has ended"),
    ],
)
def test_without_this_clause_it_would_leave(database: Database, scenario: Scenario, words: str) -> None:
    place = laid_out(database, Held())
    assert not scenario(place)
    place.changes(state="planned", claim_token=None, left_at=None, finished_at=None, closes_at=None)
    place.clock.set(NOON)
    with place.services.database.transaction() as session:
        pushing.change(session, place.customer, last_push_at=None, last_push_day=None, last_push_id=None)
    with without(database, (Select, "leaving", words), (Select, "deliveries", words)) as dropped:
        assert scenario(place)
    assert dropped


def test_what_is_being_taken_back_does_not_leave(postgresql: Database) -> None:
    """SQLite has one writer; here the second gate waits for who was there first."""
    place = laid_out(postgresql, Held())
    assert place.claims()
    moment = place.moment()
    with ThreadPoolExecutor(1) as pool:
        with postgresql.transaction() as session:
            taking_back.release(session, [place.delivery], moment, "", token="mine")
            leaves = pool.submit(place.leaves)
            assert comes_true(lambda: is_waited_for(postgresql))
        assert not leaves.result(60)


def _closes(place: Place, token: str) -> None:
    with place.services.database.transaction() as session:
        moment = moments.claiming(session, place.clock.now(), place.services.config)
        who = _claimed(place, token)
        endings.close(session, [Ended(who, Sent(), None)], moment)


def _claimed(place: Place, token: str) -> Claimed:
    with place.services.database.reading() as session:
        (found,) = deliveries.claimed(session, [place.delivery])
    return Claimed(
        id=found.id, token=token, channel=found.channel, profile=found.profile, content=found.content,
        payload=found.payload, attempts=found.attempts,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "token", "words"),
    [
        pytest.param({}, "somebody else", "claim_token", id="another's claim is not closed"),
        pytest.param(
            {"state": "planned"}, "mine", "deliveries.state", id="what was planned again is not closed"
        ),
    ],
)
def test_without_this_clause_it_would_be_called_sent(
    database: Database, fields: dict[str, Any], token: str, words: str
) -> None:
    place = laid_out(database, Held())
    assert place.claims()
    place.changes(**fields) if fields else None
    before = place.state()
    _closes(place, token)
    assert place.state() == before
    with without(database, (Update, "deliveries", words)) as dropped:
        _closes(place, token)
    assert dropped
    assert place.state() == "sent"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        pytest.param({"state": "sent"}, "deliveries.state", id="what was sent is not planned again"),
        pytest.param(
            {"claim_token": "quick"}, "deliveries.claim_token", id="another's claim is not taken back"
        ),
    ],
)
def test_without_this_clause_it_would_be_planned_again(
    database: Database, fields: dict[str, Any], words: str
) -> None:
    """The clauses of `release` stand in one condition, so they are taken away together."""
    place = laid_out(database, Held())
    assert place.claims()
    place.changes(**fields)

    def taken_back() -> None:
        with database.transaction() as session:
            taking_back.release(session, [place.delivery], place.moment(), "", token="mine")

    before = place.state()
    taken_back()
    assert place.state() == before
    with without(database, (Update, "deliveries", words)) as dropped:
        taken_back()
    assert dropped
    assert place.state() != before
