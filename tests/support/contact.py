"""What a message or a tap of theirs changes for the rhythm, without a message."""

from datetime import datetime

from sqlalchemy import update

from bot.store.database import Session
from bot.store.people import customers as people
from bot.store.tables import customers


def spoke(session: Session, customer_id: int, now: datetime) -> None:
    of = update(customers).where(customers.c.id == customer_id)
    session.execute(of.values(people.SPEAKING), people.speaking(now))


def opened_scene(session: Session, customer_id: int, now: datetime) -> None:
    of = update(customers).where(customers.c.id == customer_id)
    session.execute(of.values(people.OPENING_A_SCENE), people.opening_a_scene(now))
