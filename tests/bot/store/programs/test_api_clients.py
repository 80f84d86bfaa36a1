from datetime import timedelta

from sqlalchemy import func, select

from bot.store.database import Session
from bot.store.programs import api_clients, idempotency
from bot.store.tables import api_answers
from tests.conftest import NOON

DAY = timedelta(days=1)


def a_client(session: Session) -> int:
    added = api_clients.add(session, name="erp", scopes=["orders:read"], now=NOON)
    assert added is not None
    return added.client.id


def test_a_token_opens_until_it_is_revoked(session: Session) -> None:
    added = api_clients.add(session, name="erp", scopes=["orders:write", "orders:read"], now=NOON)
    assert added is not None
    found = api_clients.find(session, added.token)
    assert found is not None
    assert (found.name, found.scopes, found.may("orders:read"), found.may("customers:read")) == (
        "erp", ("orders:read", "orders:write"), True, False,
    )  # fmt: skip
    assert api_clients.find(session, added.token + "x") is None
    assert api_clients.revoke(session, "erp", NOON)
    assert api_clients.find(session, added.token) is None
    assert not api_clients.revoke(session, "erp", NOON)


def test_two_clients_never_share_a_name(session: Session) -> None:
    assert a_client(session)
    assert api_clients.add(session, name="erp", scopes=[], now=NOON) is None


def test_an_answer_is_kept_for_a_day_and_then_tidied_away(session: Session) -> None:
    client = a_client(session)
    assert idempotency.claim(session, client, "k", "hash", NOON) is None
    idempotency.answer(session, client, "k", 200, b"{}")
    assert idempotency.claim(session, client, "k", "hash", NOON + DAY / 2) == idempotency.Answered(
        200, b"{}", True
    )
    assert idempotency.claim(session, client, "k", "other", NOON) == idempotency.Answered(200, b"{}", False)

    assert idempotency.tidy(session, NOON + DAY / 2) == 0
    assert idempotency.tidy(session, NOON + DAY) == 1
    assert session.scalar(select(func.count()).select_from(api_answers)) == 0
