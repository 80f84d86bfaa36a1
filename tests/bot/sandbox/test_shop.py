"""The demo shop: the same from the same seed, consistent in itself, and put into the store only once."""

from collections import Counter
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Table, func, select
from sqlalchemy.exc import IntegrityError

from bot.rules.pushes.buckets import bucket_of
from bot.sandbox.shop import catalogue
from bot.sandbox.shop.generate import DemoShop, Shop
from bot.sandbox.shop.names import PLACES
from bot.sandbox.shop.novelties import LAUNCHED
from bot.sandbox.shop.seeding import seed
from bot.store.campaigns.definitions import apply
from bot.store.database import Database, Session
from bot.store.segments import segments
from bot.store.sending import notice_templates
from bot.store.tables import customer_tags, customers, order_lines, orders, products, returns, reviews
from bot.values import rule
from bot.values.channels import NOTICE, TEMPLATE
from tests.support.build import Build

NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
TODAY = datetime(2026, 11, 21, 16, tzinfo=UTC)  # began at midnight in Shanghai
STANDS = {"paid", "shipped", "delivered"}


@pytest.fixture(scope="module")
def shop() -> Shop:
    return DemoShop().generate(NOW)


def small(customers: int = 60) -> Shop:
    return DemoShop().generate(NOW, customers=customers)


def count(session: Session, table: Table) -> int:
    return session.execute(select(func.count()).select_from(table)).scalar_one()


def test_the_same_seed_on_the_same_day_gives_the_same_shop() -> None:
    later = NOW + timedelta(hours=9)  # still the same day in Shanghai
    assert DemoShop(seed=7).generate(NOW, 200) == DemoShop(seed=7).generate(later, 200)


def test_another_seed_gives_others_but_keeps_the_hand_written_customers() -> None:
    one, other = DemoShop(seed=7).generate(NOW, 40), DemoShop(seed=8).generate(NOW, 40)
    assert one.showcases == other.showcases
    assert one.buyers[:13] == other.buyers[:13]
    assert {buyer.openid for buyer in one.buyers[13:]}.isdisjoint(buyer.openid for buyer in other.buyers[13:])


def test_there_are_as_many_customers_as_asked_for_each_with_an_openid_of_their_own(shop: Shop) -> None:
    assert (
        len(shop.buyers)
        == len({buyer.openid for buyer in shop.buyers})
        == len({buyer.external_id for buyer in shop.buyers})
        == 2000
    )
    assert all(len(buyer.openid) == 28 for buyer in shop.buyers)
    assert len(DemoShop().generate(NOW, customers=5).buyers) == 5


def test_the_top_fifth_brings_about_four_fifths(shop: Shop) -> None:
    spent = {buyer.external_id: 0.0 for buyer in shop.buyers}
    for order in shop.orders:
        if order.status in STANDS:
            spent[order.buyer] += float(order.amount)
    best = sorted(spent.values(), reverse=True)
    assert 0.7 <= sum(best[: len(best) // 5]) / sum(best) <= 0.9


def test_an_orders_lines_are_products_at_their_price(shop: Shop) -> None:
    price = {product.external_id: product.price for product in shop.products}
    assert all(
        line.price == price[line.product] and line.quantity >= 1
        for order in shop.orders
        for line in order.lines
    )
    assert all(order.lines for order in shop.orders)
    assert all(len({line.product for line in order.lines}) == len(order.lines) for order in shop.orders)
    assert len({order.external_id for order in shop.orders}) == len(shop.orders)


def test_an_orders_times_stand_in_order_and_none_lies_ahead(shop: Shop) -> None:
    followed = {buyer.external_id: buyer.followed_at for buyer in shop.buyers}
    for order in shop.orders:
        times = [
            time
            for time in (
                followed[order.buyer],
                order.ordered_at,
                order.paid_at,
                order.shipped_at,
                order.delivered_at,
            )
            if time
        ]
        assert times == sorted(times), order
        assert times[-1] < TODAY, order


def test_an_orders_state_fits_what_happened_to_it(shop: Shop) -> None:
    happened = {"placed": 0, "closed": 0, "paid": 1, "shipped": 2, "delivered": 3, "refunded": 3}
    for order in shop.orders:
        steps = [order.paid_at, order.shipped_at, order.delivered_at]
        assert [step is not None for step in steps] == [
            number < happened[order.status] for number in range(3)
        ], order
        assert (
            (order.carrier is not None) == (order.tracking_no is not None) == (order.shipped_at is not None)
        ), order
    assert {order.status for order in shop.orders} == set(happened)


def test_nothing_waits_longer_than_the_shop_promises(shop: Shop) -> None:
    for order in shop.orders:
        match order.status:
            case "placed":
                assert order.ordered_at > TODAY - timedelta(hours=48)
            case "paid":
                assert order.paid_at
                assert order.paid_at > TODAY - timedelta(days=2)
            case "shipped":
                assert order.shipped_at
                assert order.shipped_at > TODAY - timedelta(days=8)


def test_customers_live_where_the_city_is_and_hear_nothing_before_they_follow(shop: Shop) -> None:
    cities = {(place.province, place.city) for place in PLACES} | {("", "")}
    for buyer in shop.buyers:
        assert (buyer.province, buyer.city) in cities
        for at in (buyer.spoke_at, buyer.asked_for_pushes_at, buyer.stopped_pushes_at):
            assert at is None or buyer.followed_at <= at < TODAY
        assert buyer.wants_pushes == (buyer.stopped_pushes_at is None)
    off = sum(not buyer.wants_pushes for buyer in shop.buyers)
    assert 0.02 <= off / len(shop.buyers) <= 0.045


def test_a_level_is_what_the_year_brought(shop: Shop) -> None:
    year = Counter({buyer.external_id: 0 for buyer in shop.buyers})
    for order in shop.orders:
        if order.status in STANDS and order.ordered_at > TODAY - timedelta(days=365):
            year[order.buyer] += int(order.amount)
    needed = {"白盏会员": (0, 999), "青盏会员": (1000, 4999), "金盏会员": (5000, 10**9)}
    for buyer in shop.buyers:
        least, most = needed[buyer.level]
        assert least <= year[buyer.external_id] <= most, buyer
        assert buyer.points >= 0


def test_what_customers_say_comes_after_the_parcel_and_in_words_that_fit_the_stars(shop: Shop) -> None:
    delivered = {order.external_id: order.delivered_at for order in shop.orders}
    words = catalogue.reviews()
    moods = {5: "good", 4: "good", 3: "fair", 2: "bad", 1: "bad"}
    for review in shop.reviews:
        came_at = delivered[review.order]
        assert came_at
        assert came_at < review.reviewed_at < TODAY
        assert any(review.text in kind.get(moods[review.rating], ()) for kind in words.values()), review
    assert {review.rating for review in shop.reviews} == {1, 2, 3, 4, 5}


def test_what_was_refunded_came_back_and_little_else_did(shop: Shop) -> None:
    status = {order.external_id: order.status for order in shop.orders}
    refunded = {number for number, state in status.items() if state == "refunded"}
    assert {back.order for back in shop.returns if back.kind == "return"} == refunded
    assert {back.kind for back in shop.returns} == {"return", "exchange", "repair"}
    assert len(shop.returns) < len(shop.orders) / 15
    for back in shop.returns:
        assert back.requested_at < TODAY
        assert (back.closed_at is not None) == (back.status == "closed")
        assert back.closed_at is None or back.requested_at < back.closed_at < TODAY


def test_what_is_new_was_sold_to_nobody_before_it_came(shop: Shop) -> None:
    for order in shop.orders:
        for line in order.lines:
            launched = TODAY - timedelta(days=LAUNCHED.get(line.product, 10_000))
            assert order.ordered_at >= launched, order


@pytest.mark.parametrize(
    ("name", "states"),
    [
        pytest.param("陈小满", [], id="a newcomer without orders"),
        pytest.param("沈知远", ["delivered", "shipped", "paid"], id="three orders to tell apart"),
        pytest.param("叶听澜", ["delivered", "shipped"], id="a parcel far away"),
        pytest.param("苏念", ["delivered", "placed"], id="an order not yet paid"),
        pytest.param("顾南星", ["delivered", "refunded"], id="money given back"),
    ],
)
@pytest.mark.parametrize("days", range(0, 400, 57))
def test_the_hand_written_customers_show_what_they_are_for_on_any_day(
    name: str, states: list[str], days: int
) -> None:
    shop = DemoShop().generate(NOW + timedelta(days=days), customers=13)
    number = next(buyer.external_id for buyer in shop.buyers if buyer.name == name)
    assert [order.status for order in shop.orders if order.buyer == number] == states


def test_the_chat_page_finds_the_hand_written_customers_first(shop: Shop) -> None:
    assert [showcase.openid for showcase in shop.showcases] == [
        buyer.openid for buyer in shop.buyers[: len(shop.showcases)]
    ]
    assert all(showcase.note for showcase in shop.showcases)
    characters = {buyer.name: buyer for buyer in shop.buyers[:13]}
    assert characters["林晚秋"].level == "金盏会员"
    assert characters["周牧野"].asked_for_pushes_at
    assert not characters["何慕云"].wants_pushes
    assert characters["赵大川"].complaint_open


def test_seeding_fills_the_store_and_again_changes_nothing(session: Session) -> None:
    shop = small()
    assert seed(session, shop, NOW)
    tables = (products, customers, customer_tags, orders, order_lines, reviews, returns)
    before = {table.name: count(session, table) for table in tables}
    assert before == {
        "products": len(shop.products),
        "customers": 60,
        "customer_tags": sum(len(buyer.tags) for buyer in shop.buyers),
        "orders": len(shop.orders),
        "order_lines": sum(len(order.lines) for order in shop.orders),
        "reviews": len(shop.reviews),
        "returns": len(shop.returns),
    }
    assert not seed(session, small(80), NOW + timedelta(days=1))
    assert {table.name: count(session, table) for table in tables} == before


def test_what_is_kept_is_what_was_made(session: Session) -> None:
    shop = small()
    seed(session, shop, NOW)
    kept = {row.openid: row for row in session.execute(select(customers))}
    for buyer in shop.buyers:
        row = kept[buyer.openid]
        assert (row.name, row.city, row.level, row.points, row.followed_at) == (
            buyer.name,
            buyer.city,
            buyer.level,
            buyer.points,
            buyer.followed_at,
        )
        assert row.bucket == bucket_of(buyer.openid)
    owned = select(orders.c.external_id, customers.c.external_id).join(
        customers, customers.c.id == orders.c.customer_id
    )
    assert dict(session.execute(owned).all()) == {order.external_id: order.buyer for order in shop.orders}
    summed = (
        select(
            (orders.c.amount + orders.c.coupon_amount).label("amount"),
            func.sum(order_lines.c.price * order_lines.c.quantity).label("lines"),
        )
        .join(order_lines, order_lines.c.order_id == orders.c.id)
        .join(
            products,
            (products.c.id == order_lines.c.product_id) & (products.c.name == order_lines.c.product_name),
        )
        .group_by(orders.c.id, orders.c.amount, orders.c.coupon_amount)
    )
    amounts = session.execute(summed).all()
    assert len(amounts) == len(shop.orders)
    assert all(float(row.amount) == float(row.lines) for row in amounts)


def test_a_forgotten_customer_does_not_come_back_by_seeding_again(database: Database) -> None:
    shop = small(20)
    with database.transaction() as session:
        seed(session, shop, NOW)
        session.execute(order_lines.delete())
        session.execute(orders.delete())
        session.execute(customers.delete().where(customers.c.openid == shop.showcases[0].openid))
    with database.transaction() as session:
        assert not seed(session, shop, NOW)
        assert count(session, customers) == 19


def test_half_a_shop_is_never_kept(database: Database) -> None:
    shop = small(20)
    broken = replace(shop, orders=(*shop.orders, shop.orders[0]))  # the same number twice
    with pytest.raises(IntegrityError), database.transaction() as session:
        seed(session, broken, NOW)
    with database.reading() as session:
        assert count(session, products) == 0


def test_the_catalogue_is_read_from_the_package() -> None:
    assert catalogue.products()[0].external_id == "TEA-01"


def test_the_shops_plans_are_applied_whole_and_a_second_time_change_nothing(
    session: Session, build: Build
) -> None:
    plans, staff = catalogue.plans_and_knowledge(), build.staff()
    notice_templates.keep(session, NOTICE, catalogue.notices(), NOW)
    notice_templates.keep(session, TEMPLATE, catalogue.message_templates(), NOW)
    first = apply(session, plans, staff_id=staff, approve=True, now=NOW)
    assert {change.what for change in first} == {"created"}
    every = [getattr(plans, part.name) for part in fields(plans)]
    assert len(first) == sum(map(len, every))
    again = apply(session, plans, staff_id=staff, approve=True, now=NOW + timedelta(days=1))
    assert {change.what for change in again} == {"unchanged"}


def test_every_segment_of_the_shop_has_members_and_leaves_some_out(session: Session, shop: Shop) -> None:
    seed(session, shop, NOW)
    for segment in catalogue.plans_and_knowledge().segments:
        members = segments.members(rule.parse(segment.rule), NOW)
        found = session.execute(select(func.count()).select_from(customers).where(members)).scalar_one()
        assert 10 <= found <= 1500, segment.id
