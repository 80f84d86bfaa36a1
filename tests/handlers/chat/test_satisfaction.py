from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.store.people import questions
from bot.store.tables import customer_statistics, reviews
from tests.conftest import NOON
from tests.handlers.chat.conftest import Conversation
from tests.support.build import Build
from tests.support.incoming import said


@pytest.fixture
def anna(build: Build) -> int:
    return build.customer(openid="o-anna")


def visited(build: Build, customer_id: int, **fields: object) -> tuple[int, int]:
    """A visit about an order went out an hour ago: the delivery and the order."""
    build.segment()
    build.campaign("visit", occasion={"after": "order", "days": 3, "lasts": 5})
    order = build.order(customer_id)
    ordinary = {"state": "sent", "finished_at": NOON - timedelta(hours=1), "occasion": f"order:{order}"}
    return build.delivery(campaign_id="visit", customer_id=customer_id, **(ordinary | fields)), order


def test_an_answer_is_a_review_of_the_order_and_counts_for_satisfaction(
    talk: Conversation, build: Build, anna: int
) -> None:
    delivery, order = visited(build, anna)
    heard = talk.hear(said("5分", openid="o-anna"))
    assert heard.handler == "satisfaction"
    assert "5分" in heard.text
    (review,) = talk.session.execute(select(reviews)).all()
    assert (review.external_id, review.order_id, review.rating) == (f"visit:{delivery}", order, 5)
    figures = talk.session.execute(select(customer_statistics)).one()
    assert (figures.reviews, figures.rating_sum) == (1, 5)


def test_a_visit_is_answered_once(talk: Conversation, build: Build, anna: int) -> None:
    visited(build, anna)
    talk.hear(said("3", openid="o-anna"))
    assert talk.hear(said("5", openid="o-anna")).handler != "satisfaction"
    assert len(talk.session.execute(select(reviews)).all()) == 1


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"finished_at": NOON - timedelta(days=8)}, id="long ago"),
        pytest.param({"state": "skipped"}, id="never sent"),
        pytest.param({"occasion": "birthday:2026"}, id="a greeting asks nothing"),
    ],
)
def test_a_number_without_a_visit_means_something_else(
    talk: Conversation, build: Build, anna: int, fields: dict[str, object]
) -> None:
    visited(build, anna, **fields)
    assert talk.hear(said("5", openid="o-anna")).handler != "satisfaction"
    assert talk.session.execute(select(reviews)).all() == []


def test_a_number_answers_what_was_asked_last(talk: Conversation, build: Build, anna: int) -> None:
    """The question of the day may be open for a day, and comes in numbers as well."""
    questions.ask(talk.session, anna, "decision_driver", NOON - timedelta(hours=2), NOON.date(), 0)
    visited(build, anna)
    assert talk.hear(said("2", openid="o-anna")).handler == "satisfaction"
    assert talk.hear(said("2", openid="o-anna")).handler == "questions"


def test_a_question_that_came_behind_the_visit_goes_first(
    talk: Conversation, build: Build, anna: int
) -> None:
    visited(build, anna)
    questions.ask(talk.session, anna, "decision_driver", NOON - timedelta(minutes=5), NOON.date(), 0)
    assert talk.hear(said("2", openid="o-anna")).handler == "questions"
