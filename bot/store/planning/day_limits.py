"""No more is planned by a channel than it has calls on the day: the others are told so, and looked at again."""

from sqlalchemy import and_, func, select, update

from bot.store.database import Session
from bot.store.planning.plan_entries import Entry
from bot.store.planning.plan_tables import Tables
from bot.store.sending import daily_calls
from bot.values.channels import TEMPLATE


def keep(session: Session, tables: Tables, entry: Entry) -> None:
    """Of the campaign at hand, whose candidates are picked, the first so many that earlier ones did not take."""
    moment, picked, won = entry.of.moment, tables.picked, tables.won[entry.purpose]
    if not entry.takes_calls:
        return
    wants = and_(picked.c.reason.is_(None), picked.c.channel == TEMPLATE)
    number = session.execute(select(func.count()).select_from(picked).where(wants)).scalar_one()
    if not number:
        return
    taken = session.execute(
        select(func.count()).select_from(won).where(won.c.channel == TEMPLATE)
    ).scalar_one()
    left = max(moment.templates_a_day - daily_calls.promised(session, TEMPLATE, moment.now) - taken, 0)
    if number <= left:
        return
    in_order = select(picked.c.customer_id).where(wants).order_by(picked.c.customer_id)
    first_beyond = session.execute(in_order.offset(left).limit(1)).scalar_one()
    session.execute(
        update(picked).where(wants, picked.c.customer_id >= first_beyond).values(reason="day_quota")
    )
