"""The small door to what may be lost: the token, rates, live signals. Redis, or a table as its embedded twin.

Nothing that must be exactly once stands here: losing all of it costs a moment, never a message or a push.
Never to be called with a transaction open: the twin opens its own, and SQLite has one writer at a time.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, Protocol, TypeVar

import structlog
from redis import BlockingConnectionPool, Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from sqlalchemy import BigInteger, Text, and_, bindparam, case, cast, delete, func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from bot.store.database import Database, Instant, Session
from bot.store.tables import volatile
from bot.store.upserts import insert_of, or_insert

T = TypeVar("T")

PREFIX = "weilan:"
ANSWERS_WITHIN = 0.5  # seconds; a message has five, and WeChat's token may be asked for on the way
AWAY = 2.0  # seconds for which a Redis that failed is not asked again
TIDIED_EVERY = timedelta(minutes=10)

_log = structlog.get_logger(__name__)


class Keys(Protocol):
    """Text by key, each with a span after which it is gone. Spans are real time, not the sandbox's."""

    def get(self, key: str) -> str | None: ...

    def set(self, key: str, value: str, *, lasts: timedelta) -> None: ...

    def add(self, key: str, value: str, *, lasts: timedelta) -> bool:
        """Sets only what is not there; true for exactly one of those who ask at once."""
        ...

    def delete(self, key: str, *, holding: str | None = None) -> None:
        """With `holding`, only while the value is that: nobody lets go of another's lock."""
        ...

    def count(self, key: str, *, by: int = 1, lasts: timedelta) -> int:
        """Counts up and gives the new number; the span starts with the first count."""
        ...

    def is_up(self) -> bool: ...


class KeysAreDown(Exception):
    """Redis did not answer. `ShelteredKeys` turns it into an answer of the twin."""


class SqlKeys:
    """In the table `volatile` of the same database; each call is one short transaction of its own."""

    def __init__(self, database: Database, real: Callable[[], datetime]) -> None:
        self._database = database
        self._real = real
        self._tidied_at = real()

    def get(self, key: str) -> str | None:
        with self._database.reading() as session:
            return session.execute(
                select(volatile.c.value).where(volatile.c.key == key, _alive(self._real()))
            ).scalar_one_or_none()

    def set(self, key: str, value: str, *, lasts: timedelta) -> None:
        fresh = {"value": value, "expires_at": self._real() + lasts}
        with self._database.transaction() as session:
            session.execute(
                or_insert(session, volatile)
                .values(key=key, **fresh)
                .on_conflict_do_update(index_elements=[volatile.c.key], set_=fresh)
            )
            self._tidy(session)

    def add(self, key: str, value: str, *, lasts: timedelta) -> bool:
        now = self._real()
        fresh = {"value": value, "expires_at": now + lasts}
        with self._database.transaction() as session:
            insert = or_insert(session, volatile).values(key=key, **fresh)
            only_over_a_dead_one = insert.on_conflict_do_update(
                index_elements=[volatile.c.key], set_=fresh, where=volatile.c.expires_at <= now
            )
            added = session.execute(only_over_a_dead_one.returning(volatile.c.key)).one_or_none() is not None
            self._tidy(session)
        return added

    def delete(self, key: str, *, holding: str | None = None) -> None:
        ours = (
            volatile.c.key == key
            if holding is None
            else and_(volatile.c.key == key, volatile.c.value == holding)
        )
        with self._database.transaction() as session:
            session.execute(delete(volatile).where(ours))

    def count(self, key: str, *, by: int = 1, lasts: timedelta) -> int:
        now = self._real()
        values = {"key_": key, "by_": by, "now_": now, "until_": now + lasts}
        with self._database.transaction() as session:
            number = session.execute(_counting(session.dialect.name), values).scalar_one()
            self._tidy(session)
        return int(number)

    def is_up(self) -> bool:
        try:
            with self._database.reading() as session:
                session.execute(select(func.count()).select_from(volatile).where(volatile.c.key == ""))
        except SQLAlchemyError:
            return False
        return True

    def close(self) -> None:
        """The database is closed by whoever opened it."""

    def _tidy(self, session: Session) -> None:
        now = self._real()
        if now - self._tidied_at >= TIDIED_EVERY:
            self._tidied_at = now
            session.execute(delete(volatile).where(volatile.c.expires_at <= now))


@cache
def _counting(dialect: str) -> Any:
    """Put together once: every batch counts what it may send."""
    by, now, until = (
        bindparam("by_", type_=BigInteger),
        bindparam("now_", type_=Instant),
        bindparam("until_", type_=Instant),
    )
    went_on = {
        "value": case(
            (_alive(now), cast(cast(volatile.c.value, BigInteger) + by, Text)), else_=cast(by, Text)
        ),
        "expires_at": case((_alive(now), volatile.c.expires_at), else_=until),
    }
    counted = insert_of(dialect, volatile).values(
        key=bindparam("key_"), value=cast(by, Text), expires_at=until
    )
    again = counted.on_conflict_do_update(index_elements=[volatile.c.key], set_=went_on)
    return again.returning(volatile.c.value)


def _alive(now: Any) -> Any:
    return or_(volatile.c.expires_at.is_(None), volatile.c.expires_at > now)


class RedisKeys:
    """In Redis or Valkey. Raises `KeysAreDown` within about a second when it does not answer."""

    def __init__(self, url: str) -> None:
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=32,
            timeout=ANSWERS_WITHIN,
            socket_timeout=ANSWERS_WITHIN,
            socket_connect_timeout=ANSWERS_WITHIN,
            retry=Retry(NoBackoff(), 1),  # one: a pooled connection may have been closed by the other side
            decode_responses=True,
        )
        self._redis = Redis(connection_pool=pool)
        self._let_go = self._redis.register_script(
            "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"
        )
        self._count = self._redis.register_script(
            "local number = redis.call('INCRBY', KEYS[1], ARGV[1])\n"
            "if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end\n"
            "return number"
        )

    def get(self, key: str) -> str | None:
        found: str | None = _asked(partial(self._redis.get, PREFIX + key))
        return found

    def set(self, key: str, value: str, *, lasts: timedelta) -> None:
        _asked(partial(self._redis.set, PREFIX + key, value, px=_milliseconds(lasts)))

    def add(self, key: str, value: str, *, lasts: timedelta) -> bool:
        return bool(_asked(partial(self._redis.set, PREFIX + key, value, px=_milliseconds(lasts), nx=True)))

    def delete(self, key: str, *, holding: str | None = None) -> None:
        if holding is None:
            _asked(partial(self._redis.delete, PREFIX + key))
        else:
            _asked(partial(self._let_go, keys=[PREFIX + key], args=[holding]))

    def count(self, key: str, *, by: int = 1, lasts: timedelta) -> int:
        return int(_asked(partial(self._count, keys=[PREFIX + key], args=[by, _milliseconds(lasts)])))

    def is_up(self) -> bool:
        try:
            return bool(_asked(self._redis.ping))
        except KeysAreDown:
            return False

    def close(self) -> None:
        self._redis.connection_pool.disconnect()


def _asked(question: Callable[[], Any]) -> Any:
    try:
        return question()
    except RedisError as error:
        raise KeysAreDown(str(error)) from error


def _milliseconds(span: timedelta) -> int:
    return max(1, int(span.total_seconds() * 1000))


class ShelteredKeys:
    """Redis while it answers, the embedded twin while it does not: nothing that asks here fails with Redis.

    What was kept on the other side is as good as lost meanwhile, which every asker has to bear anyway.
    """

    def __init__(
        self, redis: RedisKeys, twin: SqlKeys, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._redis = redis
        self._twin = twin
        self._monotonic = monotonic
        self._away_until = 0.0

    def get(self, key: str) -> str | None:
        return self._first_that_answers(lambda keys: keys.get(key))

    def set(self, key: str, value: str, *, lasts: timedelta) -> None:
        self._first_that_answers(lambda keys: keys.set(key, value, lasts=lasts))

    def add(self, key: str, value: str, *, lasts: timedelta) -> bool:
        return self._first_that_answers(lambda keys: keys.add(key, value, lasts=lasts))

    def delete(self, key: str, *, holding: str | None = None) -> None:
        self._first_that_answers(lambda keys: keys.delete(key, holding=holding))

    def count(self, key: str, *, by: int = 1, lasts: timedelta) -> int:
        return self._first_that_answers(lambda keys: keys.count(key, by=by, lasts=lasts))

    def is_up(self) -> bool:
        """Whether Redis itself is: somebody should look, although nobody waits."""
        return self._redis.is_up()

    def close(self) -> None:
        self._redis.close()

    def _first_that_answers(self, asked: Callable[[Keys], T]) -> T:
        if self._monotonic() >= self._away_until:
            try:
                return asked(self._redis)
            except KeysAreDown as error:
                self._away_until = self._monotonic() + AWAY
                _log.warning("redis_does_not_answer", error=str(error))
        return asked(self._twin)
