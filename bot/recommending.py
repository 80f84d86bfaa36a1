"""Suggestions for one customer, from rows to names and prices; and the nightly lesson they come from.

Between the store, which knows the rows, and the insight, which knows the arithmetic.
"""

import zlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.insight import recommend, taste_learning, tastes
from bot.insight.recommend import Recommender
from bot.insight.tastes import Learnt
from bot.services import Services
from bot.store import learnt
from bot.store.database import Session
from bot.store.shop import baskets
from bot.store.shop.baskets import OnSale
from bot.values.recommending import ANYTHING, Basis, Recommended, Spend, Suggestion

NAME = "recommend"
MOST = 3
OF_A_CATEGORY = 2  # at most, so that three suggestions are not three of a kind
LOOKED_AT = 60  # suggestions, of which some are sold out


def refresh(services: Services) -> int:
    """Learns anew from the purchases of the last two years; gives how many lines were learnt from. Raises `CannotLearn`."""
    now = services.now()
    with services.database.reading() as session:
        lines = tastes.gather(_by_day(part) for part in baskets.newest_lines(session, now))
    if not len(lines.products):
        return 0
    data = taste_learning.learned(lines, day_of(now))
    with services.database.transaction() as session:
        learnt.write(session, NAME, f"{zlib.crc32(data):08x}-{now:%Y%m%d}", data, now)
    return len(lines.products)


def _by_day(part: Sequence[tuple[int, int, int, datetime]]) -> list[tuple[int, int, int, int]]:
    return [(customer, order, product, day_of(at)) for customer, order, product, at in part]


def day_of(instant: datetime) -> int:
    return int(instant.timestamp() // 86_400)


def for_customer(
    session: Session,
    recommender: Recommender,
    customer_id: int,
    words: str,
    now: datetime,
    *,
    personal: bool = True,
    spend: Spend = ANYTHING,
) -> list[Recommended]:
    """At most `MOST`; `words` narrows them to a kind of thing, empty: anything. Empty when nothing fits."""
    known = _current(session, recommender)
    is_narrowed = bool(words) or spend != ANYTHING
    if known is None and not is_narrowed:
        return []
    bought = {id_: day_of(now) - day_of(at) for id_, at in baskets.bought_by(session, customer_id).items()}
    never = baskets.given_back_by(session, customer_id)
    among = {one.id: one for one in baskets.to_be_had_in(session, words, spend)} if is_narrowed else None
    if known is None or spend.first:
        found = []
    elif personal:
        found = recommend.suggestions(known, bought, never, len(known.products))
    else:
        found = recommend.popular(known, never | set(bought), len(known.products))
    if among is not None:
        found = [one for one in found if one.product_id in among]
        had = set() if spend.first else never | set(bought)
        found += [Suggestion(id_, Basis.ASKED) for id_ in _rest(among, found, had)]
    return _told(session, found, among, is_of_a_kind=bool(words))


def beside(
    session: Session, recommender: Recommender, customer_id: int, product_id: int
) -> list[Recommended]:
    """What goes with one thing, less what they have."""
    known = _current(session, recommender)
    if known is None:
        return []
    never = baskets.given_back_by(session, customer_id) | set(baskets.bought_by(session, customer_id))
    return _told(session, recommend.goes_with(known, product_id, never, LOOKED_AT), None, is_of_a_kind=False)


def _current(session: Session, recommender: Recommender) -> Learnt | None:
    """The lesson of the last night; read once a process and lesson."""
    if learnt.version(session, NAME) != recommender.version and (kept := learnt.read(session, NAME)):
        recommender.replace(tastes.from_bytes(kept[1]), kept[0])
    return recommender.learnt


def _rest(among: Mapping[int, OnSale], found: Sequence[Suggestion], never: Collection[int]) -> list[int]:
    """Of the kind of thing they asked for, what nothing else speaks for."""
    said = {one.product_id for one in found} | set(never)
    return [id_ for id_ in among if id_ not in said]


def _told(
    session: Session, found: Sequence[Suggestion], among: Mapping[int, OnSale] | None, *, is_of_a_kind: bool
) -> list[Recommended]:
    there = (
        among
        if among is not None
        else baskets.to_be_had(session, [one.product_id for one in found[:LOOKED_AT]])
    )
    chosen: list[Suggestion] = []
    for one in found:
        kind = there[one.product_id].category if one.product_id in there else None
        alike = sum(there[other.product_id].category == kind for other in chosen)
        if kind is not None and (is_of_a_kind or alike < OF_A_CATEGORY):
            chosen.append(one)
        if len(chosen) == MOST:
            break
    others = baskets.names(session, [one.because for one in chosen if one.because is not None])
    return [
        Recommended(
            external_id=there[one.product_id].external_id,
            name=there[one.product_id].name,
            price=there[one.product_id].price,
            basis=one.basis,
            because=others.get(one.because or 0, ""),
            after_days=one.after_days,
        )
        for one in chosen
    ]
