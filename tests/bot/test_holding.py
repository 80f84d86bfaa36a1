"""What WeChat holds of contents: brought there once, renewed in time, published only with an approval."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot import holding
from bot.clock import FixedClock
from bot.holding import NotHeld
from bot.rules.contents.parts import needs_of
from bot.services import Services
from bot.store.campaigns import media_files, uploads
from bot.store.database import Database
from bot.values.content import Need, Part
from bot.values.outcome import Later, Never
from bot.values.push import Content
from bot.wechat.errors import WeChatError
from tests.support.fake_wechat import FakeWeChat
from tests.support.pictures import JPEG, MP4, PNG
from tests.support.pushing import services_with


@pytest.fixture
def services(database: Database, clock: FixedClock, wechat: FakeWeChat) -> Services:
    return services_with(database, clock, wechat)


def kept(services: Services, content: bytes) -> str:
    with services.database.transaction() as session:
        return media_files.keep(session, "a file", content, services.now())


def content(*parts: Part, approved: bool = True) -> Content:
    return Content(id="c", purpose="care", kind="parts", parts=parts, is_approved=approved)


def picture(services: Services) -> Content:
    return content(Part(kind="image", file=kept(services, JPEG)))


def test_a_picture_is_uploaded_once_and_for_good(services: Services, wechat: FakeWeChat) -> None:
    one = picture(services)
    first, second = (holding.hold(services, one, mass=False) for _ in range(2))
    assert first == second == {Need(one.parts[0].file, "image"): "image-1"}
    ((form, filename, uploaded, for_good),) = wechat.library.uploads
    assert (form, filename[-4:], uploaded, for_good) == ("image", ".jpg", JPEG, True)


def test_many_who_want_it_at_once_bring_it_once(services: Services, wechat: FakeWeChat) -> None:
    one = picture(services)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: holding.hold(services, one, mass=False), range(12)))
    assert len(wechat.library.uploads) == 1
    assert all(held == found[0] for held in found)


def test_a_video_lasts_three_days_and_is_renewed_before(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    one = content(Part(kind="video", file=kept(services, MP4), cover=kept(services, JPEG)))
    holding.hold(services, one, mass=False)
    assert [(form, for_good) for form, _, _, for_good in wechat.library.uploads] == [
        ("video", False),
        ("thumb", True),
    ]
    clock.forward(days=2)
    holding.hold(services, one, mass=False)
    assert len(wechat.library.uploads) == 2
    holding.hold(services, one, mass=False, lasts=timedelta(days=1, hours=1))
    assert [form for form, *_ in wechat.library.uploads] == ["video", "thumb", "video"]
    clock.forward(days=3)
    holding.hold(services, one, mass=False)
    assert len(wechat.library.uploads) == 4


def test_what_wechat_forgot_is_brought_again_once_for_all(services: Services, wechat: FakeWeChat) -> None:
    one = picture(services)
    held = holding.hold(services, one, mass=False)
    again = holding.hold_anew(services, one, held, mass=False)
    late = holding.hold_anew(services, one, held, mass=False)
    assert again != held
    assert late == again
    assert len(wechat.library.uploads) == 2


def test_a_dead_upload_is_taken_over_when_its_lease_is_over(
    services: Services, clock: FixedClock, wechat: FakeWeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = picture(services)
    (need,) = needs_of(one.parts[0], mass=False)
    with services.database.transaction() as session:
        assert uploads.take(session, need, "dead", services.now(), services.clock.real())
    monkeypatch.setattr(holding, "WAITS", 0.1)
    with pytest.raises(NotHeld) as waits:
        holding.hold(services, one, mass=False)
    assert isinstance(waits.value.outcome, Later)
    clock.forward(minutes=3)
    assert holding.hold(services, one, mass=False) == {need: "image-1"}


def test_a_refusal_is_not_tried_again_at_once(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    one = picture(services)
    wechat.library.errors = [WeChatError(-1, "busy")]
    for _ in range(2):
        with pytest.raises(NotHeld) as refused:
            holding.hold(services, one, mass=False)
        assert isinstance(refused.value.outcome, Later)
    assert wechat.library.uploads == []
    clock.forward(minutes=3)
    assert holding.hold(services, one, mass=False)


def article(services: Services) -> Part:
    inline = kept(services, PNG)
    return Part(
        kind="article",
        title="明前龙井到了",
        body=f'<p>看图</p><img src="file:{inline}">',
        cover=kept(services, JPEG),
        author="小林",
    )


def test_an_article_is_drafted_and_published_after_an_approval(
    services: Services, wechat: FakeWeChat, clock: FixedClock
) -> None:
    part = article(services)
    with pytest.raises(NotHeld) as refused:
        holding.hold(services, content(part, approved=False), mass=False)
    assert refused.value.outcome == Never("not_approved")
    assert wechat.library.published == []

    wechat.library.states = ["running"]
    with pytest.raises(NotHeld) as waits:
        holding.hold(services, content(part), mass=False)
    assert isinstance(waits.value.outcome, Later)
    clock.forward(minutes=2)
    (need,) = needs_of(part, mass=False)
    assert holding.hold(services, content(part), mass=False) == {need: "article-of-publish-1"}
    assert wechat.library.published == ["draft-1"]
    (draft,) = wechat.library.drafts
    assert draft["content"] == '<p>看图</p><img src="http://mmbiz.qpic.cn/2">'
    assert (draft["thumb_media_id"], draft["title"], draft["author"]) == ("image-1", "明前龙井到了", "小林")


def test_a_refused_publication_is_final(services: Services, wechat: FakeWeChat) -> None:
    wechat.library.states = ["audit_refused"]
    for _ in range(2):
        with pytest.raises(NotHeld) as refused:
            holding.hold(services, content(article(services)), mass=False)
        assert refused.value.outcome == Never("publication:audit_refused")
    assert len(wechat.library.published) == 1


def test_a_mass_send_has_a_draft_of_its_own(services: Services, wechat: FakeWeChat) -> None:
    one = content(article(services))
    holding.hold(services, one, mass=False)
    (value,) = holding.hold(services, one, mass=True).values()
    assert value == "draft-2"
    (again,) = holding.hold_anew(services, one, holding.hold(services, one, mass=True), mass=True).values()
    assert again == "draft-3"
