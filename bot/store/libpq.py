"""Prepared statements straight through libpq, by psycopg's own binding: half of the processor time of a cursor.

In text format throughout, and the server infers every type from the statement: what was prepared with a small number
takes a large one, too.
"""

import re
import select
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result

from bot.store.failures import Unavailable

SILENT_FOR = (
    2.5  # seconds without a word: longer than it may wait for a lock, and there is time to keep a message
)
_PARAMETER = re.compile(r"%\((\w+)\)s")
LINE = "libpq"  # in the `info` of a connection that has one


class Line:
    """What answers nothing waits, and travels with the next question or with the commit: one round trip for all.

    Only for a connection whose rollbacks are known: psycopg makes the server forget every prepared statement at one,
    ours as well; `begin_anew` is to be called then. Whatever else uses the connection calls `catch_up` first.
    """

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        self._server = driver.pgconn
        self._heard = select.poll()
        self._heard.register(self._server.socket, select.POLLIN)
        self._values = Transformer(driver)
        self._prepared: dict[str, bytes] = {}
        self._waiting: list[tuple[bytes, Sequence[Any]]] = []
        self._ahead: dict[str, int] = {}  # what was asked ahead, by its place among those that wait
        self._answered: dict[str, pq.abc.PGresult] = {}

    def run(self, sql: str, parameters: Sequence[Any]) -> None:
        """An error in it is told by a later call."""
        if not self._waiting and self._server.transaction_status == pq.TransactionStatus.IDLE:
            self._wait("BEGIN", ())
        self._wait(sql, parameters)

    def ahead(self, name: str, sql: str, parameters: Sequence[Any]) -> None:
        """Asks now what somebody wants to know a little later, by `answer_to`: one round trip for many."""
        self.run(sql, parameters)
        self._ahead[name] = len(self._waiting) - 1

    def asked_ahead(self, name: str) -> bool:
        return name in self._ahead or name in self._answered

    def answer_to(self, name: str) -> tuple[Any, ...] | None:
        """The first row of what was asked ahead under this name; to be fetched once."""
        self.catch_up()
        return self._first(self._answered.pop(name))

    def first(self, sql: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
        self.run(sql, parameters)
        return self._first(self._sent())

    def all(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        self.run(sql, parameters)
        result = self._sent()
        self._values.set_pgresult(result)
        return self._values.load_rows(0, result.ntuples, tuple)

    def _first(self, result: "pq.abc.PGresult") -> tuple[Any, ...] | None:
        if result.ntuples == 0:
            return None
        self._values.set_pgresult(result)
        return self._values.load_row(0, tuple)

    def catch_up(self) -> None:
        if self._waiting:
            self._sent()

    def commit(self) -> None:
        if self._waiting or self._server.transaction_status != pq.TransactionStatus.IDLE:
            self._wait("COMMIT", ())
            self._sent()
        self._answered.clear()

    def begin_anew(self) -> None:
        """After a rollback: whether psycopg had the statements forgotten or not, now they are."""
        self._waiting.clear()
        self._ahead.clear()
        self._answered.clear()
        self._prepared.clear()
        result = self._server.exec_(b"DEALLOCATE ALL")
        if result.status != pq.ExecStatus.COMMAND_OK:
            raise self._error(result)

    def _wait(self, sql: str, parameters: Sequence[Any]) -> None:
        name = self._prepared.get(sql) or self._prepare(sql)
        self._waiting.append(
            (name, self._values.dump_sequence(parameters, [PyFormat.TEXT] * len(parameters)))
        )

    def _prepare(self, sql: str) -> bytes:
        name = f"weilan_{len(self._prepared)}".encode()
        result = self._server.prepare(name, sql.encode())
        if result.status != pq.ExecStatus.COMMAND_OK:
            raise self._error(result)
        self._prepared[sql] = name
        return name

    def _sent(self) -> "pq.abc.PGresult":
        """Sends all that waits in one go; the result of the last one. Raises the first error among them."""
        server, waiting, ahead = self._server, self._waiting, self._ahead
        self._waiting, self._ahead = [], {}
        server.enter_pipeline_mode()
        for name, parameters in waiting:
            server.send_query_prepared(name, parameters)
        server.pipeline_sync()
        while server.flush():
            select.select([], [server.socket], [])
        results = []
        while (result := self._next_result()) is None or result.status != pq.ExecStatus.PIPELINE_SYNC:
            if result is not None:
                results.append(result)
            elif server.status == pq.ConnStatus.BAD:
                raise psycopg.OperationalError("the connection to the server is lost")
        server.exit_pipeline_mode()
        for result in results:
            if result.status not in {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK}:
                raise self._error(result)
        self._answered.update((name, results[place]) for name, place in ahead.items())
        return results[-1]

    def _next_result(self) -> "pq.abc.PGresult | None":
        """Waits as other threads can work meanwhile: libpq's own waiting would hold the interpreter."""
        while self._server.is_busy():
            if not self._heard.poll(SILENT_FOR * 1000):
                raise Unavailable("the database is silent")
            self._server.consume_input()
        return self._server.get_result()

    def _error(self, result: "pq.abc.PGresult") -> psycopg.Error:
        if self._server.status == pq.ConnStatus.BAD:
            return psycopg.OperationalError("the connection to the server is lost")
        return error_from_result(result)


def numbered(sql: str) -> tuple[str, list[str]]:
    """The statement with $1, $2 …, and the names they stand for; a name that comes twice has one number."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}"

    return _PARAMETER.sub(number, sql).replace("%%", "%"), names
