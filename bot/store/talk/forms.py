"""Forms under way, kept with every answer so that a restart loses none, and what was sent in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.store import numbers
from bot.store.database import Session
from bot.store.tables import customers, form_requests, form_talks, orders
from bot.store.upserts import or_insert
from bot.values.forms import Answers, Request, Talk

OPEN_FOR = timedelta(minutes=30)  # since the last answer; then what they say means something else
KEPT_FOR = timedelta(days=7)  # for who wants to go on
MOST_SHOWN = 5
MOST_LISTED = 200

_t, _r = form_talks.c, form_requests.c


def talk_of(session: Session, customer_id: int, now: datetime) -> Talk | None:
    """The form they have begun, left or not."""
    row = session.execute(
        select(form_talks).where(_t.customer_id == customer_id, _t.at > now - KEPT_FOR)
    ).first()
    return Talk(row.form, row.answers, row.at, row.left_at) if row else None


def keep(session: Session, customer_id: int, form: str, answers: Answers, now: datetime) -> None:
    """Goes on with it: the next thing they say within `OPEN_FOR` is meant for the form."""
    values: dict[str, Any] = {"form": form, "answers": dict(answers), "at": now, "left_at": None}
    put = or_insert(session, form_talks).values(values | {"customer_id": customer_id})
    session.execute(put.on_conflict_do_update(index_elements=["customer_id"], set_=values))
    _listen(session, customer_id, now + OPEN_FOR)


def leave(session: Session, customer_id: int, now: datetime) -> None:
    session.execute(update(form_talks).where(_t.customer_id == customer_id).values(left_at=now))
    _listen(session, customer_id, None)


def send_in(session: Session, customer_id: int, form: str, answers: Answers, now: datetime) -> str:
    """The request's number; the form is over."""
    number = f"SQ{now:%m%d}-{numbers.by_chance(8)}"
    mine = (orders.c.customer_id == customer_id, orders.c.external_id == answers.get("order"))
    session.execute(
        insert(form_requests).values(
            number=number, customer_id=customer_id, form=form, answers=dict(answers), sent_at=now,
            order_id=select(orders.c.id).where(*mine).scalar_subquery(),
        )
    )  # fmt: skip
    session.execute(delete(form_talks).where(_t.customer_id == customer_id))
    _listen(session, customer_id, None)
    return number


def of(session: Session, customer_id: int) -> list[Request]:
    """The newest first."""
    mine = _listed().where(_r.customer_id == customer_id).order_by(_r.id.desc()).limit(MOST_SHOWN)
    return [_request(row) for row in session.execute(mine)]


def waiting(session: Session) -> list[Request]:
    """The oldest first."""
    open_ = _listed().where(_r.state == "open").order_by(_r.id).limit(MOST_LISTED)
    return [_request(row) for row in session.execute(open_)]


def close(session: Session, number: str, state: str, note: str, staff_id: int, now: datetime) -> bool:
    """False when there is no such request, or somebody closed it before."""
    open_ = update(form_requests).where(_r.number == number, _r.state == "open")
    done = {"state": state, "note": note, "staff_id": staff_id, "closed_at": now}
    return session.execute(open_.values(done)).rowcount == 1


def forget(session: Session, customer_id: int) -> None:
    """What they wrote goes; that there was a request stays."""
    session.execute(delete(form_talks).where(_t.customer_id == customer_id))
    session.execute(update(form_requests).where(_r.customer_id == customer_id).values(answers={}, note=""))


def tidy(session: Session, now: datetime) -> int:
    """Daily: forms nobody went on with."""
    return session.execute(delete(form_talks).where(_t.at < now - KEPT_FOR)).rowcount


def _listen(session: Session, customer_id: int, until: datetime | None) -> None:
    session.execute(update(customers).where(customers.c.id == customer_id).values(form_until=until))


def _listed() -> Any:
    columns: Sequence[Any] = (_r.number, _r.form, _r.answers, _r.state, _r.note, _r.sent_at, _r.closed_at)
    return select(*columns, customers.c.openid, customers.c.name).join(
        customers, customers.c.id == _r.customer_id
    )


def _request(row: Any) -> Request:
    return Request(
        number=row.number,
        form=row.form,
        answers=row.answers,
        state=row.state,
        note=row.note,
        sent_at=row.sent_at,
        openid=row.openid or "",
        name=row.name or "",
        closed_at=row.closed_at,
    )
