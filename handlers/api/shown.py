"""How each resource looks to other programs. The same models make the answers and the published schema.

Money is text in yuan, so that nobody rounds it; times are ISO 8601 in UTC.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.store.delivery_states import STATES


class Shown(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Figures(Shown):
    """What the customer's purchases add up to, and the places this puts them in; places after the first refresh."""

    orders: int = Field(description="purchases that stand")
    spent: Decimal
    first_order_at: datetime | None
    last_order_at: datetime | None
    returns: int
    returned: Decimal
    r: int | None = Field(description="recency, 1 to 5")
    f: int | None = Field(description="frequency, 1 to 5")
    m: int | None = Field(description="money, 1 to 5")
    satisfaction: int | None
    score: int | None
    abc: str | None
    tier: str | None
    grid: str | None
    service_class: str | None
    lifecycle: str | None


class Customer(Shown):
    id: int
    openid: str | None
    external_id: str | None
    phone: str | None = Field(description="masked without the scope personal:read")
    union_id: str | None
    name: str | None
    gender: str | None
    birthday: date | None = Field(description="only with the scope personal:read")
    province: str | None
    city: str | None
    level: str | None
    points: int
    source: str
    source_scene: str
    followed_at: datetime | None
    unfollowed_at: datetime | None
    spoke_at: datetime | None
    wants_pushes: bool
    engagement: str
    complaint_open: bool
    created_at: datetime
    tags: list[str]
    figures: Figures | None


class FollowUp(Shown):
    """Of those that wait for a person only; what was done is gone."""

    id: int
    customer_id: int
    openid: str | None
    customer_external_id: str | None = Field(validation_alias="external_id")
    customer_name: str | None = Field(validation_alias="name")
    service: str = Field(description="account_manager, follow_up … as the rules call it")
    service_class: str | None
    opened_at: datetime
    due_at: datetime
    staff: str | None = Field(validation_alias="staff_name", description="whose it is; null: anybody's")


class Product(Shown):
    external_id: str
    name: str
    category: str
    brand: str
    description: str
    price: Decimal
    stock: int
    is_on_sale: bool
    qr_scene: str | None
    attributes: dict[str, Any]
    updated_at: datetime | None


class Line(Shown):
    product_external_id: str | None
    product_name: str
    quantity: int
    price: Decimal


class Order(Shown):
    external_id: str
    customer_id: int | None
    customer_external_id: str | None
    openid: str | None
    status: str
    amount: Decimal
    discount: Decimal
    coupon_amount: Decimal
    ordered_at: datetime
    paid_at: datetime | None
    updated_at: datetime | None
    lines: list[Line]


class Shipment(Shown):
    external_id: str
    order_external_id: str
    carrier: str
    tracking_no: str
    status: str
    shipped_at: datetime | None
    delivered_at: datetime | None
    updated_at: datetime | None


class Payment(Shown):
    external_id: str
    order_external_id: str
    amount: Decimal
    method: str
    paid_at: datetime
    updated_at: datetime | None


class Return(Shown):
    external_id: str
    order_external_id: str
    product_external_id: str | None
    quantity: int
    kind: str
    reason: str = Field(description="masked without the scope personal:read")
    status: str
    amount: Decimal | None
    requested_at: datetime
    closed_at: datetime | None
    updated_at: datetime | None


class Review(Shown):
    external_id: str
    customer_id: int | None
    customer_external_id: str | None
    openid: str | None
    product_external_id: str | None
    order_external_id: str | None
    rating: int
    text: str = Field(description="masked without the scope personal:read")
    reviewed_at: datetime
    updated_at: datetime | None


class Segment(Shown):
    id: str
    name: str
    rule: dict[str, Any]
    updated_at: datetime


class Content(Shown):
    id: str
    title: str
    category: str
    purpose: str
    kind: str
    text: str
    media_id: str | None
    details: dict[str, Any] = Field(description="what its kind has besides; of several parts, each of them")
    version: str = Field(description="names exactly what customers get to see")
    messages: int = Field(description="how many messages of a reply window it takes")
    by_mass: bool = Field(description="whether a mass send can carry it")
    useful_until: datetime | None
    occasion_until: str = Field(
        description="of use until its campaign's occasion: eve, day; empty: throughout"
    )
    notice_template: str | None = Field(description="by which it may go as a subscription notice")
    notice_page: str
    notice_data: dict[str, str] | None = Field(description="what the template's fields say")
    template_id: str | None = Field(description="by which it may go as a template message")
    template_data: dict[str, str] | None = Field(description="the same of that template's fields")
    template_url: str = Field(description="what a tap on it opens")
    template_app_id: str = Field(description="the mini-program a tap opens instead")
    template_page: str
    approved_by: str | None = Field(description="who approved it in the console; it is sent only after that")
    approved_at: datetime | None
    updated_at: datetime


class Variant(Shown):
    contents: list[str]
    weight: int


class Campaign(Shown):
    id: str
    name: str
    segment: str
    contents: list[str]
    priority: int
    starts: date
    ends: date
    status: str
    regular: bool
    repeat: bool
    channels: list[str]
    marketing_in_window: bool
    variants: dict[str, Variant]
    hold_out_percent: int
    in_order: bool
    occasion: dict[str, Any] | None = Field(description="the day it waits for with each customer; null: any")
    updated_at: datetime


class Delivery(Shown):
    id: int
    campaign_id: str | None = Field(description="null: an answer that was not ready in time")
    customer_id: int
    openid: str | None
    content_id: str | None
    variant: str | None = Field(description="of the campaign's test, when there is one")
    channel: str
    purpose: str
    state: Literal[STATES]  # type: ignore[valid-type]
    reason: str
    day: date
    planned_at: datetime
    due_at: datetime
    claimed_at: datetime | None
    finished_at: datetime | None
    attempts: int


class Message(Shown):
    id: int
    customer_id: int | None
    openid: str | None
    direction: Literal["in", "out"]
    kind: str
    text: str = Field(description="masked without the scope personal:read")
    wechat_msg_id: str | None
    handler: str | None = Field(description="which intention answered")
    source_id: str | None = Field(description="the knowledge entry the answer came from")
    delivery_id: int | None
    answers_id: int | None = Field(description="the message this one answers")
    created_at: datetime


class Event(Shown):
    id: int
    customer_id: int | None
    openid: str | None
    kind: str = Field(description="event:follow, event:scan, event:menu_click …")
    text: str = Field(
        description="what the event is about: a scene, a menu key; masked without personal:read"
    )
    created_at: datetime


class Knowledge(Shown):
    id: str
    question: str
    keywords: str
    answer: str
    category: str
    enabled: bool
    asks: list[str] = Field(description="other wordings: the shop's own, and what customers really asked")
    updated_at: datetime
