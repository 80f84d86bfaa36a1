"""What the hand-written customers bought and who they are: the same whatever the shop's seed."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

from bot.sandbox.shop.people import moment, openid_of
from bot.sandbox.shop.purchases import SHANGHAI, line, order_of
from bot.sandbox.shop.regard import level_of, points_of, tags_of
from bot.sandbox.shop.showcase import Character
from bot.values.trade import Buyer, Order, Product


def orders_of(buyer: str, character: Character, known: Mapping[str, Product], today: datetime) -> list[Order]:
    random = Random(character.key)
    found = []
    for bought in character.bought:
        day = today.astimezone(SHANGHAI).date() - timedelta(days=bought.days_ago)
        lines = [line(known[product], quantity) for product, quantity in bought.items]
        found.append(
            order_of(
                buyer,
                character.province,
                lines,
                datetime.combine(day, bought.at, SHANGHAI).astimezone(UTC),
                today,
                random,
                bought.ending,
            )
        )
    return found


def buyer_of(
    number: str,
    character: Character,
    orders: Sequence[Order],
    categories: Mapping[str, str],
    today: datetime,
) -> Buyer:
    random = Random(character.key)

    def days_ago(days: int | None) -> datetime | None:
        return None if days is None else moment(today, days, random)

    return Buyer(
        external_id=number,
        openid=openid_of(character.key),
        name=character.name,
        province=character.province,
        city=character.city,
        level=level_of(orders, today),
        points=points_of(orders, today),
        source="ADD_SCENE_QR_CODE" if character.scene else "ADD_SCENE_SEARCH",
        source_scene=character.scene,
        followed_at=moment(today, character.followed_days, random),
        spoke_at=days_ago(character.spoke_days),
        wants_pushes=character.stopped_days is None,
        asked_for_pushes_at=days_ago(character.asked_days),
        stopped_pushes_at=days_ago(character.stopped_days),
        engagement="engaged"
        if character.spoke_days is not None and character.spoke_days < 14
        else "ordinary",
        complaint_open=character.complaint_open,
        tags=tags_of(orders, categories),
    )
