"""Opens an installation for a command: the stores answer and are up to date, and the clock is the one wanted."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.clock import Clock, MovableClock
from bot.config import Config
from bot.rules.people import facts
from bot.rules.talk import tones
from bot.rules.worth import membership, partitions
from bot.sandbox.offset import Offset
from bot.services import Services, build, connect
from bot.store import revisions
from bot.store.database import Database
from bot.store.keys import Keys
from bot.store.worth import crossings

FULL = ("database or disk is full", "disk I/O error")  # SQLite's words


class NotReady(Exception):
    """One line that says what to do."""


def ready(config: Config) -> Config:
    """The settings themselves, once the database answers and is at its newest migration. Raises `NotReady`."""
    on_sqlite = config.database.url.get_secret_value().startswith("sqlite")
    if config.server.processes > 1 and (config.sandbox.simulator or on_sqlite):
        raise NotReady("server.processes: expected 1 on SQLite and with the simulator")
    read_rules(config)
    database = connect(config)
    try:
        answers(database)
        check_known(database)
        if revisions.missing(database):
            raise NotReady("the database is behind: run `weilan db upgrade`")
        check_version(config, database)
    finally:
        database.close()
    return config


def answers(database: Database) -> None:
    """Raises `NotReady` where it does not."""
    if why := database.silence():
        raise NotReady(f"the database does not answer ({why}): {what_to_do(database, why)}")


def what_to_do(database: Database, why: str) -> str:
    """About a database that does not answer, in the driver's words. SQLite calls a full disk an I/O error, too."""
    if not database.is_sqlite:
        return "start it, or compare database.url"
    return "make room on its disk" if why in FULL else "compare database.url"


def check_known(database: Database) -> None:
    """Raises `NotReady` where a newer program than this one has upgraded it."""
    if version := revisions.ahead(database):
        raise NotReady(
            f"the database is ahead: it is at {version}, this Weilan knows it up to {revisions.newest()}; "
            "start the newer one, or restore a backup from before its upgrade"
        )


def read_rules(config: Config) -> None:
    """The shop's own files, which are not to be read first when a message comes. Raises `NotReady`."""
    for key, load, path in (
        ("facts.rules", facts.load, config.facts.rules),
        ("facts.tones", tones.load, config.facts.tones),
        ("membership.rules", membership.load, config.membership.rules),
        ("value.partitions", partitions.load, config.value.partitions),  # read at night, but told by day
    ):
        try:
            load(path)
        except (facts.BadFacts, tones.BadTones, membership.BadMembership, partitions.BadPartitions) as bad:
            raise NotReady(f"{key}: {bad}") from None


def check_version(config: Config, database: Database) -> None:
    """Raises `NotReady` where customers stand by other rules that are called the same."""
    path = config.value.partitions
    try:
        with database.reading() as session:
            crossings.refuse_changed(session, path, partitions.load(path))
    except partitions.BadPartitions as bad:
        raise NotReady(str(bad)) from None


def built(config: Config) -> tuple[Services, Offset | None]:
    """The services, and what moves their clock where the settings want one that moves."""
    if not config.sandbox.clock:
        return build(config), None
    offsets: list[Offset] = []

    def clock_of(keys: Keys) -> Clock:
        offsets.append(Offset(keys))
        return MovableClock(offsets[0])

    return build(config, clock_of), offsets[0]


@contextmanager
def opened(config: Config) -> Iterator[Services]:
    """Raises `NotReady`."""
    services, _ = built(ready(config))
    try:
        yield services
    finally:
        services.close()
