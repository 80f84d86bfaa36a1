"""The portrait as a whole, from rows of a shop to sentence, scores and commands."""

import json
import random
from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, insert, select, update

from bot import portrayal
from bot.clock import FixedClock
from bot.rules.people import facts as fact_rules
from bot.rules.worth import portrait_traits, portrait_words
from bot.services import Services
from bot.store.database import Database
from bot.store.people import forgetting
from bot.store.segments import segments
from bot.store.tables import (
    customer_statistics,
    customers,
    facts,
    lookalikes,
    order_lines,
    orders,
    products,
)
from bot.store.worth import portraits
from bot.values.portrait import InSegment, Portrait, Top
from scheduler import portrait
from tests.conftest import NOON
from tests.support import pushing
from tests.support.build import LONG_AGO, Build
from tests.support.terminal import Run

PEOPLE = 900
BUYERS = 600


@pytest.fixture
def services(database: Database) -> Services:
    return pushing.services_with(database, FixedClock(NOON))


def a_shop(database: Database) -> None:
    """600 buyers of one order: of the best 120, half are women of Hangzhou who bought tea ware; of the others a tenth.

    300 never bought. What everything else is, is drawn by lot.
    """
    draw = random.Random(1)
    people, statistics, bought, lines = [], [], [], []
    with database.transaction() as session:
        product_ids = {
            category: Build(session).product(external_id=category, category=category)
            for category in ("茶器", "茶叶", "锅具")
        }
        for number in range(1, PEOPLE + 1):
            is_best = number <= BUYERS and number % 5 == 0
            is_of_the_kind = draw.random() < (0.5 if is_best else 0.1)
            city = "杭州" if is_of_the_kind else draw.choice(["苏州", "宁波", "绍兴"])
            people.append(
                {
                    "id": number,
                    "openid": f"o{number}",
                    "bucket": number,
                    "city": city,
                    "province": "浙江",
                    "gender": "female" if is_of_the_kind else draw.choice(["female", "male", None]),
                    "birthday": date(draw.randint(1960, 2005), 3, 1),
                    "source": draw.choice(["ADD_SCENE_SEARCH", "ADD_SCENE_QR_CODE"]),
                    "followed_at": LONG_AGO,
                    "created_at": LONG_AGO,
                }
            )
            has_bought = number <= BUYERS
            statistics.append(
                {
                    "customer_id": number,
                    "orders": int(has_bought),
                    "placed": int(has_bought),
                    "spent": 100 + number if has_bought else 0,
                    "first_order_at": LONG_AGO if has_bought else None,
                    "last_order_at": LONG_AGO if has_bought else None,
                    "known_at": LONG_AGO,
                    "updated_at": LONG_AGO,
                    "score": 900 if is_best else draw.randint(100, 800),
                }
            )
            if has_bought:
                category = "茶器" if is_of_the_kind else draw.choice(["茶叶", "锅具"])
                bought.append(
                    {
                        "id": number,
                        "external_id": f"D{number}",
                        "customer_id": number,
                        "status": "paid",
                        "amount": 1,
                        "ordered_at": LONG_AGO + timedelta(hours=draw.randint(0, 24 * 60)),
                    }
                )
                lines.append(
                    {
                        "order_id": number,
                        "position": 1,
                        "product_id": product_ids[category],
                        "product_name": "x",
                        "quantity": 1,
                        "price": 1,
                    }
                )
        session.execute(insert(customers), people)
        session.execute(insert(customer_statistics), statistics)
        session.execute(insert(orders), bought)
        session.execute(insert(order_lines), lines)


def standing(found: Portrait) -> list[str]:
    return [str(each.trait) for each in found.shared if each.is_more_common]


def test_the_planted_kind_is_found_and_nothing_else(services: Services, database: Database) -> None:
    a_shop(database)

    found = portrayal.portray(services, Top())

    assert (found.best, found.rest, found.reason) == (120, 480, "")
    assert set(standing(found)) == {"city=杭州", "bought=茶器", "gender=female"}
    tea = next(each for each in found.shared if str(each.trait) == "bought=茶器")
    with database.reading() as session:
        scores = session.scalars(
            select(customer_statistics.c.score)
            .join_from(customer_statistics, orders, orders.c.customer_id == customer_statistics.c.customer_id)
            .join(order_lines, order_lines.c.order_id == orders.c.id)
            .join(products, products.c.id == order_lines.c.product_id)
            .where(products.c.category == "茶器")
        )
        by_hand = Counter(score == 900 for score in scores)
    assert (tea.best_have, tea.rest_have) == (by_hand[True], by_hand[False])
    assert tea.lift == pytest.approx((by_hand[True] / 120) / (by_hand[False] / 480))
    assert {"level", "returns", "rating", "spoke"} <= set(found.left_out)

    said = portrait_words.sentence(found, fact_rules.load("").attributes, "zh")
    assert "前 20% 的客户" in said
    assert "住在杭州" in said
    assert "购买茶器的比例是其他客户的" in said


def test_facts_that_are_believed_take_part(services: Services, database: Database) -> None:
    a_shop(database)
    with database.transaction() as session:
        held = {"attribute": "occupation", "source": "own_word", "confidence": 1.0, "at": LONG_AGO}
        rows = [
            held
            | {"customer_id": number, "value": "student" if number % 5 == 0 else "at_home", "holds": True}
            for number in range(1, 201)
        ]
        ended = [
            held | {"customer_id": number, "value": "student", "holds": False, "ended_at": NOON}
            for number in range(201, 401)
        ]
        session.execute(insert(facts), rows)
        session.execute(insert(facts), ended)
    found = portrayal.portray(services, Top())
    occupation = next(each for each in found.shared if str(each.trait) == "facts.occupation=student")
    assert (occupation.best_have, occupation.best_of, occupation.rest_have, occupation.rest_of) == (
        40,
        40,
        0,
        160,
    )
    assert (
        portrait_traits.trait_in_words(occupation.trait, fact_rules.load("").attributes, "zh") == "身份：学生"
    )


def test_a_segment_is_compared_with_everybody_but_not_by_what_it_asks_for(
    services: Services, database: Database
) -> None:
    a_shop(database)
    with database.transaction() as session:
        rule = {"field": "region.city", "op": "=", "value": "杭州"}
        segments.define(session, "hangzhou", name="杭州", rule=rule, now=NOON)
    found = portrayal.portray(services, InSegment("hangzhou"))
    assert found.best + found.rest == PEOPLE
    assert {"city", "province"} <= set(found.left_out)
    assert "bought=茶器" in standing(found)
    with pytest.raises(portrayal.NoSegment, match="no segment nowhere"):
        portrayal.portray(services, InSegment("nowhere"))


def test_everybody_else_gets_a_score_and_a_second_refresh_writes_nothing(
    services: Services, database: Database
) -> None:
    a_shop(database)

    first = portrayal.refresh(services)

    assert (first.scored, first.written) == (PEOPLE - 120, PEOPLE - 120)
    check = next(model.check for model in first.models if model.population == "buyers")
    assert check is not None
    assert check.auc_low > 0.5
    again = portrayal.refresh(services)
    assert (again.version, again.scored, again.written) == (first.version, first.scored, 0)
    with database.reading() as session:
        best = portraits.most_alike(session, 30)
        assert [each.score for each in best] == sorted((each.score for each in best), reverse=True)
        assert "+city=杭州" in best[0].reasons
        assert portraits.of(session, "o5") is None  # one of the best
        assert session.scalar(select(func.min(lookalikes.c.score))) >= 0


def test_where_purchases_teach_nothing_buyers_are_judged_by_who_they_are(
    services: Services, database: Database
) -> None:
    """The best differ from the others by their city only through how often they order."""
    draw = random.Random(2)
    with database.transaction() as session:
        for number in range(1, 801):
            city = "杭州" if number % 2 else "苏州"
            count = 9 if draw.random() < (0.4 if city == "杭州" else 0.1) else 1
            customer = Build(session).customer(openid=f"o{number}", city=city)
            row = {"orders": count, "score": 100 * count, "known_at": LONG_AGO, "updated_at": LONG_AGO}
            session.execute(insert(customer_statistics).values(customer_id=customer, **row))
    done = portrayal.refresh(services)
    assert [model.reason for model in done.models] == ["no_better_than_chance", ""]
    assert done.scored > 500
    with database.reading() as session:
        assert portraits.most_alike(session, 1)[0].reasons == ("+city=杭州",)


def test_who_becomes_one_of_the_best_loses_the_score(services: Services, database: Database) -> None:
    a_shop(database)
    portrayal.refresh(services)
    with database.transaction() as session:
        session.execute(
            update(customer_statistics).where(customer_statistics.c.customer_id == 1).values(score=999)
        )
    portrayal.refresh(services)
    with database.reading() as session:
        assert portraits.of(session, "o1") is None
        assert portraits.of(session, "o2") is not None


def test_the_forgotten_are_gone_at_once_and_stay_so(services: Services, database: Database) -> None:
    a_shop(database)
    portrayal.refresh(services)
    with database.transaction() as session:
        forgetting.forget(session, 1, "salt", NOON)
        assert session.scalar(select(func.count()).where(lookalikes.c.customer_id == 1)) == 0
    portrayal.refresh(services)
    with database.transaction() as session:
        assert session.scalar(select(func.count()).where(lookalikes.c.customer_id == 1)) == 0
        session.execute(delete(orders).where(orders.c.customer_id == 2))
        session.execute(delete(customers).where(customers.c.id == 2))
        assert session.scalar(select(func.count()).where(lookalikes.c.customer_id == 2)) == 0


def test_who_was_forgotten_since_the_rows_were_read_is_not_written(
    services: Services, database: Database
) -> None:
    a_shop(database)
    done = portrayal.refresh(services)
    with database.transaction() as session:
        forgetting.forget(session, 1, "salt", NOON)
        written = portraits.replace(session, done.version, 1, 3, [(1, 50, []), (2, 50, []), (3, 7, [])], NOON)
        assert written == 2


def test_a_refresh_that_another_overtook_writes_no_more(services: Services, database: Database) -> None:
    a_shop(database)
    portrayal.refresh(services)
    with database.transaction() as session:
        assert portraits.replace(session, "an older one", 1, 900, [(1, 50, [])], NOON) is None
        assert portraits.count(session) == PEOPLE - 120


def test_the_night_goes_on_with_the_definition_chosen_last(services: Services, database: Database) -> None:
    a_shop(database)
    with database.transaction() as session:
        rule = {"field": "region.city", "op": "=", "value": "杭州"}
        segments.define(session, "hangzhou", name="杭州", rule=rule, now=NOON)
    chosen = portrayal.refresh(services, InSegment("hangzhou"))
    portrait.refresh(services)
    with database.reading() as session:
        used = portraits.in_use(session)
    assert used is not None
    assert (used.definition, used.version) == (InSegment("hangzhou"), chosen.version)


@pytest.mark.parametrize(
    ("scores", "reason"),
    [
        pytest.param([], "nobody", id="an empty shop"),
        pytest.param([(0, 10)] * 30, "nobody_bought", id="nobody buys"),
        pytest.param([(1, 10)] * 60, "all_equal", id="all are equally good"),
        pytest.param([(1, 10)], "all_equal", id="one customer"),
        pytest.param([(1, score) for score in range(40)], "too_few", id="a handful"),
    ],
)
def test_where_nothing_can_be_said_it_says_why(
    services: Services, database: Database, scores: list[tuple[int, int]], reason: str
) -> None:
    with database.transaction() as session:
        build = Build(session)
        for count, score in scores:
            row = {"orders": count, "score": score, "known_at": LONG_AGO, "updated_at": LONG_AGO}
            session.execute(insert(customer_statistics).values(customer_id=build.customer(), **row))
    found = portrayal.portray(services, Top())
    assert found.reason == reason
    lines = list(portrait_words.of_portrait(found, {}))
    assert len(lines) == 2
    assert portrayal.refresh(services).scored == 0


def test_only_chance_is_no_finding(services: Services, database: Database) -> None:
    a_shop(database)
    draw = random.Random(5)
    lot = [True] * 120 + [False] * 480
    draw.shuffle(lot)
    with database.transaction() as session:
        for number, is_best in enumerate(lot, start=1):
            row = update(customer_statistics).where(customer_statistics.c.customer_id == number)
            session.execute(row.values(score=900 if is_best else 100))
    found = portrayal.portray(services, Top())
    assert standing(found) == []
    said = portrait_words.sentence(found, {}, "zh")
    assert said == "没有发现能把前 20% 的客户和其他客户明显区分开的特征。"
    assert "No attribute distinguishes" in portrait_words.sentence(found, {}, "en")


def test_the_commands(database: Database, run: Run) -> None:
    code, _, err = run("portrait", "lookalikes")
    assert (code, err.count("\n")) == (1, 1)
    assert "weilan portrait refresh" in err
    a_shop(database)
    code, out, _ = run("portrait", "show", "--json")
    told = json.loads(out)
    assert (code, told["best"], told["definition"]) == (0, 120, {"percent": 20, "by": "score"})
    assert {"lift", "low", "high", "q", "trait"} <= set(told["shared"][0])
    code, out, _ = run("portrait", "refresh")
    assert code == 0
    assert "AUC" in out
    code, out, _ = run("portrait", "lookalikes", "--limit", "3")
    assert (code, out.count("\n")) == (0, 3)
    assert "住在杭州" in out
    code, out, _ = run("portrait", "of", "o1")
    assert (code, "of 100" in out) == (0, True)
    for words, complaint in (
        (("of", "nobody"), "nobody has the openid nobody"),
        (("of", "o5"), "one of the best"),
        (("show", "--segment", "nowhere"), "no segment nowhere"),
    ):
        code, out, err = run("portrait", *words)
        assert (code, out) == (1, "")
        assert complaint in err
    assert run("portrait", "show", "--top", "20", "--segment", "x")[0] == 2
    assert run("portrait", "show", "--by", "luck")[0] == 2
