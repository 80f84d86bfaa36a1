"""What may stand behind the ? of each list: the models that check it also publish it. An empty value filters nothing."""

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from flask import request
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
)

from bot.rules.intake.cells import YEARS, given
from bot.rules.intake.cells import Wrong as NoPhone
from bot.rules.intake.cells import phone as read_phone
from bot.store.delivery_states import STATES
from bot.store.programs.api_lists import Wanted
from bot.store.tables.columns import LARGEST_ID
from handlers.api.problems import Problem, Wrong
from handlers.serving import services

MOST = 200
ORDINARY = 50


def _moment(value: Any, info: ValidationInfo) -> datetime:
    """ISO 8601. Without a zone it is the shop's; a + that nobody escaped arrived as a space."""
    zone: ZoneInfo = info.context["zone"] if info.context else ZoneInfo("UTC")
    words = str(value).strip().upper()
    try:
        at = datetime.fromisoformat(words.replace(" ", "+" if "T" in words else "T"))
    except ValueError:
        raise ValueError("an ISO 8601 time such as 2026-11-24T12:00:00+08:00, or a day") from None
    at = at if at.tzinfo else at.replace(tzinfo=zone)
    return at.astimezone(UTC) if at.year in YEARS else at.replace(tzinfo=UTC)  # no zone matters so far away


def _yes_or_no(value: Any) -> bool:
    if value not in {"true", "false"}:
        raise ValueError("true or false")
    return bool(value == "true")


def _phone(value: str) -> str:
    try:
        return read_phone(value)
    except NoPhone as wrong:
        raise ValueError(str(wrong)) from None


Moment = Annotated[
    datetime, BeforeValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})
]
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
Number = Annotated[int, Field(ge=1, le=LARGEST_ID)]
YesOrNo = Annotated[bool, BeforeValidator(_yes_or_no), WithJsonSchema({"type": "boolean"})]


class Query(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Page(Query):
    """Any list: `equal` names the filters that are compared as they are."""

    equal: ClassVar[tuple[str, ...]] = ()

    limit: Annotated[int, Field(ge=1, le=MOST)] = ORDINARY
    cursor: Annotated[
        str | None,
        Field(max_length=1_000, description="the next of the page before; nothing: the first page"),
    ] = None
    sort: Literal["oldest", "newest"] = "oldest"

    def wanted(self) -> Wanted:
        """What the store is asked."""
        compared = {name: getattr(self, name) for name in self.equal if getattr(self, name) is not None}
        return Wanted(
            equal=compared,
            newest_first=self.sort == "newest",
            **self.more(),
        )

    def more(self) -> dict[str, Any]:
        return {}


class Timed(Page):
    from_: Annotated[
        Moment | None, Field(alias="from", description="ISO 8601; without a zone it is the shop's")
    ] = None
    to: Annotated[Moment | None, Field(description="not included")] = None

    def more(self) -> dict[str, Any]:
        return {**super().more(), "since": self.from_, "until": self.to}


class Customers(Page):
    equal = ("openid", "external_id", "phone")

    openid: Name | None = None
    external_id: Name | None = None
    phone: Annotated[
        str | None,
        Field(max_length=40, pattern=r"^(\+86)?1[3-9][0-9]{9}$|^\+[1-9][0-9]{6,14}$"),
        AfterValidator(lambda value: value and _phone(value)),
    ] = None
    segment: Annotated[Name | None, Field(description="only its members, as of now")] = None

    def more(self) -> dict[str, Any]:
        return {**super().more(), "segment": self.segment or ""}


class FollowUps(Timed):
    """`from` and `to` compare `due_at`."""

    equal = ("service",)

    service: Annotated[Name | None, Field(description="account_manager, follow_up …")] = None
    openid: Name | None = None
    customer_id: Number | None = None

    def more(self) -> dict[str, Any]:
        return {**super().more(), "customer": _customer(self, "openid", "customer_id")}


class Products(Page):
    equal = ("external_id",)

    external_id: Name | None = None


class Orders(Timed):
    """`from` and `to` compare `ordered_at`."""

    equal = ("external_id", "status")

    external_id: Name | None = None
    status: Literal["placed", "paid", "shipped", "delivered", "closed", "refunded"] | None = None
    customer_external_id: Name | None = None
    openid: Name | None = None

    def more(self) -> dict[str, Any]:
        return {**super().more(), "customer": _customer(self, "openid", "customer_external_id")}


class OfOrder(Page):
    equal = ("external_id",)

    external_id: Name | None = None
    order_external_id: Name | None = None

    def more(self) -> dict[str, Any]:
        return {**super().more(), "order": self.order_external_id or ""}


class Reviews(OfOrder):
    customer_external_id: Name | None = None
    openid: Name | None = None

    def more(self) -> dict[str, Any]:
        return {**super().more(), "customer": _customer(self, "openid", "customer_external_id")}


class Campaigns(Page):
    equal = ("status",)

    status: Literal["draft", "running", "paused", "ended"] | None = None


class Deliveries(Timed):
    """`from` and `to` compare `due_at`."""

    equal = ("campaign", "state")

    campaign: Name | None = None
    openid: Name | None = None
    customer_id: Number | None = None
    state: Literal[STATES] | None = None  # type: ignore[valid-type]

    def more(self) -> dict[str, Any]:
        return {**super().more(), "customer": _customer(self, "openid", "customer_id")}


class Messages(Timed):
    """`from` and `to` compare `created_at`."""

    equal = ("direction", "kind")

    openid: Name | None = None
    customer_id: Number | None = None
    q: Annotated[
        str | None,
        Field(max_length=100, pattern=r"^[^\x00]+$", description="part of the text, capitals aside"),
    ] = None
    direction: Literal["in", "out"] | None = None
    kind: Name | None = None

    def more(self) -> dict[str, Any]:
        customer = _customer(self, "openid", "customer_id")
        return {**super().more(), "customer": customer, "text": self.q or ""}


class Events(Timed):
    """`from` and `to` compare `created_at`."""

    equal = ("kind",)

    openid: Name | None = None
    customer_id: Number | None = None
    kind: Annotated[Name | None, Field(description="event:follow, event:scan …")] = None

    def more(self) -> dict[str, Any]:
        return {**super().more(), "customer": _customer(self, "openid", "customer_id")}


class Knowledge(Page):
    equal = ("category", "enabled")

    category: Name | None = None
    enabled: YesOrNo | None = None


def asked(model: type[Page]) -> Page:
    """The query of this request. Raises 400 that names each parameter at fault."""
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise _bad([Wrong(name, "once") for name in twice])
    given_ones = {name: value for name, value in request.args.items() if value != ""}
    try:
        return model.model_validate(given_ones, context={"zone": services().config.push.zone})
    except ValidationError as error:
        raise _bad([_wrong(model, one) for one in error.errors(include_url=False)]) from None


def _wrong(model: type[Page], error: Any) -> Wrong:
    name = str(error["loc"][0])
    if error["type"] == "extra_forbidden":
        known = sorted(field.alias or name for name, field in model.model_fields.items())
        return Wrong(name[:64], f"no such parameter; there are {', '.join(known)}")
    said = (
        error["ctx"]["error"]
        if error["type"] == "value_error"
        else error["msg"].removeprefix("Input should be ")
    )
    return Wrong(name, str(said), given(error["input"]))


def _bad(errors: list[Wrong]) -> Problem:
    first = errors[0]
    return Problem(400, "bad_parameter", f"{first.field}: expected {first.expected}", errors=errors)


def _customer(query: Page, *names: str) -> dict[str, Any]:
    return {name: getattr(query, name) for name in names if getattr(query, name) is not None}
