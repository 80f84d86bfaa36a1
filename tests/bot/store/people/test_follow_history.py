"""Who came, left and came back, and what stays of it when they are forgotten."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.rules.hashing import openid_hash
from bot.store.database import Session
from bot.store.people import customers as people
from bot.store.people import follow_history, following, forgetting, scenes
from bot.store.tables import follow_history as rows
from tests.conftest import NOON
from tests.support.build import Build

SALT = "salt"
WHO = openid_hash("o-lin", SALT)
DAY = timedelta(days=1)


def comes(session: Session, scene: str, after: timedelta) -> int:
    customer = people.met(session, "o-lin", NOON + after, salt=SALT)
    following.followed(session, customer.id, source="scan", scene=scene, who=WHO, now=NOON + after)
    return customer.id


def leaves(session: Session, customer_id: int, after: timedelta) -> None:
    follow_history.left(session, customer_id, NOON + after)
    forgetting.forget(session, customer_id, SALT, NOON + after)


def kinds(session: Session) -> list[tuple[str, str, bool]]:
    asked = select(rows.c.kind, rows.c.scene, rows.c.customer_id.is_not(None)).order_by(rows.c.id)
    return [(kind, scene, known) for kind, scene, known in session.execute(asked)]


def test_every_coming_and_going_is_kept(session: Session) -> None:
    first = comes(session, "door", timedelta())
    follow_history.scanned(session, first, "teapot", NOON + DAY)
    leaves(session, first, 2 * DAY)
    again = comes(session, "fair", 3 * DAY)
    assert kinds(session) == [
        ("follow", "door", False),
        ("scan", "teapot", False),
        ("unfollow", "door", False),
        ("refollow", "fair", True),
    ]
    assert [(one.kind, one.scene) for one in follow_history.of(session, again)] == [("refollow", "fair")]


def test_after_a_month_nobody_is_recognised_and_the_count_stays(session: Session) -> None:
    leaves(session, comes(session, "door", timedelta()), DAY)
    forgetting.tidy(session, NOON + 30 * DAY)
    assert session.execute(select(rows.c.who).distinct()).scalars().all() == [WHO]
    forgetting.tidy(session, NOON + 33 * DAY)
    assert session.execute(select(rows.c.who).distinct()).scalars().all() == [None]
    comes(session, "fair", 40 * DAY)
    assert [(one.scene, one.new, one.left, one.still) for one in scenes.listed(session)] == [
        ("door", 1, 1, 0),
        ("fair", 1, 0, 1),
    ]


def test_followers_who_were_put_in_get_their_first_row_once(session: Session, build: Build) -> None:
    build.customer(source="scan", source_scene="fair")
    build.customer(openid=None, followed_at=None)
    for _ in range(2):
        follow_history.fill_in(session)
    assert kinds(session) == [("follow", "fair", True)]


@pytest.mark.parametrize(("status", "count"), [("paid", 1), ("placed", 0), ("refunded", 0)])
def test_a_purchase_counts_for_the_code_that_brought_them_first(
    session: Session, build: Build, status: str, count: int
) -> None:
    customer = comes(session, "door", timedelta())
    follow_history.scanned(session, customer, "teapot", NOON + DAY)
    build.order(customer, status=status, amount=99, ordered_at=NOON + DAY)
    build.order(customer, amount=1, ordered_at=NOON - DAY)
    door = next(one for one in scenes.listed(session) if one.scene == "door")
    assert (door.orders, int(door.spent)) == (count, 99 * count)
    assert next(one for one in scenes.listed(session) if one.scene == "teapot").orders == 0
