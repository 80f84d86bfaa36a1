from bot.services import Services
from bot.store.programs import webhooks
from tests.conftest import NOON
from tests.handlers.console.conftest import Visitor


def test_an_endpoint_that_hears_nothing_is_named(services: Services, operator: Visitor) -> None:
    with services.database.transaction() as session:
        added = webhooks.add(session, "https://erp.example.com/", ["customer.changed"], "sealed", NOON)
    assert added is not None
    assert "erp.example.com" not in operator.see("/console/health")
    with services.database.transaction() as session:
        webhooks.pause(session, added, "by hand", NOON)
    assert "https://erp.example.com/ 已暂停" in operator.see("/console/health")
