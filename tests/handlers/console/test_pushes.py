"""The stop switch as an operator meets it."""

from bot.services import Services
from bot.store.sending import halts
from tests.conftest import NOON
from tests.handlers.console.conftest import Make, Visitor, audited


def is_stopped(services: Services) -> bool:
    with services.database.reading() as session:
        return halts.PUSHES in halts.standing(session, NOON).halted


def test_all_pushes_are_stopped_after_a_second_look_and_resumed(
    operator: Visitor, services: Services
) -> None:
    assert "停止所有推送" in operator.see("/console/")
    assert "确认停止" in operator.see("/console/pushes/stop")
    assert not is_stopped(services)
    assert operator.post("/console/pushes/stop", {"reason": "价格写错了"}).status_code == 303
    assert is_stopped(services)
    seen = operator.see("/console/")
    assert "所有推送已暂停：价格写错了" in seen
    assert "小林" in seen
    assert "/console/pushes/stop" not in seen
    operator.post("/console/pushes/stop", {"reason": "again"})
    operator.post("/console/pushes/resume")
    assert not is_stopped(services)
    operator.post("/console/pushes/resume")
    assert audited(services) == [("pushes.resumed", "pushes", "小林"), ("pushes.stopped", "pushes", "小林")]


def test_what_gave_way_names_the_campaign_it_gave_way_to(make: Make, operator: Visitor) -> None:
    make("segment")
    make("content", "words")
    make("campaign", "little", ["words"], name="天天优惠")
    make("campaign", "great", ["words"], name="大雪提醒")
    who = make("customer")
    lost = {"state": "skipped", "reason": "lost_to:great", "finished_at": NOON}
    make("delivery", customer_id=who, campaign_id="little", content_id="words", **lost)
    said = "当天的名额归另一活动：大雪提醒"
    for page in (
        "/console/deliveries",
        "/console/deliveries?reason=lost_to:great",
        "/console/campaigns/little",
        f"/console/customers/{who}/explain?campaign=little",
    ):
        assert said in operator.see(page), page
