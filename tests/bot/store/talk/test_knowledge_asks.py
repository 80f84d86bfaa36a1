"""Other wordings of an entry, on both databases: who writes them, what stays, and who is told of a change."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from bot.store.campaigns import definitions
from bot.store.database import Session
from bot.store.shop import exports, intake_products
from bot.store.shop.taking import Batch
from bot.store.tables import knowledge as knowledge_table
from bot.store.talk import knowledge, knowledge_asks
from bot.values.definitions import Change, Definitions, FieldChange, Knowledge
from bot.values.knowledge import MOST_ASKS
from bot.values.records import KnowledgeRecord
from tests.conftest import NOON

LATER = NOON + timedelta(hours=1)
ENTRY = Knowledge(
    id="hot", question="绿茶用多热的水？", keywords="", answer="八十度", category="", enabled=True
)


def applied(session: Session, *asks: str) -> Change:
    wanted = Knowledge(
        id="hot", question=ENTRY.question, keywords="", answer="八十度", category="", enabled=True, asks=asks
    )
    return definitions.apply(
        session, Definitions(knowledge=(wanted,)), staff_id=None, approve=False, now=LATER
    )[-1]


@pytest.fixture(autouse=True)
def hot(session: Session) -> None:
    definitions.apply(session, Definitions(knowledge=(ENTRY,)), staff_id=None, approve=False, now=NOON)


def asks(session: Session) -> tuple[str, ...]:
    return knowledge_asks.of_entries(session, ["hot"]).get("hot", ())


def test_an_entry_is_read_with_its_wordings_and_every_change_is_seen(session: Session) -> None:
    before = knowledge.version(session)
    applied(session, "水要多烫", "几度的水")
    assert knowledge.entries(session)[0].asks == ("水要多烫", "几度的水")
    assert knowledge.version(session) != before


def test_what_is_applied_again_changes_nothing_and_says_what_it_changed(session: Session) -> None:
    applied(session, "水要多烫", "几度的水")
    assert applied(session, "几度的水", "水要多烫").what == "unchanged"
    told = FieldChange("asks", ["水要多烫", "几度的水"], ["几度的水", "要不要滚水"])
    assert applied(session, "几度的水", "要不要滚水") == Change("updated", "knowledge", "hot", (told,))


def test_a_file_that_says_nothing_of_them_leaves_them(session: Session) -> None:
    applied(session, "水要多烫")
    definitions.apply(session, Definitions(knowledge=(ENTRY,)), staff_id=None, approve=False, now=LATER)
    assert asks(session) == ("水要多烫",)


def test_what_customers_asked_stays_when_the_shop_writes_its_own_anew(session: Session) -> None:
    applied(session, "水要多烫")
    knowledge_asks.add_asked(session, "hot", ["开水冲会不会烫坏"], LATER)
    applied(session, "几度的水")
    assert asks(session) == ("开水冲会不会烫坏", "几度的水")
    assert knowledge_asks.replace(session, "hot", ["几度的水"], LATER) is not None
    assert asks(session) == ("几度的水",)


def test_a_wording_is_kept_once_and_no_more_than_there_is_room_for(session: Session) -> None:
    many = [f"第{number}种问法" for number in range(MOST_ASKS + 5)]
    knowledge_asks.add_asked(session, "hot", many, LATER)
    assert asks(session) == tuple(many[:MOST_ASKS])
    assert knowledge_asks.add_asked(session, "hot", many, LATER) is None


def test_with_the_entry_its_wordings_are_gone(session: Session) -> None:
    applied(session, "水要多烫")
    session.execute(delete(knowledge_table))
    assert asks(session) == ()


def test_records_bring_them_too_and_what_was_handed_out_can_be_taken_in(session: Session) -> None:
    def take(*wordings: str) -> list[object]:
        record = KnowledgeRecord(id="hot", question=ENTRY.question, answer="八十度", asks=wordings)
        return list(intake_products.take_knowledge(Batch(session, LATER, "salt"), [record]))

    assert take("水要多烫", "几度的水") == ["updated"]
    assert take("几度的水", "水要多烫") == ["unchanged"]
    (row,) = exports.rows_of(session, "knowledge")
    assert row["asks"] == "水要多烫\n几度的水"
