"""Many rows written as if nobody else did, and with care where somebody did."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from bot.store.database import Session
from bot.store.tables import customer_tags
from bot.store.upserts import or_insert, where_nobody_was_first
from tests.support.build import Build


def tagging(session: Session, *tags: str) -> tuple[list[str], Callable[[], Any], Callable[[], Any]]:
    """What was tried, and the two ways to tag customer 1."""
    tried = list[str]()
    rows = [{"customer_id": 1, "tag": tag} for tag in tags]

    def plain() -> Any:
        tried.append("plain")
        return session.execute(insert(customer_tags).values(rows))

    def careful() -> Any:
        tried.append("careful")
        return session.execute(or_insert(session, customer_tags).values(rows).on_conflict_do_nothing())

    return tried, plain, careful


def tags(session: Session) -> int:
    return session.execute(select(func.count()).select_from(customer_tags)).scalar_one()


def test_what_nobody_wrote_is_written_at_once_on_postgresql(session: Session, build: Build) -> None:
    build.customer(id=1)
    tried, plain, careful = tagging(session, "tea", "jade")
    where_nobody_was_first(session, plain, careful)
    assert tried == (["plain"] if session.dialect.name == "postgresql" else ["careful"])
    assert tags(session) == 2


def test_where_somebody_was_first_the_rest_is_written(session: Session, build: Build) -> None:
    build.customer(id=1)
    session.execute(insert(customer_tags).values(customer_id=1, tag="tea"))
    tried, plain, careful = tagging(session, "tea", "jade")
    where_nobody_was_first(session, plain, careful)
    assert tried[-1] == "careful"
    assert tags(session) == 2


def test_what_no_care_mends_is_raised(session: Session) -> None:
    _, plain, careful = tagging(session, "tea")  # of nobody
    with pytest.raises(IntegrityError), session.begin_nested():
        where_nobody_was_first(session, plain, careful)
