"""Who hears an answer: what decides its tone, in one short statement."""

from sqlalchemy import bindparam, select
from sqlalchemy.sql.selectable import ScalarSelect

from bot.store.database import Session
from bot.store.prepared import Prepared
from bot.store.tables import account_managers, customer_statistics, customers, facts, staff
from bot.values.tone import Listener

_c = customers.c


def _believed(attribute: str) -> ScalarSelect[str]:
    mine = (facts.c.customer_id == _c.id, facts.c.attribute == attribute, facts.c.holds)
    return select(facts.c.value).where(*mine).correlate(customers).scalar_subquery()


_CLASS = (
    select(customer_statistics.c.service_class)
    .where(customer_statistics.c.customer_id == _c.id)
    .correlate(customers)
    .scalar_subquery()
)
_MANAGER = (
    select(staff.c.name)
    .join_from(account_managers, staff, staff.c.id == account_managers.c.staff_id)
    .where(account_managers.c.customer_id == _c.id, staff.c.disabled_at.is_(None))
    .correlate(customers)
    .scalar_subquery()
)
_ASKED = Prepared(
    select(
        _c.name,
        _c.wants_personal,
        _believed("strictness").label("strictness"),
        _believed("decision_driver").label("driver"),
        _CLASS.label("service_class"),
        _MANAGER.label("manager"),
    ).where(_c.id == bindparam("id_", type_=_c.id.type))
)


def of(session: Session, customer_id: int) -> Listener:
    """Of a stranger: nothing is known."""
    row = _ASKED.first(session, {"id_": customer_id})
    if row is None:
        return Listener()
    name, wants, strictness, driver, service_class, manager = row
    return Listener(
        name=name or "",
        wants_personal=bool(wants),
        strictness=strictness or "",
        driver=driver or "",
        service_class=service_class or "",
        manager=manager or "",
    )
