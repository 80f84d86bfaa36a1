"""What somebody should look at, on the first page."""

from collections.abc import Callable
from typing import Any

from bot.clock import FixedClock
from bot.rules.contents import rendering
from bot.services import Services
from bot.store.campaigns import contents, media_files, uploads
from bot.values.content import Need
from handlers.console import words
from scheduler.plan import plan
from tests.conftest import NOON
from tests.handlers.console.conftest import Make, Visitor
from tests.support.pictures import JPEG


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


def test_a_content_wechat_does_not_take_is_named_until_it_does(
    make: Make, operator: Visitor, services: Services, clock: FixedClock
) -> None:
    with services.database.transaction() as session:
        picture = media_files.keep(session, "tea.jpg", JPEG, clock.now())
    make("segment")
    approved = {"approved_by": 1, "approved_at": clock.now()}
    make("content", "poster", title="新茶海报", kind="image", details={"file": picture}, **approved)
    make("campaign", "new-tea", ["poster"], name="新茶上市")
    need = Need(picture, "image")

    def ends(write: Callable[..., None], *of: Any, **how: Any) -> str:
        with services.database.transaction() as session:
            assert uploads.take(session, need, "t", clock.now(), clock.real())
            write(session, need, "t", *of, **how)
        return operator.see("/console/")

    refusal = "wechat 40137 bad_image"
    page = ends(uploads.give_up, refusal, clock.now())
    assert "内容「新茶海报」微信没有收下，现在发不出去" in page
    assert 'href="/console/contents/poster"' in page
    assert words.sentence(refusal) in page
    assert "微信那边还没有准备好" in operator.see("/console/contents/poster")
    assert "没有收下" not in ends(uploads.give_up, "being_published", clock.now(), job="1")
    ends(uploads.give_up, refusal, clock.now())
    assert "没有收下" not in ends(uploads.keep, "m1", expires_at=None, now=clock.now())


def test_a_marketing_article_that_is_refused_as_a_draft_says_so_on_both_pages(
    make: Make, operator: Visitor, services: Services, clock: FixedClock
) -> None:
    make("segment")
    article = {"body": "<p>今年的第一批</p>", "cover": "0" * 64, "author": "小林"}
    approved = {"approved_by": 1, "approved_at": clock.now()}
    make(
        "content",
        "spring",
        title="明前龙井",
        kind="article",
        purpose="marketing",
        details=article,
        **approved,
    )
    make("campaign", "new-tea", ["spring"])
    with services.database.transaction() as session:
        content = contents.find(session, "spring")
        assert content is not None
        (draft,) = rendering.needs(content, mass=True)
        uploads.take(session, draft, "t", clock.now(), clock.real())
        uploads.give_up(session, draft, "t", "wechat 45003 title_too_long", clock.now())
    assert "内容「明前龙井」微信没有收下" in operator.see("/console/")
    assert "微信那边还没有准备好" in operator.see("/console/contents/spring")


def test_what_was_skipped_is_told_and_is_none_of_the_days_pushes(make: Make, operator: Visitor) -> None:
    make("segment")
    make("content", "words")
    make("campaign", "little", ["words"])
    for state, reason in (("planned", ""), ("skipped", "lost_to:little"), ("skipped", "too_late")):
        made = {
            "campaign_id": "little",
            "content_id": "words",
            "state": state,
            "reason": reason,
            "due_at": NOON,
        }
        make("delivery", customer_id=make("customer"), **made)
    page = operator.see("/console/")
    assert "<dt>今天的推送</dt><dd>1</dd>" in page
    assert "已跳过 2" in page
