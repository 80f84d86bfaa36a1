"""Following, scanning, leaving: who came from where, what is said first, what is left of who left."""

from datetime import timedelta

from sqlalchemy import func, select

from bot.store.tables import customers, messages, suppressions
from bot.values.incoming import AuthorizationCancelled, AuthorizationRevoked, Follow, Scan, Unfollow
from bot.values.reply import Silence
from tests.conftest import NOON
from tests.handlers.chat.conftest import Conversation
from tests.support.build import Build
from tests.support.incoming import an


def test_the_first_words_say_who_answers_and_how_to_be_left_alone(talk: Conversation, build: Build) -> None:
    build.customer(openid="o-1", followed_at=NOON, created_at=NOON)
    heard = talk.hear(an(Follow))
    assert all(word in heard.text for word in ("自动回复助手", "退订", "人工", "欢迎"))
    assert "{" not in heard.text


def test_a_new_follower_is_kept_with_the_code_that_brought_them(talk: Conversation, build: Build) -> None:
    build.customer(openid="o-1", followed_at=NOON, created_at=NOON, source="follow")
    talk.hear(an(Follow, scene="shop-window-3"))
    assert (talk.customer().source, talk.customer().source_scene) == ("scan", "shop-window-3")


def test_following_again_is_welcomed_back_and_keeps_the_first_source(
    talk: Conversation, build: Build
) -> None:
    build.customer(
        openid="o-1", name="小林", source="scan", source_scene="fair", followed_at=NOON - timedelta(days=90)
    )
    heard = talk.hear(an(Follow, scene="other"))
    assert heard.text.startswith("欢迎您回来，小林")
    assert talk.customer().source_scene == "fair"
    assert talk.customer().followed_at == NOON


def test_who_opted_out_and_comes_back_is_told_that_it_still_holds(talk: Conversation, build: Build) -> None:
    build.customer(openid="o-1", followed_at=NOON, created_at=NOON, wants_pushes=False)
    assert "恢复推送" in talk.hear(an(Follow)).text
    assert not talk.customer().wants_pushes


def test_a_scan_of_a_follower_is_answered_and_changes_no_source(talk: Conversation, build: Build) -> None:
    build.customer(openid="o-1", source="search")
    assert talk.hear(an(Scan, scene="42")).text
    assert (talk.customer().source, talk.customer().source_scene) == ("search", "")


def test_who_leaves_is_forgotten_but_their_refusal_is_not(talk: Conversation, build: Build) -> None:
    customer_id = build.customer(openid="o-1", name="小林", wants_pushes=False)
    build.message(customer_id, "我叫小林")
    assert talk.hear(an(Unfollow)).reply == Silence()
    row = talk.session.execute(select(customers).where(customers.c.id == customer_id)).one()
    assert (row.openid, row.name, row.forgotten_at) == (None, None, NOON)
    assert talk.session.execute(select(func.count()).select_from(messages)).scalar() == 0
    assert talk.session.execute(select(suppressions.c.opted_out)).scalar() is True


def test_leaving_of_somebody_nobody_knows_changes_nothing(talk: Conversation) -> None:
    assert talk.hear(an(Unfollow, openid="o-stranger")).reply == Silence()


def test_a_closed_account_is_forgotten(talk: Conversation, customer: int) -> None:
    talk.hear(an(AuthorizationCancelled))
    forgotten = select(customers.c.forgotten_at).where(customers.c.id == customer)
    assert talk.session.execute(forgotten).scalar() == NOON


def test_a_withdrawn_authorisation_takes_what_it_told_us_and_nothing_else(
    talk: Conversation, customer: int
) -> None:
    talk.hear(an(AuthorizationRevoked, revoked="205"))
    assert (talk.customer().name, talk.customer().points) == (None, 320)
