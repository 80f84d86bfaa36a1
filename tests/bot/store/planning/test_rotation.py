"""What is counted of pushes, and what is shown next because of it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.config import Config
from bot.rules.pushes.rotation import ALIKE, TRIED_OUT, chance, is_trying_out, score
from bot.store.database import Session
from bot.store.planning import moments, rotation
from bot.store.planning.next_contents import judged_rows
from bot.store.tables import campaigns, category_rates, contents, customer_categories, customers
from tests.conftest import NOON
from tests.support.build import Build

SENT = datetime(2026, 11, 20, 4, tzinfo=UTC)
LATER = SENT + timedelta(days=3)
DAY = date(2026, 11, 24)


@pytest.fixture
def tea(build: Build) -> str:
    build.segment()
    build.content("tea", category="tea")
    build.content("jokes", category="jokes")
    return build.campaign("all", ["tea", "jokes"])


def pushed(build: Build, customer: int, content: str, at: datetime = SENT, **fields: object) -> None:
    build.delivery(
        customer_id=customer, campaign_id="all", content_id=content, state="sent", due_at=at, finished_at=at, day=at.date(),
        **fields,
    )  # fmt: skip


def counted(session: Session) -> dict[tuple[int, str], tuple[int, int, int]]:
    return {
        (row.customer_id, row.category): (row.shown, row.answered, row.stopped)
        for row in session.execute(select(customer_categories))
    }


def count_all(session: Session, now: datetime = LATER) -> None:
    while rotation.count(session, now):
        pass


def test_a_push_counts_once_with_what_followed_within_two_days(
    session: Session, build: Build, tea: str
) -> None:
    answers, late, leaves, before = (
        build.customer(),
        build.customer(),
        build.customer(stopped_pushes_at=SENT + timedelta(hours=1)),
        build.customer(),
    )
    for customer in (answers, late, leaves, before):
        pushed(build, customer, "tea")
    build.message(answers, "好的", created_at=SENT + timedelta(hours=47))
    build.message(late, "好的", created_at=SENT + timedelta(hours=49))
    build.message(leaves, "别发了", created_at=SENT + timedelta(hours=1))
    build.message(before, "在吗", created_at=SENT - timedelta(minutes=1))

    count_all(session)
    count_all(session)

    assert counted(session) == {
        (answers, "tea"): (1, 1, 0), (late, "tea"): (1, 0, 0), (leaves, "tea"): (1, 0, 1), (before, "tea"): (1, 0, 0),
    }  # fmt: skip
    (row,) = session.execute(select(category_rates))
    assert (row.shown, row.answered, row.stopped) == (4, 1, 1)


def test_a_push_waits_two_days_before_it_counts_and_a_later_one_adds_to_it(
    session: Session, build: Build, tea: str
) -> None:
    customer = build.customer()
    pushed(build, customer, "tea")
    count_all(session, SENT + timedelta(hours=47))
    assert counted(session) == {}

    count_all(session, SENT + timedelta(hours=48, minutes=1))
    pushed(build, customer, "jokes", SENT + timedelta(days=2))
    pushed(build, build.customer(), "tea", SENT + timedelta(days=2))
    count_all(session, SENT + timedelta(days=5))
    assert counted(session)[customer, "tea"] == (1, 0, 0)
    assert counted(session)[customer, "jokes"] == (1, 0, 0)
    assert {row.category: row.shown for row in session.execute(select(category_rates))} == {
        "tea": 2,
        "jokes": 1,
    }


def test_what_was_never_sent_counts_for_nothing(session: Session, build: Build, tea: str) -> None:
    build.delivery(
        customer_id=build.customer(), campaign_id="all", content_id="tea", state="failed", due_at=SENT, finished_at=SENT
    )  # fmt: skip
    count_all(session)
    assert counted(session) == {}


def next_of(session: Session, customer: int, day: date = DAY) -> str:
    known = rotation.Rotation(("jokes", "tea"), rotation.rates(session), is_known=True)
    by = known.order(contents.c.category, day)
    found = (
        select(contents.c.category)
        .select_from(
            known.beside(
                contents.join(customers, customers.c.id == customer), contents.c.category, customers.c.id
            )
        )
        .where(contents.c.category.in_(["jokes", "tea"]))
        .order_by(*by, contents.c.id)
    )
    return str(session.execute(found.limit(1)).scalar_one())


def steady(build: Build, number: int) -> list[int]:
    """Customers who try nothing out on the day."""
    found = [build.customer() for _ in range(number * 2)]
    return [customer for customer in found if not is_trying_out(customer, DAY)][:number]


def test_a_customer_gets_what_they_answer_and_others_what_most_answer(
    session: Session, build: Build, tea: str
) -> None:
    likes_jokes, unknown, refuses = steady(build, 3)
    for customer, category, shown, answered, stopped in (
        (likes_jokes, "jokes", 6, 5, 0),
        (likes_jokes, "tea", 6, 0, 0),
        (refuses, "tea", 3, 2, 1),
    ):
        session.execute(
            customer_categories.insert().values(
                customer_id=customer, category=category, shown=shown, answered=answered, stopped=stopped
            )
        )
    for category, shown, answered in (("tea", 1000, 300), ("jokes", 1000, 100)):
        session.execute(
            category_rates.insert().values(category=category, shown=shown, answered=answered, stopped=0)
        )
    assert next_of(session, likes_jokes) == "jokes"
    assert next_of(session, unknown) == "tea"
    assert next_of(session, refuses) == "jokes"
    assert next_of(session, unknown) == next_of(session, unknown)


def test_a_share_tries_out_by_a_chance_that_both_worlds_count_alike(
    session: Session, build: Build, tea: str
) -> None:
    everyone = [build.customer() for _ in range(400)]
    session.execute(category_rates.insert().values(category="tea", shown=1000, answered=900, stopped=0))
    session.execute(category_rates.insert().values(category="jokes", shown=1000, answered=10, stopped=0))
    got = {customer: next_of(session, customer) for customer in everyone[:120]}
    for customer, category in got.items():
        chances = {one: chance(customer, DAY, f"try {one}") for one in ("jokes", "tea")}
        expected = min(chances, key=chances.__getitem__) if is_trying_out(customer, DAY) else "tea"
        assert category == expected
    assert "jokes" in got.values()
    trying = sum(is_trying_out(customer, DAY) for customer in range(1, 20_001)) / 20_000
    assert trying == pytest.approx(TRIED_OUT, abs=0.01)
    another_day = sum(
        is_trying_out(customer, DAY) and is_trying_out(customer, DAY + timedelta(days=1))
        for customer in range(1, 20_001)
    )
    assert another_day / 20_000 == pytest.approx(TRIED_OUT**2, abs=0.01)


def test_a_few_counts_are_drawn_towards_everybody() -> None:
    assert score(1, 1, 0, 0.1) == pytest.approx((1 + ALIKE * 0.1) / (1 + ALIKE))
    assert score(1, 1, 0, 0.1) < score(10, 6, 0, 0.1)
    assert score(0, 0, 0, 0.1) == pytest.approx(0.1)


def next_planned(session: Session, campaign_id: str, customer: int) -> str | None:
    """As planning and explaining choose it."""
    campaign = session.execute(select(campaigns).where(campaigns.c.id == campaign_id)).one()
    moment = moments.claiming(session, NOON, Config())
    by = rotation.of_campaign(session, campaign, "care")
    asked = select(contents.c.id).select_from(judged_rows(campaign, "care", moment, rotation=by))
    return session.execute(asked.where(customers.c.id == customer)).scalar()


def test_the_next_content_is_of_the_best_category_and_never_one_they_got(
    session: Session, build: Build, tea: str
) -> None:
    (customer,) = steady(build, 1)
    for category, answered in (("jokes", 90), ("tea", 10)):
        session.execute(
            category_rates.insert().values(category=category, shown=100, answered=answered, stopped=0)
        )
    assert next_planned(session, "all", customer) == "jokes"
    pushed(build, customer, "jokes")
    assert next_planned(session, "all", customer) == "tea"
    pushed(build, customer, "tea", SENT + timedelta(days=2))
    assert next_planned(session, "all", customer) is None


def test_a_campaign_in_order_and_one_of_one_category_are_sent_as_listed(
    session: Session, build: Build, tea: str
) -> None:
    session.execute(category_rates.insert().values(category="jokes", shown=100, answered=90, stopped=0))
    build.campaign("story", ["tea", "jokes"], in_order=True)
    assert {next_planned(session, "story", build.customer()) for _ in range(30)} == {"tea"}
    build.content("tea-2", category="tea")
    build.campaign("teas", ["tea-2", "tea"])
    assert {next_planned(session, "teas", build.customer()) for _ in range(30)} == {"tea-2"}


def test_repeats_rotate_among_those_got_longest_ago(session: Session, build: Build, tea: str) -> None:
    (customer,) = steady(build, 1)
    build.campaign("again", ["tea", "jokes"], repeat=True)
    pushed(build, customer, "jokes")
    assert next_planned(session, "again", customer) == "tea"
