"""Everything the API does, as one table: from it come the routes, the scopes they need, and the published document."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from flask.typing import ResponseReturnValue
from pydantic import BaseModel

from bot.values.records import Kind
from handlers.api import (
    bodies,
    definitions,
    fields,
    follow_ups,
    guard,
    posting,
    queries,
    reading,
    records,
    shown,
)
from handlers.api.definitions import Table

Method = Literal["GET", "POST", "PUT"]

ALWAYS = (401, 403, 429, 503)
ONE_OF_MANY = "{name}"


@dataclass(frozen=True, slots=True)
class Operation:
    """`answers` are the statuses beside 200 and `ALWAYS`."""

    method: Method
    path: str
    name: str
    about: str
    scope: str
    view: Callable[..., ResponseReturnValue]
    answers: tuple[int, ...]
    model: type[BaseModel] | None = None  # of one thing in the answer
    query: type[queries.Page] | None = None
    body: fields.Schema | None = None  # of one thing in the request
    name_is_number: bool = False

    @property
    def is_list(self) -> bool:
        return self.query is not None

    @property
    def rule(self) -> str:
        """As Flask writes it; a name that other programs gave may hold a slash."""
        return self.path.replace(ONE_OF_MANY, "<path:name>")

    def __call__(self, **arguments: str) -> ResponseReturnValue:
        guard.require(self.scope)
        return self.view(**arguments)


@dataclass(frozen=True, slots=True)
class Resource:
    """`family` is the first half of its scopes."""

    name: str
    family: str
    model: type[BaseModel]
    query: type[queries.Page]
    name_is_number: bool = False


RESOURCES = (
    Resource("customers", "customers", shown.Customer, queries.Customers, name_is_number=True),
    Resource("follow_ups", "customers", shown.FollowUp, queries.FollowUps, name_is_number=True),
    Resource("products", "products", shown.Product, queries.Products),
    Resource("orders", "orders", shown.Order, queries.Orders),
    Resource("shipments", "orders", shown.Shipment, queries.OfOrder),
    Resource("payments", "orders", shown.Payment, queries.OfOrder),
    Resource("returns", "orders", shown.Return, queries.OfOrder),
    Resource("reviews", "orders", shown.Review, queries.Reviews),
    Resource("segments", "campaigns", shown.Segment, queries.Page),
    Resource("contents", "campaigns", shown.Content, queries.Page),
    Resource("campaigns", "campaigns", shown.Campaign, queries.Campaigns),
    Resource("deliveries", "campaigns", shown.Delivery, queries.Deliveries, name_is_number=True),
    Resource("messages", "messages", shown.Message, queries.Messages, name_is_number=True),
    Resource("events", "messages", shown.Event, queries.Events, name_is_number=True),
    Resource("knowledge", "knowledge", shown.Knowledge, queries.Knowledge),
)

UPSERTS: dict[Kind, str] = {  # and the family of the scope
    "customers": "customers",
    "products": "products",
    "stock": "products",
    "orders": "orders",
    "shipments": "orders",
    "payments": "orders",
    "returns": "orders",
    "reviews": "orders",
}

DEFINED: dict[str, tuple[Table, str]] = {
    "segments": ("segment", "campaigns"),
    "contents": ("content", "campaigns"),
    "campaigns": ("campaign", "campaigns"),
    "knowledge": ("knowledge", "knowledge"),
}


def _reads(of: Resource) -> Iterator[Operation]:
    scope = f"{of.family}:read"

    def page() -> ResponseReturnValue:
        return reading.page(of.name, of.model, queries.asked(of.query))

    yield Operation(
        "GET",
        f"/{of.name}",
        f"list_{of.name}",
        f"A page of {of.name}",
        scope,
        page,
        (400,),
        of.model,
        of.query,
    )
    one = partial(reading.one, of.name, of.model, is_number=of.name_is_number)
    yield Operation(
        "GET", f"/{of.name}/{ONE_OF_MANY}", f"get_{of.name}", f"One of the {of.name}", scope, one, (404,), of.model,
        name_is_number=of.name_is_number,
    )  # fmt: skip


def _upsert(kind: Kind, family: str) -> Operation:
    def post() -> ResponseReturnValue:
        body = bodies.raw()
        return posting.answered(body, records.taking(kind, body))

    about = f"Create or update {kind}: one, or up to {bodies.MOST_ITEMS}"
    return Operation(
        "POST", f"/{kind}", f"put_{kind}", about, f"{family}:write", post, (400, 413, 415, 422), body=fields.of_record(kind),
    )  # fmt: skip


def _defines(resource: str, table: Table, family: str) -> Iterator[Operation]:
    def post() -> ResponseReturnValue:
        body = bodies.raw()
        return posting.answered(body, definitions.several(table, body))

    def put(name: str) -> ResponseReturnValue:
        return posting.done(definitions.one(table, bodies.raw(), name))

    answers, scope = (400, 413, 415, 422), f"{family}:write"
    about = f"Create or update {resource}: one, or up to {bodies.MOST_ITEMS}"
    yield Operation(
        "POST",
        f"/{resource}",
        f"define_{resource}",
        about,
        scope,
        post,
        answers,
        body=fields.of_definition(resource),
    )
    yield Operation(
        "PUT", f"/{resource}/{ONE_OF_MANY}", f"define_one_of_{resource}", f"Create or update one of the {resource}", scope, put,
        (*answers, 404), body=fields.of_definition(resource, without_id=True),
    )  # fmt: skip


def _follow_up() -> Operation:
    def post() -> ResponseReturnValue:
        body = bodies.raw()
        return posting.answered(body, follow_ups.done(body))

    about = f"Say of what waits for a person that it was done: of one, or of up to {bodies.MOST_ITEMS}"
    return Operation(
        "POST", "/follow_ups", "do_follow_ups", about, "customers:write", post, (400, 413, 415, 422), body=follow_ups.SCHEMA,
    )  # fmt: skip


OPERATIONS: tuple[Operation, ...] = (
    *(operation for of in RESOURCES for operation in _reads(of)),
    _follow_up(),
    *(_upsert(kind, family) for kind, family in UPSERTS.items()),
    *(operation for name, (table, family) in DEFINED.items() for operation in _defines(name, table, family)),
)


def parameters_of(model: type[queries.Page]) -> dict[str, dict[str, Any]]:
    """Name and schema of each, as the model checks them."""
    properties: dict[str, dict[str, Any]] = model.model_json_schema()["properties"]
    return properties
