"""Builders: a test names only what it is about, everything else is ordinary."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from sqlalchemy import Table, insert

from bot.store import tables
from bot.store.database import Session

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class Build:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._numbers = count(1)

    def customer(self, **fields: Any) -> int:
        number = next(self._numbers)
        return self._row(
            tables.customers,
            {
                "openid": f"o-{number}",
                "bucket": 5000,
                "followed_at": LONG_AGO,
                "created_at": LONG_AGO,
                "source": "search",
            }
            | fields,
        )

    def segment(self, id: str = "everyone", rule: Any = None, **fields: Any) -> str:  # noqa: A002
        self._row(
            tables.segments, {"id": id, "name": id, "rule": rule or {}, "updated_at": LONG_AGO} | fields
        )
        return id

    def staff(self, **fields: Any) -> int:
        number = next(self._numbers)
        return self._row(
            tables.staff,
            {"name": f"staff-{number}", "role": "operator", "password_hash": "!", "created_at": LONG_AGO}
            | fields,
        )

    def content(self, id: str | None = None, **fields: Any) -> str:  # noqa: A002
        id = id or f"content-{next(self._numbers)}"  # noqa: A001
        ordinary = {
            "id": id,
            "title": id,
            "category": "leisure",
            "purpose": "care",
            "kind": "text",
            "text": "您好",
            "updated_at": LONG_AGO,
        }
        self._row(tables.contents, ordinary | fields)
        return id

    def campaign(self, id: str | None = None, contents: Sequence[str] = (), **fields: Any) -> str:  # noqa: A002
        """A running campaign over the segment `everyone` (make that first), open from 2026 to 2027."""
        id = id or f"campaign-{next(self._numbers)}"  # noqa: A001
        ordinary = {
            "id": id, "name": id, "segment_id": "everyone", "priority": 0, "starts": date(2026, 1, 1), "ends": date(2027, 12, 31),
            "status": "running", "channels": [], "updated_at": LONG_AGO,
        }  # fmt: skip
        self._row(tables.campaigns, ordinary | fields)
        for position, content in enumerate(contents):
            self._row(
                tables.campaign_contents, {"campaign_id": id, "content_id": content, "position": position}
            )
        return id

    def delivery(self, **fields: Any) -> int:
        ordinary = {
            "channel": "reply_window", "purpose": "care", "state": "planned", "day": date(2026, 11, 24),
            "planned_at": LONG_AGO, "due_at": LONG_AGO,
        }  # fmt: skip
        return self._row(tables.deliveries, ordinary | fields)

    def message(self, customer_id: int, text: str = "", **fields: Any) -> int:
        ordinary = {
            "customer_id": customer_id,
            "direction": "in",
            "kind": "text",
            "text": text,
            "created_at": LONG_AGO,
        }
        return self._row(tables.messages, ordinary | fields)

    def product(self, **fields: Any) -> int:
        number = next(self._numbers)
        return self._row(
            tables.products,
            {"external_id": f"p-{number}", "name": f"茶壶{number}", "price": 199, "stock": 10} | fields,
        )

    def order(self, customer_id: int, **fields: Any) -> int:
        number = next(self._numbers)
        ordinary = {
            "external_id": f"D{number:06}",
            "customer_id": customer_id,
            "status": "paid",
            "amount": 199,
            "ordered_at": LONG_AGO,
        }
        return self._row(tables.orders, ordinary | fields)

    def shipment(self, order_id: int, **fields: Any) -> int:
        number = next(self._numbers)
        ordinary = {"external_id": f"S{number:06}", "order_id": order_id, "shipped_at": LONG_AGO}
        return self._row(tables.shipments, ordinary | fields)

    def returned(self, order_id: int, **fields: Any) -> int:
        number = next(self._numbers)
        ordinary = {
            "external_id": f"R{number:06}",
            "order_id": order_id,
            "status": "closed",
            "requested_at": LONG_AGO,
        }
        return self._row(tables.returns, ordinary | fields)

    def review(self, customer_id: int, rating: int, **fields: Any) -> int:
        number = next(self._numbers)
        ordinary = {
            "external_id": f"V{number:06}",
            "customer_id": customer_id,
            "rating": rating,
            "reviewed_at": LONG_AGO,
        }
        return self._row(tables.reviews, ordinary | fields)

    def fact(self, customer_id: int, attribute: str, value: str, **fields: Any) -> int:
        ordinary = {
            "customer_id": customer_id,
            "attribute": attribute,
            "source": "own_word",
            "value": value,
            "confidence": 1.0,
            "at": LONG_AGO,
            "holds": True,
        }
        return self._row(tables.facts, ordinary | fields)

    def knowledge(self, id: str, question: str, answer: str, **fields: Any) -> str:  # noqa: A002
        self._row(
            tables.knowledge,
            {"id": id, "question": question, "answer": answer, "updated_at": LONG_AGO} | fields,
        )
        return id

    def _row(self, table: Table, fields: dict[str, Any]) -> int:
        inserted = self._session.execute(
            insert(table).values(fields).returning(*table.primary_key.columns)
        ).one()
        return inserted[0]  # type: ignore[no-any-return]
