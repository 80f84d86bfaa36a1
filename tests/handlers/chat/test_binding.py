"""A chat and the shop's record become one: what has to be proved, what is never told, and what is remembered meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.rules.talk import binding_texts as texts
from bot.store import tables
from bot.store.people import binding, merges, merging
from bot.values.incoming import Follow, Scan
from tests.conftest import NOON
from tests.handlers.chat.conftest import SALT, Conversation
from tests.support.build import Build
from tests.support.incoming import an, said, tapped

PHONE = "13800001234"


@pytest.fixture
def chat(build: Build) -> int:
    return build.customer(openid="o-1", followed_at=NOON - timedelta(days=1))


@pytest.fixture
def shop(build: Build) -> int:
    known = build.customer(
        openid=None, external_id="E1", phone=PHONE, name="林小满", points=320, followed_at=None,
        created_at=datetime(2020, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    build.order(known, external_id="D100001")
    return known


def code_for(talk: Conversation, customer_id: int, lasts: timedelta = timedelta(days=1)) -> str:
    code = binding.give_code(talk.session, customer_id, lasts=lasts, salt=SALT, now=talk.clock.now())
    assert code is not None
    return code


def is_bound(talk: Conversation, openid: str = "o-1") -> bool:
    return bool(talk.customer(openid).external_id == "E1")


@pytest.mark.usefixtures("chat", "shop")
def test_phone_then_an_order_of_theirs_binds(talk: Conversation) -> None:
    assert talk.hear(said("绑定")).text == texts.ASK_PHONE
    assert talk.hear(said("13800001234")).text == texts.ASK_PROOF
    assert talk.hear(said("d100001")).text == texts.BOUND
    assert is_bound(talk)
    assert "D100001" in talk.hear(said("我的订单到哪了")).text
    assert talk.hear(said("我是会员")).text == texts.ALREADY.format(tail="（手机尾号 1234）")


@pytest.mark.usefixtures("chat", "shop")
@pytest.mark.parametrize(
    ("words", "last"),
    [
        pytest.param(("绑定 13800001234", "D100001"), texts.BOUND, id="the phone at once"),
        pytest.param(
            ("我是老会员", "我的手机号是 138 0000 1234", "订单号：D100001"), texts.BOUND, id="as people write"
        ),
        pytest.param(("绑定 D100001 1234",), texts.BOUND, id="order and last four digits"),
        pytest.param(("绑定", "D100001", "13800001234", "D100001"), texts.BOUND, id="the order too early"),
        pytest.param(
            ("绑定", "13900000000", "13800001234", "D100001"), texts.BOUND, id="another phone at first"
        ),
        pytest.param(("绑定 D100001 9999",), texts.WRONG.format(left=4), id="wrong last digits"),
        pytest.param(("绑定 13800001234", "D999999"), texts.WRONG.format(left=4), id="no such order"),
        pytest.param(("绑定 13900000000", "D100001"), texts.WRONG.format(left=4), id="another's order"),
        pytest.param(("绑定", "13800001234", "算了"), texts.GIVEN_UP, id="given up"),
        pytest.param(("绑定", "取消吧"), texts.GIVEN_UP, id="given up at once"),
    ],
)
def test_how_it_goes(talk: Conversation, words: tuple[str, ...], last: str) -> None:
    heard = [talk.hear(said(word)) for word in words]
    assert heard[-1].text == last
    assert is_bound(talk) == (last == texts.BOUND)


@pytest.mark.usefixtures("chat", "shop")
def test_what_is_known_and_what_is_not_are_answered_alike(talk: Conversation, build: Build) -> None:
    build.order(build.customer(openid="o-9", phone="13911112222"), external_id="D200002")

    def answers(openid: str, phone: str) -> list[str]:
        build.customer(openid=openid)
        words = [f"绑定 {phone}", *["D777777"] * 6]
        return [talk.hear(said(word, openid)).text for word in words]

    known, unknown = answers("o-2", PHONE), answers("o-3", "13900000000")
    of_another_chat = answers("o-4", "13911112222")
    assert known == unknown == of_another_chat
    assert texts.LOCKED in known


@pytest.mark.usefixtures("chat", "shop")
def test_after_five_that_do_not_fit_the_right_one_is_not_heard_until_tomorrow(talk: Conversation) -> None:
    for _ in range(5):
        talk.hear(said("绑定 D100001 9999"))
    assert talk.hear(said("绑定 D100001 1234")).text == texts.LOCKED
    assert not is_bound(talk)
    talk.clock.forward(hours=25)
    assert talk.hear(said("绑定 D100001 1234")).text == texts.BOUND


@pytest.mark.usefixtures("shop")
def test_a_target_takes_five_tries_whoever_they_come_from(talk: Conversation, build: Build) -> None:
    for number in range(5):
        build.customer(openid=f"o-thief-{number}")
        talk.hear(said(f"绑定 D100001 000{number}", f"o-thief-{number}"))
    build.customer(openid="o-sixth")
    assert talk.hear(said("绑定 D100001 1234", "o-sixth")).text == texts.LOCKED


def test_the_owner_with_a_code_comes_in_although_others_tried(
    talk: Conversation, build: Build, chat: int, shop: int
) -> None:
    for number in range(6):
        build.customer(openid=f"o-thief-{number}")
        talk.hear(said(f"绑定 D100001 000{number}", f"o-thief-{number}"))
    assert talk.hear(said(code_for(talk, shop))).text == texts.BOUND


@pytest.mark.usefixtures("chat")
def test_a_code_binds_once(talk: Conversation, build: Build, shop: int) -> None:
    code = code_for(talk, shop)
    build.customer(openid="o-2")
    assert talk.hear(said(f"{code[:4].lower()}-{code[4:]}")).text == texts.BOUND
    assert talk.hear(said(f"绑定 {code}", "o-2")).text == texts.WRONG.format(left=4)
    assert is_bound(talk)


@pytest.mark.usefixtures("chat")
def test_a_code_ends_with_its_time_and_with_the_next_one(talk: Conversation, shop: int) -> None:
    first = code_for(talk, shop)
    second = code_for(talk, shop, timedelta(hours=1))
    assert talk.hear(said(f"绑定 {first}")).text == texts.WRONG.format(left=4)
    talk.clock.forward(hours=2)
    assert talk.hear(said(f"绑定 {second}")).text == texts.WRONG.format(left=3)


def test_codes_are_nowhere_in_the_store_and_few_a_day(talk: Conversation, shop: int) -> None:
    codes = [code_for(talk, shop) for _ in range(5)]
    kept = str(talk.session.execute(select(tables.bind_codes)).all())
    assert all(code not in kept for code in codes)
    assert binding.give_code(talk.session, shop, lasts=timedelta(days=1), salt=SALT, now=NOON) is None


def test_a_code_that_another_has_is_chosen_anew(talk: Conversation, shop: int, chat: int) -> None:
    letters = iter("B" * 8 + "B" * 8 + "C" * 8)
    codes = [
        binding.give_code(
            talk.session,
            who,
            lasts=timedelta(days=1),
            salt=SALT,
            now=NOON,
            choose=lambda _: next(letters),
        )
        for who in (shop, chat)
    ]
    assert codes == ["B" * 8, "C" * 8]


@pytest.mark.usefixtures("chat")
def test_a_scanned_code_binds(talk: Conversation, shop: int) -> None:
    scene = f"bind_{code_for(talk, shop)}"
    assert talk.hear(an(Scan, scene=scene)).text == texts.BOUND
    assert talk.hear(an(Scan, scene=scene)).text == texts.SCENE_WRONG
    assert talk.session.execute(select(tables.follow_history.c.scene)).scalars().all() == []


def test_following_by_a_code_binds_and_the_code_is_no_source(
    talk: Conversation, build: Build, shop: int
) -> None:
    build.customer(openid="o-1", followed_at=NOON, created_at=NOON, source="follow")
    text = talk.hear(an(Follow, scene=f"bind_{code_for(talk, shop)}")).text
    assert text.startswith("您好")
    assert text.endswith(texts.BOUND)
    assert talk.customer().source_scene == ""
    assert is_bound(talk)


@pytest.mark.usefixtures("chat", "shop")
def test_what_was_asked_is_forgotten_after_ten_minutes(talk: Conversation) -> None:
    talk.hear(said("绑定 13800001234"))
    talk.clock.forward(minutes=11)
    assert talk.hear(said("D100001")).handler == "orders"


@pytest.mark.usefixtures("chat", "shop")
def test_between_the_steps_other_questions_are_answered_as_ever(talk: Conversation) -> None:
    talk.hear(said("绑定 13800001234"))
    assert talk.hear(said("我有多少积分")).handler == "points"
    assert talk.hear(said("D100001")).text == texts.BOUND


@pytest.mark.usefixtures("customer")
@pytest.mark.parametrize(
    ("words", "handler"),
    [
        pytest.param("D100001", "orders", id="an order number without a talk"),
        pytest.param("13800001234", "guessing", id="a phone without a talk"),
        pytest.param("算了", "small_talk", id="giving up nothing"),
        pytest.param("KXQM-RTBN", "guessing", id="eight letters that are no code"),
        pytest.param("解绑", "guessing", id="the opposite"),
        pytest.param("退订", "stop_pushes", id="no pushes"),
    ],
)
def test_words_that_are_no_binding_reach_whom_they_are_for(
    talk: Conversation, words: str, handler: str
) -> None:
    assert talk.hear(said(words)).handler == handler


@pytest.mark.usefixtures("shop")
def test_while_a_person_serves_the_words_are_theirs(talk: Conversation, build: Build) -> None:
    build.customer(openid="o-1", with_person_until=NOON + timedelta(minutes=10))
    assert talk.hear(said("绑定 D100001 1234")).handler == "with_person"
    assert not is_bound(talk)


@pytest.mark.usefixtures("chat")
def test_guessing_letters_counts_though_nothing_is_said_of_it(talk: Conversation, shop: int) -> None:
    for number in range(5):
        assert talk.hear(said("KXQM-RTB" + "BCDFG"[number])).handler == "guessing"
    assert talk.hear(said(f"绑定 {code_for(talk, shop)}")).text == texts.LOCKED


@pytest.mark.usefixtures("chat", "shop")
def test_leaving_and_coming_back_gives_no_new_tries(talk: Conversation, build: Build) -> None:
    for _ in range(5):
        talk.hear(said("绑定 D100001 9999"))
    talk.session.execute(
        tables.customers.update().where(tables.customers.c.openid == "o-1").values(openid=None)
    )
    build.customer(openid="o-1")
    assert talk.hear(said("绑定 D100001 1234")).text == texts.LOCKED


def test_who_was_parted_by_a_person_needs_a_code(talk: Conversation, chat: int, shop: int) -> None:
    assert talk.hear(said("绑定 D100001 1234")).text == texts.BOUND
    (merge,) = merges.listed(talk.session)
    merging.undo(talk.session, merge.id, staff_id=None, now=NOON)
    assert talk.hear(said("绑定 D100001 1234")).text == texts.WRONG.format(left=4)
    assert not is_bound(talk)
    assert talk.hear(said(code_for(talk, shop))).text == texts.BOUND


@pytest.mark.usefixtures("chat")
def test_the_menu_asks_for_the_phone(talk: Conversation) -> None:
    assert talk.hear(tapped("BIND")).text == texts.ASK_PHONE
