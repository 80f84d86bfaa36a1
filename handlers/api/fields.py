"""What other programs may send, published: each kind's fields as `bot/rules` reads them, with an example that is taken.

The readers forgive more than is published (a date in Chinese, ￥1,299.00, common Chinese words for a status), so that an
ERP can send what it has. A test holds the names and what is required against the readers themselves.
"""

from collections.abc import Mapping
from typing import Any

from bot.rules.contents import definition_fields, parts
from bot.rules.contents.definition_fields import REQUIRED
from bot.rules.intake import records
from bot.values import rule_fields
from bot.values.channels import CHANNELS
from bot.values.knowledge import LONGEST_ASK, MOST_ASKS
from bot.values.records import Kind

Schema = dict[str, Any]


def _text(most: int, about: str = "") -> Schema:
    return {"type": ["string", "null"], "maxLength": most} | ({"description": about} if about else {})


def _whole(least: int, most: int = 2_147_483_647) -> Schema:
    return {"type": ["integer", "null"], "minimum": least, "maximum": most}


def _one_of(*words: str) -> Schema:
    return {"type": ["string", "null"], "enum": [*words, None]}


def _list(of: Schema, most: int) -> Schema:
    return {"type": ["array", "null"], "items": of, "maxItems": most}


MONEY: Schema = {
    "type": ["string", "number", "null"],
    "description": "yuan, not negative, to the cent",
    "pattern": r"^[0-9]{1,10}(\.[0-9]{1,2})?$",
    "minimum": 0,
    "maximum": 9_999_999_999.99,
}
INSTANT: Schema = {
    "type": ["string", "null"],
    "format": "date-time",
    "description": "without a zone it is Shanghai's",
}
DAY: Schema = {"type": ["string", "null"], "format": "date"}
YES: Schema = {"type": ["boolean", "null"]}
ID = _text(64)
PHONE = _text(40, "11 digits, or + and digits outside the mainland")
PLAIN: Schema = {"type": "string", "minLength": 1, "maxLength": 40}

_LINE: Schema = {
    "type": "object",
    "properties": {
        "product_external_id": ID,
        "product_name": _text(200),
        "quantity": _whole(1, 1_000_000),
        "price": MONEY | {"description": "of one, in yuan"},
    },
    "required": ["quantity", "price"],
}
_WHOSE: dict[str, Schema] = {"customer_external_id": ID, "openid": ID, "phone": PHONE}

RECORDS: dict[Kind, dict[str, Schema]] = {
    "customers": {
        "external_id": ID, "openid": ID, "phone": PHONE, "union_id": ID, "name": _text(100), "gender": _one_of("female", "male"),
        "birthday": DAY, "province": _text(40), "city": _text(40), "district": _text(40), "level": _text(40), "points": _whole(0),
        "source": _text(40), "tags": _list(PLAIN, 100),
    },
    "products": {
        "external_id": ID, "name": _text(200), "price": MONEY, "category": _text(40), "brand": _text(100),
        "description": _text(20_000), "stock": _whole(0), "is_on_sale": YES, "qr_scene": ID,
        "attributes": {"type": ["object", "null"], "additionalProperties": {"type": "string", "maxLength": 500}, "maxProperties": 100},
    },
    "stock": {"external_id": ID, "stock": _whole(0)},
    "orders": {
        "external_id": ID, **_WHOSE, "status": _one_of("placed", "paid", "shipped", "delivered", "closed", "refunded"),
        "amount": MONEY, "discount": MONEY, "coupon_amount": MONEY, "ordered_at": INSTANT, "paid_at": INSTANT,
        "lines": _list(_LINE, 1_000),
    },
    "shipments": {
        "external_id": ID, "order_external_id": ID, "carrier": _text(40), "tracking_no": ID,
        "status": _one_of("waiting", "shipped", "delivered", "returned"), "shipped_at": INSTANT, "delivered_at": INSTANT,
    },
    "payments": {"external_id": ID, "order_external_id": ID, "amount": MONEY, "method": _text(20), "paid_at": INSTANT},
    "returns": {
        "external_id": ID, "order_external_id": ID, "product_external_id": ID, "quantity": _whole(1, 1_000_000),
        "kind": _one_of("return", "exchange", "repair"), "reason": _text(200),
        "status": _one_of("requested", "accepted", "closed", "refused"), "amount": MONEY, "requested_at": INSTANT,
        "closed_at": INSTANT,
    },
    "reviews": {
        "external_id": ID, **_WHOSE, "product_external_id": ID, "order_external_id": ID, "rating": _whole(1, 5),
        "text": _text(5_000), "reviewed_at": INSTANT,
    },
}  # fmt: skip

EXAMPLES: dict[str, Schema] = {
    "customers": {"external_id": "C-1001", "phone": "13800138000", "name": "王芳", "city": "杭州", "tags": ["tea"]},
    "products": {"external_id": "TEA-01", "name": "龙井 100g", "price": "128.00", "category": "tea", "stock": 40},
    "stock": {"external_id": "TEA-01", "stock": 38},
    "orders": {
        "external_id": "D-5001", "customer_external_id": "C-1001", "status": "paid",
        "ordered_at": "2026-11-20T10:30:00+08:00",
        "lines": [{"product_external_id": "TEA-01", "quantity": 2, "price": "128.00"}],
    },
    "shipments": {
        "external_id": "S-5001-1", "order_external_id": "D-5001", "carrier": "顺丰", "tracking_no": "SF1234567890",
        "shipped_at": "2026-11-21T09:00:00+08:00",
    },
    "payments": {
        "external_id": "P-5001", "order_external_id": "D-5001", "amount": "256.00", "method": "wechat",
        "paid_at": "2026-11-20T10:31:00+08:00",
    },
    "returns": {
        "external_id": "R-1", "order_external_id": "D-5001", "status": "requested", "kind": "return", "quantity": 1,
        "reason": "包装破损", "requested_at": "2026-11-22T09:00:00+08:00",
    },
    "reviews": {
        "external_id": "V-1", "customer_external_id": "C-1001", "product_external_id": "TEA-01", "rating": 5,
        "text": "很香", "reviewed_at": "2026-11-22T20:00:00+08:00",
    },
    "segments": {
        "id": "tea-lovers", "name": "爱茶的人",
        "rule": {"all": [{"field": "orders_365d", "op": ">=", "value": 1}, {"field": "tags", "op": "has", "value": "tea"}]},
    },
    "contents": {
        "id": "water-temperature", "title": "泡茶的水温", "category": "leisure", "purpose": "care", "kind": "text",
        "text": "{customer.name|您}好，绿茶宜用 80℃ 的水。",
    },
    "campaigns": {
        "id": "evening-tea", "name": "晚间茶话", "segment": "tea-lovers", "contents": ["water-temperature"],
        "starts": "2026-12-01", "ends": "2026-12-31", "status": "draft",
    },
    "knowledge": {"id": "how-hot", "question": "绿茶用多热的水？", "answer": "80℃ 左右。", "keywords": "水温 温度"},
}  # fmt: skip


def _word(most: int) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": most}


def _choice(*words: str) -> Schema:
    return {"type": "string", "enum": list(words)}


DEFINED_NAME: Schema = {"type": "string", "pattern": r"^[\w.-]{1,64}$"}
_YES: Schema = {"type": "boolean"}
_DAY: Schema = {"type": "string", "format": "date"}

_VARIANT: dict[str, Schema] = {
    "contents": {"type": "array", "items": DEFINED_NAME, "minItems": 1, "uniqueItems": True},
    "weight": {"type": "integer", "minimum": 1, "maximum": 100},
}


def _short(most: int) -> Schema:
    return {"type": "string", "maxLength": most}


def _form(about: str, **beside: Schema) -> Schema:
    """How a content fills one of the account's templates."""
    data = {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {"type": "string"},
        "description": "the template's fields, such as thing1, with their words",
    }
    return {
        "type": "object",
        "description": about,
        "properties": {"template": _word(64), **beside, "data": data},
        "required": ["template", "data"],
        "additionalProperties": False,
    }


_HASH: Schema = {
    "type": "string",
    "pattern": r"^([0-9a-f]{64})?$",
    "description": "the hash of an uploaded file",
}
_PART: dict[str, Schema] = {
    "tail": _short(2_000), "file": _HASH, "cover": _HASH, "url": _short(1024), "app_id": _short(18),
    "page": _short(1024), "author": _short(16), "digest": _short(120), "body": _short(20_000),
}  # fmt: skip
_OPTIONS: Schema = {
    "type": "array",
    "maxItems": parts.MOST_OPTIONS,
    "items": {
        "anyOf": [
            {"type": "string", "minLength": 1, "maxLength": 60},
            {
                "type": "object",
                "properties": {"id": _word(64), "words": _word(60)},
                "required": ["id", "words"],
                "additionalProperties": False,
            },
        ]
    },
}

DEFINITIONS: dict[str, dict[str, Schema]] = {
    "segments": {
        "id": DEFINED_NAME, "name": _word(100),
        "rule": {
            "type": "object",
            "description": "{} is everyone; else all: [rules], any: [rules], not: rule, or field, op and value. "
            f"Fields: {', '.join(rule_fields.FIELDS)}",
        },
    },
    "contents": {
        "id": DEFINED_NAME, "title": _word(100), "category": _word(20), "purpose": _choice(*definition_fields.PURPOSES),
        "kind": _choice(*definition_fields.KINDS),
        "text": {"type": "string", "maxLength": 2_000, "description": "at most 2,000 bytes of UTF-8"},
        "media_id": _text(128, "WeChat's id, of a picture, voice or video"), **_PART, "options": _OPTIONS,
        "parts": {
            "type": "array", "maxItems": parts.MOST_PARTS, "description": "several messages as one delivery; kind parts",
            "items": {"type": "object", "properties": _PART | {
                "kind": _choice(*parts.SHAPES), "title": _short(100), "text": _short(2_000), "media_id": _short(128),
                "options": _OPTIONS,
            }, "required": ["kind"], "additionalProperties": False},
        },
        "useful_until": INSTANT,
        "notice": _form("how it goes as a subscription notice; never marketing", page=_short(1_024)),
        "template": _form(
            "how it goes as a template message; purpose service only",
            url=_short(1_024), app_id=_short(32), page=_short(1_024),
        ),
        "occasion_until": _choice("", "eve", "day"),
    },
    "campaigns": {
        "id": DEFINED_NAME, "name": _word(100), "segment": DEFINED_NAME,
        "contents": {
            "type": "array", "items": DEFINED_NAME, "uniqueItems": True, "description": "at least one, here or in a variant",
        },
        "variants": {
            "type": "object", "description": "2 to 4 by name: contents, or contents and weight",
            "additionalProperties": {"anyOf": [_VARIANT["contents"], {
                "type": "object", "properties": _VARIANT, "required": ["contents"], "additionalProperties": False,
            }]},
        },
        "hold_out_percent": {"type": "integer", "minimum": 0, "maximum": definition_fields.MOST_HELD_OUT},
        "in_order": _YES,
        "priority": {"type": "integer", "minimum": -1_000_000, "maximum": 1_000_000}, "starts": _DAY, "ends": _DAY,
        "status": _choice(*definition_fields.STATUSES), "regular": _YES, "repeat": _YES,
        "channels": {"type": "array", "items": _choice(*CHANNELS), "uniqueItems": True},
        "marketing_in_window": _YES,
        "occasion": {
            "type": ["object", "null"],
            "description": "festival, birthday, anniversary, after or care, with days_before or days, and lasts",
        },
    },
    "knowledge": {
        "id": DEFINED_NAME, "question": _word(500), "keywords": {"type": ["string", "array"], "items": {"type": "string"}},
        "answer": {"type": "string", "maxLength": 2_000}, "category": {"type": "string", "maxLength": 20}, "enabled": _YES,
        "asks": {
            "type": ["array", "null"], "items": _word(LONGEST_ASK), "maxItems": MOST_ASKS, "uniqueItems": True,
            "description": "other wordings, all that the shop writes, null: as they were; what customers asked stays",
        },
    },
}  # fmt: skip

READERS: Mapping[str, Mapping[str, definition_fields.Field]] = {
    "segments": definition_fields.SEGMENT,
    "contents": definition_fields.CONTENT,
    "campaigns": definition_fields.CAMPAIGN,
    "knowledge": definition_fields.KNOWLEDGE,
}


def of_record(kind: Kind) -> Schema:
    """Fields nobody knows are passed over, and named in the answer."""
    required = sorted(records.SHAPES[kind].required)
    return _object(kind, RECORDS[kind], required) | {"additionalProperties": True}


def of_definition(resource: str, *, without_id: bool = False) -> Schema:
    """`without_id`: it stands in the address already."""
    fields = READERS[resource]
    required = [name for name in fields if fields[name].default is REQUIRED]
    found = _object(resource, DEFINITIONS[resource], required) | {"additionalProperties": False}
    if without_id:
        found["required"] = [name for name in required if name != "id"]
        found["examples"] = [{name: value for name, value in EXAMPLES[resource].items() if name != "id"}]
    return found


def _object(resource: str, properties: dict[str, Schema], required: list[str]) -> Schema:
    found: Schema = {"type": "object", "properties": properties, "examples": [EXAMPLES[resource]]}
    return found | ({"required": required} if required else {})
