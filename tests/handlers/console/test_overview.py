"""What somebody should look at, on the first page."""

from bot.clock import FixedClock
from bot.services import Services
from scheduler.plan import plan
from tests.handlers.console.conftest import Make, Visitor


def test_a_campaign_that_loses_everybody_for_days_is_named_with_whom_it_loses_them_to(
    make: Make, operator: Visitor, services: Services, clock: FixedClock
) -> None:
    make("segment")
    for name in ("one", "two"):
        make("content", name, purpose="service")
    ways = {"channels": ["next_contact"]}
    make("campaign", "small", ["one"], name="晚间茶话", **ways)
    make("campaign", "greedy", ["two"], name="天天优惠", priority=9, regular=False, repeat=True, **ways)
    for _ in range(3):
        make("customer")
    for _ in range(3):
        assert "几乎轮不到" not in operator.see("/console/")
        plan(services, clock.now())
        clock.forward(days=1)
        operator.sign_in("小林")
    page = operator.see("/console/")
    assert "活动「晚间茶话」连续 3 天几乎轮不到" in page
    assert "多数归了「天天优惠」" in page


def test_that_everything_is_stopped_is_not_told_as_a_channel(operator: Visitor) -> None:
    operator.post("/console/pushes/stop", {"reason": "价格写错了"})
    page = operator.see("/console/")
    assert "所有推送都停着，等人恢复" in page
    assert "渠道「所有推送」" not in page
