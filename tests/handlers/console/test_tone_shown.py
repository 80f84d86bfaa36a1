"""An operator sees how answers sound to a customer, and by what; in both languages."""

from bot.services import Services
from bot.store.people import own_data
from tests.handlers.console.conftest import Make, Visitor


def test_the_tone_and_its_grounds_stand_on_the_customers_page(
    operator: Visitor, make: Make, services: Services
) -> None:
    anna, boris = make("customer", name="安娜"), make("customer", name="小陈")
    make("fact", anna, "strictness", "perfectionist")
    make("fact", anna, "decision_driver", "price")
    page = operator.see(f"/console/customers/{anna}")
    assert all(words in page for words in ("精确到时间和数字", "先说事实", "完美型", "少付多少"))
    assert "完美型" not in operator.see(f"/console/customers/{boris}")
    with services.database.transaction() as session:
        own_data.set_personal(session, anna, wants=False)
    page = operator.see(f"/console/customers/{anna}")
    assert "关闭了个性化" in page
    assert "完美型" not in page
