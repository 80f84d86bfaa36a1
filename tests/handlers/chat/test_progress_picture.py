"""How far it is to the next level, seen: words at once, a picture behind them, given to WeChat once; on both databases."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update

from bot.channels import reply_window
from bot.config import Membership, WeChat
from bot.pictures.progress import progress
from bot.rules.contents import media
from bot.rules.contents.rendering import Unsendable
from bot.store.campaigns import media_files
from bot.store.tables import customers, deliveries
from bot.store.tables import media_files as files
from bot.values.content import Need
from bot.values.profile import Profile
from bot.values.push import Claimed
from bot.values.reply import Image
from tests.handlers.chat.conftest import Conversation
from tests.support.build import Build
from tests.support.incoming import said


@pytest.fixture
def member(talk: Conversation, build: Build) -> Conversation:
    now = talk.clock.now()
    anna = build.customer(
        openid="o-1", level="白盏会员", window_until=now + timedelta(days=2), window_left=5, points=10
    )
    build.order(anna, status="delivered", amount=Decimal(400), ordered_at=now - timedelta(days=30))
    config = talk.services.config.model_copy(update={"membership": Membership(source="orders")})
    talk.services = replace(talk.services, config=config)
    return talk


def owed(talk: Conversation) -> list[dict[str, Any]]:
    return list(talk.session.scalars(select(deliveries.c.payload).order_by(deliveries.c.id)))


def test_the_picture_follows_the_words(member: Conversation) -> None:
    assert "40%" in member.hear(said("我的积分")).text
    name = media_files.hash_of(progress("白盏会员", "青盏会员", 40))
    assert owed(member) == [{"kind": "image", "media_id": "", "file": name}]
    kept = media_files.find(member.session, name)
    assert kept
    assert (kept.content_type, media.objection("image", kept.content_type, len(kept.content))) == (
        "image/png",
        "",
    )
    member.hear(said("我的积分"))
    assert member.session.execute(select(func.count()).select_from(files)).scalar_one() == 1


@pytest.mark.parametrize(
    "changed", [{"window_left": 2}, {"level": "金盏会员"}], ids=["few messages left", "at the top"]
)
def test_where_it_does_not_fit_the_words_stand_alone(member: Conversation, changed: dict[str, Any]) -> None:
    member.session.execute(update(customers).values(changed))
    assert "积分" in member.hear(said("我的积分")).text
    assert owed(member) == []


def test_an_account_that_may_not_send_gets_words(member: Conversation) -> None:
    config = member.services.config.model_copy(update={"wechat": WeChat(verified=False)})
    member.services = replace(member.services, config=config)
    assert "40%" in member.hear(said("我的积分")).text
    assert owed(member) == []


def test_it_is_sent_under_the_name_wechat_gave_it() -> None:
    payload = {"kind": "image", "media_id": "", "file": "abc"}
    delivery = Claimed(
        id=1, token="t", channel="reply_window", profile=Profile(id=1, openid="o"), content=None, payload=payload, attempts=1
    )  # fmt: skip
    (need,) = reply_window.needs_of(delivery)
    assert need == Need("abc", "image")
    assert reply_window.words_for(replace(delivery, held={need: "m-7"})) == (Image("m-7"),)
    with pytest.raises(Unsendable):
        reply_window.words_for(delivery)


def test_without_a_chinese_font_there_is_the_bar_alone() -> None:
    bare, lettered = progress("白盏", "青盏", 40, ()), progress("白盏", "青盏", 40)
    assert media.type_of(bare) == "image/png"
    assert bare == progress("甲", "乙", 40, ())
    assert bare != progress("白盏", "青盏", 41, ())
    assert len(lettered) >= len(bare)
