"""Prepared statements straight through libpq, by psycopg's own binding: half of the processor time of a cursor.

In text format throughout, and the server infers every type from the statement: what was prepared with a small number
takes a large one, too.
"""

import re
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result

_PARAMETER = re.compile(r"%\((\w+)\)s")
LINE = "libpq"  # in the `info` of a connection that has one


class Line:
    """What one connection keeps: how values become text, and which statements the server has prepared.

    Only for a connection whose rollbacks are known: psycopg makes the server forget every prepared statement at one,
    ours as well. `begin_anew` is to be called then.
    """

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        self._server = driver.pgconn
        self._values = Transformer(driver)
        self._prepared: dict[str, bytes] = {}

    def run(self, sql: str, parameters: Sequence[Any]) -> "pq.abc.PGresult":
        if self._server.transaction_status == pq.TransactionStatus.IDLE:
            self._told(self._server.exec_(b"BEGIN"))
        name = self._prepared.get(sql) or self._prepare(sql)
        given = self._values.dump_sequence(parameters, [PyFormat.TEXT] * len(parameters))
        return self._told(self._server.exec_prepared(name, given))  # type: ignore[arg-type]  # None is NULL

    def first(self, sql: str, parameters: Sequence[Any]) -> tuple[Any, ...] | None:
        result = self.run(sql, parameters)
        if result.ntuples == 0:
            return None
        self._values.set_pgresult(result)
        return self._values.load_row(0, tuple)

    def begin_anew(self) -> None:
        """After a rollback: whether psycopg had the statements forgotten or not, now they are."""
        self._told(self._server.exec_(b"DEALLOCATE ALL"))
        self._prepared.clear()

    def _prepare(self, sql: str) -> bytes:
        name = f"weilan_{len(self._prepared)}".encode()
        self._told(self._server.prepare(name, sql.encode()))
        self._prepared[sql] = name
        return name

    def _told(self, result: "pq.abc.PGresult") -> "pq.abc.PGresult":
        if result.status in {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK}:
            return result
        if self._server.status == pq.ConnStatus.BAD:
            raise psycopg.OperationalError("the connection to the server is lost")
        raise error_from_result(result)


def numbered(sql: str) -> tuple[str, list[str]]:
    """The statement with $1, $2 …, and the names they stand for; a name that comes twice has one number."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}"

    return _PARAMETER.sub(number, sql).replace("%%", "%"), names
