"""Added sentences, watched words, open questions and the catalogue, on both databases."""

from sqlalchemy import update

from bot.insight.grouping import grouped
from bot.store.database import Session
from bot.store.people import forgetting
from bot.store.shop import catalogue
from bot.store.tables import products
from bot.store.talk import intent_examples, open_questions, watched_words
from tests.conftest import NOON
from tests.support.build import Build


def test_a_sentence_is_learned_under_one_intent_and_every_change_is_seen(session: Session) -> None:
    before = intent_examples.version(session)
    assert intent_examples.add(session, "price", "咋卖的嘞", NOON)
    assert not intent_examples.add(session, "price", "咋卖的嘞", NOON)
    between = intent_examples.version(session)
    assert intent_examples.add(session, "order", "咋卖的嘞", NOON)
    assert intent_examples.pairs(session) == [("咋卖的嘞", "order")]
    assert len({before, between, intent_examples.version(session)}) == 3
    assert intent_examples.remove(session, "咋卖的嘞", NOON)
    assert not intent_examples.remove(session, "咋卖的嘞", NOON)


def test_a_word_is_watched_in_one_way(session: Session) -> None:
    watched_words.put(session, "过敏", "escalate", NOON)
    first = watched_words.version(session)
    watched_words.put(session, "过敏", "forbid", NOON)
    assert watched_words.version(session) != first
    assert watched_words.watched(session) == watched_words.Watched(forbidden=("过敏",))
    assert watched_words.take_away(session, "过敏")


def test_open_questions_are_kept_grouped_and_settled(session: Session, build: Build) -> None:
    anna, bea = build.customer(openid="o-1"), build.customer(openid="o-2")
    for who, text in ((anna, "茶具可以出租吗"), (bea, "你们出租茶具吗"), (anna, "能帮我养乌龟吗")):
        open_questions.keep(session, who, text, "shop", NOON)
    found = open_questions.still_open(session)
    groups = grouped([one.text for one in found])
    assert [len(group) for group in groups] == [2, 1]
    assert open_questions.settle(session, [found[number].id for number in groups[0]], NOON) == 2
    assert [one.text for one in open_questions.still_open(session)] == ["能帮我养乌龟吗"]


def test_who_floods_the_account_does_not_flood_the_operator(session: Session, build: Build) -> None:
    anna = build.customer(openid="o-1")
    for number in range(open_questions.MOST_OF_ONE + 5):
        open_questions.keep(session, anna, f"问题{number}", "", NOON)
    assert len(open_questions.still_open(session)) == open_questions.MOST_OF_ONE


def test_who_is_forgotten_asked_nothing(session: Session, build: Build) -> None:
    anna = build.customer(openid="o-1")
    open_questions.keep(session, anna, "我叫小林，能赊账吗", "", NOON)
    forgetting.forget(session, anna, "salt", NOON)
    assert open_questions.still_open(session) == []


def test_the_catalogue_knows_prices_of_this_moment(session: Session, build: Build) -> None:
    build.product(external_id="POT-1", name="西施壶", stock=3)
    before = catalogue.version(session)
    (found,) = catalogue.described(session, ["POT-1", "gone"])
    assert (found.name, found.stock) == ("西施壶", 3)
    session.execute(update(products).values(is_on_sale=False))
    assert catalogue.on_sale(session) == []
    assert catalogue.version(session) != before
