"""Takes in products, their stock, and knowledge entries."""

from collections.abc import Sequence

from sqlalchemy import select

from bot.rules.intake.cells import given
from bot.store import rows
from bot.store.shop.taking import Batch, Outcome, not_here, put_good, said
from bot.store.tables import knowledge, products
from bot.store.talk import knowledge_asks
from bot.values.records import Fault, KnowledgeRecord, ProductRecord, StockRecord


def take(batch: Batch, records: Sequence[ProductRecord]) -> list[Outcome]:
    scenes = _scenes(batch, [record.qr_scene for record in records if record.qr_scene])
    return put_good(batch, products, [_product(record, scenes) for record in records])


def take_stock(batch: Batch, records: Sequence[StockRecord]) -> list[Outcome]:
    there = rows.ids_by(batch.session, products.c.external_id, [record.external_id for record in records])
    return put_good(batch, products, [_stock(record, there) for record in records])


def take_knowledge(batch: Batch, records: Sequence[KnowledgeRecord]) -> list[Outcome]:
    found = [
        said(record, "id", "question", "answer", "keywords", "category", "enabled") for record in records
    ]
    outcomes = put_good(batch, knowledge, found, key="id")
    asks = {record.id: record.asks for record in records if record.asks is not None}
    changed = knowledge_asks.write(batch.session, asks, batch.now)
    return [
        "updated" if outcome == "unchanged" and record.id in changed else outcome
        for record, outcome in zip(records, outcomes, strict=True)
    ]


def _product(record: ProductRecord, scenes: dict[str, str]) -> rows.Row | Fault:
    if record.qr_scene and scenes.setdefault(record.qr_scene, record.external_id) != record.external_id:
        return Fault("qr_scene", "a scene no other product has", given(record.qr_scene))
    return said(
        record, "external_id", "name", "price", "category", "brand", "description", "stock", "is_on_sale", "qr_scene", "attributes",
    )  # fmt: skip


def _stock(record: StockRecord, there: dict[str, int]) -> rows.Row | Fault:
    if record.external_id not in there:
        return not_here("external_id", "a product", record.external_id)
    return said(record, "external_id", "stock")


def _scenes(batch: Batch, wanted: Sequence[str]) -> dict[str, str]:
    """Whose product each scene is."""
    found: dict[str, str] = {}
    for some in rows.parts(wanted):
        whose = select(products.c.qr_scene, products.c.external_id).where(products.c.qr_scene.in_(some))
        found.update((scene, product) for scene, product in batch.session.execute(whose))
    return found
