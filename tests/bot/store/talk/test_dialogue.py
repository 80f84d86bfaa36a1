"""What was said last: in words, for a picture may follow these."""

from datetime import timedelta

from sqlalchemy import insert

from bot.store.database import Session
from bot.store.tables import messages
from bot.store.talk import dialogue
from tests.conftest import NOON
from tests.support.build import Build


def test_a_picture_behind_the_words_is_not_what_was_said(session: Session, build: Build) -> None:
    anna = build.customer()
    row = {"customer_id": anna, "direction": "out", "created_at": NOON - timedelta(minutes=1)}
    session.execute(
        insert(messages).values(row | {"kind": "text", "text": "您现在有 256 积分", "handler": "points"})
    )
    session.execute(insert(messages).values(row | {"kind": "image"}))
    last = dialogue.last_said(session, anna, NOON)
    assert (last.handler, last.text) == ("points", "您现在有 256 积分")
