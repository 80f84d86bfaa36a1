"""Reads the demo shop's own files: what it sells, knows and plans, and the account's menu."""

import tomllib
from decimal import Decimal
from importlib import resources
from typing import Any

from bot.rules.contents import definitions
from bot.values.definitions import Definitions
from bot.values.notice import NoticeTemplate
from bot.values.trade import Product

DEFINITIONS = ("knowledge.toml", "campaigns.toml")


def products() -> tuple[Product, ...]:
    rows = _read("products.toml")["product"]
    return tuple(Product(**(row | {"price": Decimal(str(row["price"]))})) for row in rows)


def plans_and_knowledge() -> Definitions:
    """Segments, contents, campaigns and knowledge, ready to be applied. Raises `BadDefinition`."""
    return definitions.together(definitions.read(name, _read(name)) for name in DEFINITIONS)


def menu() -> dict[str, Any]:
    """The body of WeChat's menu/create."""
    return _read("menu.toml")


def notices() -> tuple[NoticeTemplate, ...]:
    """The account's templates of subscription notices."""
    return _templates("notice")


def message_templates() -> tuple[NoticeTemplate, ...]:
    """Those of template messages."""
    return _templates("template")


def _templates(kind: str) -> tuple[NoticeTemplate, ...]:
    return tuple(
        NoticeTemplate(id=one["id"], title=one["title"], fields=dict(one["fields"]))
        for one in _read("notices.toml")[kind]
    )


def reviews() -> dict[str, dict[str, list[str]]]:
    """What customers write, by category of the product and by good, fair, bad; every category has all three."""
    words: dict[str, dict[str, list[str]]] = _read("reviews.toml")
    return {product.category: words.get(product.category, words["其他"]) for product in products()} | words


def amounts() -> dict[str, int]:
    """Every amount in yuan the texts may name beside the products' prices, by what it is for."""
    return dict(_read("shop.toml")["amounts"])


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath(name).read_text(encoding="utf-8"))
