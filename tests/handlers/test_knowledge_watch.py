"""The operator's edits reach the index of a running process."""

from datetime import timedelta

from sqlalchemy import delete, update

from bot.insight.knowledge import WordIndex
from bot.store import tables
from bot.store.database import Database
from handlers.knowledge_watch import KnowledgeWatch, refresh
from tests.conftest import NOON
from tests.support.build import Build
from tests.support.waiting import comes_true


def test_an_edit_a_switch_off_and_a_removal_are_seen_and_nothing_else_is_read(database: Database) -> None:
    index = WordIndex()
    with database.transaction() as session:
        build = Build(session)
        build.knowledge("hours", "几点开门？", "九点。")
        build.knowledge("post", "包邮吗？", "包邮。")
    assert refresh(database, index)
    assert not refresh(database, index)
    hours = tables.knowledge.c.id == "hours"
    with database.transaction() as session:
        edit = {"answer": "十点。", "updated_at": NOON}
        session.execute(update(tables.knowledge).where(hours).values(edit))
    assert refresh(database, index)
    assert index.search("几点开门")[0].entry.answer == "十点。"
    with database.transaction() as session:
        off = {"enabled": False, "updated_at": NOON + timedelta(seconds=1)}
        session.execute(update(tables.knowledge).where(hours).values(off))
    assert refresh(database, index)
    assert index.search("几点开门") == []
    with database.transaction() as session:
        session.execute(delete(tables.knowledge))
    assert refresh(database, index)
    assert index.search("包邮吗") == []


def test_a_watch_looks_by_itself(sqlite: Database) -> None:
    index = WordIndex()
    watch = KnowledgeWatch(sqlite, index, every=0.01)
    watch.start()
    with sqlite.transaction() as session:
        Build(session).knowledge("post", "包邮吗？", "包邮。")
    assert comes_true(lambda: bool(index.search("包邮吗")))
    watch.stop()


def test_a_database_that_is_behind_leaves_the_old_index(sqlite: Database) -> None:
    index = WordIndex()
    with sqlite.transaction() as session:
        Build(session).knowledge("post", "包邮吗？", "包邮。")
    refresh(sqlite, index)
    with sqlite.transaction() as session:
        tables.knowledge.drop(session)
    watch = KnowledgeWatch(sqlite, index, every=0.01)
    watch.start()
    watch.stop()
    assert index.search("包邮吗")
