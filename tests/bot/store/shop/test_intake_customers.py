"""Why a customer's row is refused: the name it shares with another is the one that is told."""

from bot.store.database import Session
from bot.store.shop import intake
from bot.values.records import CustomerRecord, Fault
from tests.conftest import NOON


def test_a_phone_that_a_family_shares_is_named(session: Session) -> None:
    mother = CustomerRecord(external_id="C-1", phone="13800138000")
    daughter = CustomerRecord(external_id="C-2", phone="13800138000")

    _, refused = intake.take(session, "customers", [mother, daughter], NOON, salt="salt")

    assert isinstance(refused, Fault)
    assert (refused.field, refused.expected) == (
        "phone",
        "each customer once; another row has the same phone",
    )
