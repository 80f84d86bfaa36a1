"""What sources say of a customer: who is believed, what stays, what goes."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.store.database import Session
from bot.store.people import facts, facts_imported, forgetting, merging
from bot.store.shop import exports, intake
from bot.store.tables import customers
from bot.store.tables import facts as table
from bot.values.facts import Source
from bot.values.records import CustomerRecord
from tests.conftest import NOON
from tests.support.build import Build

TODAY = NOON.date()
DAY = timedelta(days=1)


def says(
    session: Session, customer: int, attribute: str, value: str, source: Source, days: int = 0, **more: Any
) -> bool:
    return facts.learn(
        session, customer, attribute, value, source, NOON + timedelta(days=days), TODAY, **more
    )


def believed(session: Session, customer: int, attribute: str) -> str | None:
    found = facts.holding(session, customer).get(attribute)
    return found.value if found else None


def row_of(session: Session, customer: int) -> Any:
    return session.execute(select(customers).where(customers.c.id == customer)).one()


def takes_in(session: Session, days: int = 0, **fields: Any) -> str:
    record = CustomerRecord(openid="o-anna", **fields)
    taken = intake.take(session, "customers", [record], NOON + timedelta(days=days), salt="salt")
    return str(taken[0])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param([("inference", "price"), ("own_word", "trend")], "trend", id="own word beats inference"),
        pytest.param([("own_word", "trend"), ("inference", "price")], "trend", id="whichever came first"),
        pytest.param([("own_word", "trend"), ("staff", "price")], "trend", id="and beats a later correction"),
        pytest.param([("staff", "price"), ("import", "trend")], "price", id="staff beats a later import"),
        pytest.param(
            [("import", "price"), ("order", "trend")], "trend", id="of import and order the later one"
        ),
        pytest.param([("order", "trend"), ("import", "price")], "price", id="and the other way round"),
        pytest.param(
            [("own_word", "trend"), ("own_word", "price")], "price", id="who changes their mind is believed"
        ),
    ],
)
def test_who_is_believed(
    session: Session, build: Build, said: list[tuple[Source, str]], expected: str
) -> None:
    customer = build.customer()
    for days, (source, value) in enumerate(said):
        says(session, customer, "decision_driver", value, source, days)
    assert believed(session, customer, "decision_driver") == expected


def test_what_was_said_before_stays_as_history(session: Session, build: Build) -> None:
    customer = build.customer()
    says(session, customer, "occupation", "student", "own_word")
    says(session, customer, "occupation", "white_collar", "own_word", days=3)
    old, new = facts.of(session, customer, with_history=True)
    assert (old.value, old.ended_by, old.ended_at, old.holds) == (
        "student",
        "superseded",
        NOON + 3 * DAY,
        False,
    )
    assert (new.value, new.ended_at, new.holds) == ("white_collar", None, True)


def test_the_customers_own_row_is_in_step(session: Session, build: Build) -> None:
    customer = build.customer(city="苏州")
    says(session, customer, "city", "杭州", "own_word")
    assert row_of(session, customer).city == "杭州"
    says(session, customer, "city", "上海", "staff", days=1)
    assert row_of(session, customer).city == "杭州"
    facts.erase(session, customer, "city", NOON + 2 * DAY)
    assert row_of(session, customer).city is None


def test_a_birthday_brings_its_age_band_and_takes_it_along(session: Session, build: Build) -> None:
    customer = build.customer()
    says(session, customer, "birthday", "1990-11-25", "own_word")
    assert believed(session, customer, "age_band") == "30s"
    assert row_of(session, customer).birthday == date(1990, 11, 25)
    facts.erase(session, customer, "birthday", NOON)
    assert believed(session, customer, "age_band") is None


def test_a_band_they_told_stays_when_the_birthday_goes(session: Session, build: Build) -> None:
    customer = build.customer()
    says(session, customer, "birthday", "1990-11-25", "import")
    says(session, customer, "age_band", "30s", "own_word")
    facts.erase(session, customer, "birthday", NOON)
    assert believed(session, customer, "age_band") == "30s"


def test_what_staff_retract_comes_back_only_by_a_person(session: Session, build: Build) -> None:
    customer, staff = build.customer(), build.staff()
    says(session, customer, "decision_driver", "price", "inference")
    gone = facts.retract(session, customer, "decision_driver", NOON, staff_id=staff)
    assert [fact.value for fact in gone] == ["price"]
    assert not says(session, customer, "decision_driver", "trend", "inference", days=1)
    assert believed(session, customer, "decision_driver") is None
    assert says(session, customer, "decision_driver", "trend", "own_word", days=2)
    history = facts.of(session, customer, with_history=True)
    assert ("price", "retracted") in {(fact.value, fact.ended_by) for fact in history}


def test_what_the_customer_erases_leaves_no_trace_and_nobody_else_says_it_again(
    session: Session, build: Build
) -> None:
    customer, staff = build.customer(), build.staff()
    says(session, customer, "occupation", "student", "own_word")
    says(session, customer, "occupation", "white_collar", "own_word", days=1)
    assert facts.erase(session, customer, "occupation", NOON + 2 * DAY) == 2
    assert {fact.value for fact in facts.of(session, customer, with_history=True)} == {""}
    assert not says(session, customer, "occupation", "student", "staff", days=3, staff_id=staff)
    facts.retract(session, customer, "occupation", NOON + 4 * DAY, staff_id=staff)
    assert not says(session, customer, "occupation", "student", "staff", days=5, staff_id=staff)
    assert believed(session, customer, "occupation") is None
    assert {fact.value for fact in facts.of(session, customer, with_history=True)} == {""}


def test_what_the_customer_erased_no_import_notes_again(session: Session, build: Build) -> None:
    customer = build.customer(openid="o-anna")
    takes_in(session, city="苏州", birthday=date(1990, 1, 2))
    facts.erase(session, customer, "city", NOON)
    facts.erase(session, customer, "birthday", NOON)
    takes_in(session, days=1, city="苏州", birthday=date(1990, 1, 2))
    found = {(fact.attribute, fact.value) for fact in facts.of(session, customer, with_history=True)}
    assert found == {("city", ""), ("birthday", "")}
    assert (row_of(session, customer).city, row_of(session, customer).birthday) == (None, None)


def test_an_import_notes_its_source_and_a_second_one_changes_nothing(session: Session, build: Build) -> None:
    customer = build.customer(openid="o-anna")
    assert takes_in(session, city="杭州", birthday=date(1990, 1, 2)) == "updated"
    assert takes_in(session, days=1, city="杭州", birthday=date(1990, 1, 2)) == "unchanged"
    found = facts.holding(session, customer)
    assert {(name, fact.value, fact.source) for name, fact in found.items()} == {
        ("city", "杭州", "import"),
        ("birthday", "1990-01-02", "import"),
        ("age_band", "30s", "import"),
    }
    assert found["city"].at == NOON


def test_an_import_is_noted_but_does_not_overrule_the_customer(session: Session, build: Build) -> None:
    customer = build.customer(openid="o-anna")
    says(session, customer, "city", "杭州", "own_word")
    assert takes_in(session, days=1, city="苏州", name="安娜") == "updated"
    assert (row_of(session, customer).city, row_of(session, customer).name) == ("杭州", "安娜")
    assert {
        (fact.source, fact.value) for fact in facts.of(session, customer) if fact.attribute == "city"
    } == {
        ("own_word", "杭州"),
        ("import", "苏州"),
    }
    assert takes_in(session, days=2, city="苏州", name="安娜") == "unchanged"


def test_a_new_customer_comes_with_facts(session: Session) -> None:
    assert takes_in(session, gender="female", province="浙江") == "created"
    customer = session.execute(select(customers.c.id)).scalar_one()
    assert {name: fact.value for name, fact in facts.holding(session, customer).items()} == {
        "gender": "female",
        "province": "浙江",
    }


def test_an_import_that_changes_its_mind_is_believed_anew(session: Session, build: Build) -> None:
    customer = build.customer(openid="o-anna")
    takes_in(session, city="苏州")
    takes_in(session, days=1, city="杭州")
    assert believed(session, customer, "city") == "杭州"
    history = facts.of(session, customer, with_history=True)
    assert [(fact.value, fact.ended_by) for fact in history] == [("苏州", "superseded"), ("杭州", "")]


def test_what_stands_only_in_the_row_is_adopted_once(session: Session, build: Build) -> None:
    customer = build.customer(city="苏州", name="安娜", birthday=date(1990, 1, 2))
    assert facts_imported.adopt(session, NOON) == 3
    assert facts_imported.adopt(session, NOON) == 0
    assert believed(session, customer, "birthday") == "1990-01-02"


def test_who_is_forgotten_has_no_facts_and_an_export_has_them(session: Session, build: Build) -> None:
    customer = build.customer(openid="o-anna")
    says(session, customer, "occupation", "student", "own_word")
    about = exports.everything_about(session, "o-anna")
    assert about is not None
    assert [fact["value"] for fact in about["facts"]] == ["student"]
    receipt = forgetting.forget(session, customer, "salt", NOON)
    assert receipt.facts == 1
    assert session.execute(select(table.c.id)).all() == []


def test_a_planted_second_belief_is_refused_by_the_table(session: Session, build: Build) -> None:
    customer = build.customer()
    says(session, customer, "occupation", "student", "own_word")
    says(session, customer, "occupation", "white_collar", "import")
    with pytest.raises(Exception, match=r"(?i)unique"):
        session.execute(update(table).values(holds=True))


def test_of_two_who_become_one_the_stronger_word_is_believed_and_undoing_gives_each_their_own(
    session: Session, build: Build
) -> None:
    chat = build.customer(openid="o-anna")
    shop = build.customer(openid=None, external_id="S1", followed_at=None)
    says(session, chat, "city", "苏州", "import")
    says(session, shop, "city", "杭州", "staff")
    says(session, shop, "occupation", "student", "import")
    merged = merging.merge(session, chat, shop, how="staff", staff_id=None, now=NOON)
    assert isinstance(merged, int)
    assert (believed(session, chat, "city"), believed(session, chat, "occupation")) == ("杭州", "student")
    assert row_of(session, chat).city == "杭州"
    merging.undo(session, merged, staff_id=None, now=NOON + DAY)
    assert (believed(session, chat, "city"), believed(session, shop, "city")) == ("苏州", "杭州")
    assert (row_of(session, chat).city, row_of(session, shop).city) == ("苏州", "杭州")
