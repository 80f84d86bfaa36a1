"""Puts the demo shop into an empty store; what people change afterwards stays."""

from datetime import datetime

from bot.sandbox.shop.generate import Shop
from bot.store.database import Session
from bot.store.people import facts_imported, follow_history
from bot.store.shop import bulk
from bot.store.worth import statistics


def seed(session: Session, shop: Shop, now: datetime) -> bool:
    """True when it was put in now, false when it was there already.

    Looks for a product, not a customer: a customer may have been forgotten since.
    """
    if bulk.has_product(session, shop.products[0].external_id):
        return False
    product_ids = bulk.add_products(session, shop.products)
    customer_ids = bulk.add_customers(session, shop.buyers, now)
    order_ids = bulk.add_orders(session, shop.orders, customer_ids, product_ids)
    bulk.add_reviews(session, shop.reviews, customer_ids, order_ids, product_ids)
    bulk.add_returns(session, shop.returns, order_ids, product_ids)
    facts_imported.adopt(session, now)
    follow_history.fill_in(session)
    statistics.touch(session, customer_ids.values(), now)
    return True
