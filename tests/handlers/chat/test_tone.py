"""Answers in the customer's own tone, and prices for what decides their purchases; on both databases."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from bot.config import Config, Facts
from bot.insight.catalogue import Named
from bot.insight.intents import Understanding
from bot.rules.talk import entitled_words, tones
from bot.store.people import facts, own_data
from bot.store.shop import catalogue
from bot.store.tables import account_managers, customer_statistics, products, staff
from tests.handlers.chat.conftest import Conversation
from tests.handlers.chat.test_offers import put
from tests.handlers.chat.test_understood import CARD, INVOICE, WASHER
from tests.support.build import Build
from tests.support.incoming import said
from tests.support.learned import model

TEA = "雨前龙井 100 克"


@pytest.fixture
def shop(talk: Conversation, build: Build, customer: int) -> Conversation:
    build.product(external_id="TEA-1", name=TEA, price=168, stock=86)
    described = {"description": "豆香清正。水温 80 度。", "attributes": {"guarantee": "未开封保一年新鲜。"}}
    talk.session.execute(update(products).values(described))
    found = catalogue.on_sale(talk.session)
    understanding = Understanding(model())
    understanding.put_products([Named(one.external_id, one.name) for one in found], "1")
    talk.services = replace(talk.services, understanding=understanding)
    talk.services.knowledge.lean(model().confidence)
    answer = "您好～可以开电子发票哦😊"
    talk.know([replace(INVOICE, answer=answer), WASHER, CARD])
    return talk


def known(talk: Conversation, customer_id: int, **told: str) -> None:
    for attribute, value in told.items():
        facts.learn(
            talk.session, customer_id, attribute, value, "own_word", talk.clock.now(), date(2026, 11, 24)
        )


def placed(talk: Conversation, customer_id: int, service_class: str) -> None:
    row = {"customer_id": customer_id, "known_at": talk.clock.now(), "updated_at": talk.clock.now()}
    talk.session.execute(insert(customer_statistics).values(row | {"service_class": service_class}))


def test_the_strict_get_exact_numbers_and_where_they_stand(shop: Conversation, customer: int) -> None:
    assert shop.hear(said("雨前龙井有货吗")).text == f"{TEA}：¥168.00，现在有货。"
    known(shop, customer, strictness="perfectionist")
    text = shop.hear(said("雨前龙井有货吗")).text
    assert text.startswith(f"{TEA}：¥168.00，现有 86 件。\n以上价格和库存查自")
    assert "2026-11-24 12:00" in text
    text = shop.hear(said("可以开发票吗")).text
    assert text == "可以开电子发票哦\n出处：本店解答「可以开发票吗？」。"


def test_the_lenient_get_a_kind_word(shop: Conversation, customer: int) -> None:
    known(shop, customer, strictness="tolerant")
    assert shop.hear(said("雨前龙井有货吗")).text == f"{TEA}：¥168.00，现在有货。\n{tones.WARM}"


def test_class_a_is_named_and_told_who_looks_after_them(
    shop: Conversation, build: Build, customer: int
) -> None:
    placed(shop, customer, "A")
    person = {"name": "周经理", "role": "operator", "password_hash": "x", "created_at": shop.clock.now()}
    staff_id = shop.session.execute(insert(staff).values(person).returning(staff.c.id)).scalar_one()
    charge = {"customer_id": customer, "staff_id": staff_id, "since": shop.clock.now()}
    shop.session.execute(insert(account_managers).values(charge))
    assert shop.hear(said("雨前龙井有货吗")).text.startswith("小林，您好。\n")
    stuck = shop.hear(said("你们支持以旧换新回收旧壶的服务吗"))
    assert "您的客户经理是周经理" in stuck.text
    own_data.set_personal(shop.session, customer, wants=False)
    assert shop.hear(said("雨前龙井有货吗")).text == f"{TEA}：¥168.00，现在有货。"
    assert "周经理" not in shop.hear(said("你们支持以旧换新回收旧壶的服务吗")).text


def test_asked_for_less_they_hear_the_price_and_what_is_theirs(shop: Conversation, customer: int) -> None:
    put(shop.session)
    text = shop.hear(said("雨前龙井一百块卖不卖")).text
    assert "一百" not in text
    assert text.index("¥168.00") < text.index(entitled_words.FIXED) < text.index("直减 8 元")
    assert entitled_words.BELOW in text.split("满 200 减 20")[1].splitlines()[0]


def test_without_anything_to_have_nothing_is_promised(shop: Conversation, customer: int) -> None:
    text = shop.hear(said("雨前龙井能便宜点吗")).text
    assert text.endswith(entitled_words.NOTHING)
    assert shop.hear(said("我有张满300减100的券能用吗")).text == entitled_words.NO_VOUCHERS


@pytest.mark.parametrize(
    ("driver", "expected", "first"),
    [
        ("price", "您下单时真正能少付的", "B"),
        ("function", "豆香清正。\n未开封保一年新鲜。", "A"),
        ("trend", "这会儿您可以挑的", "C"),
    ],
)
def test_the_driver_says_what_is_told_first(
    shop: Conversation, customer: int, driver: str, expected: str, first: str
) -> None:
    put(shop.session)
    known(shop, customer, decision_driver=driver)
    text = shop.hear(said("雨前龙井能便宜点吗")).text
    assert expected in text
    assert text.index(f"「{first}」") == min(text.index(f"「{letter}」") for letter in "ABC")
    own_data.set_personal(shop.session, customer, wants=False)
    assert entitled_words.HEADS[""] in shop.hear(said("雨前龙井能便宜点吗")).text


def test_an_offer_for_others_is_not_told(shop: Conversation, build: Build, customer: int) -> None:
    build.segment("gold", {"field": "points", "op": ">", "value": 100})
    put(shop.session, segment="gold")
    assert "直减 8 元" in shop.hear(said("雨前龙井能便宜点吗")).text
    own_data.set_personal(shop.session, customer, wants=False)
    assert "直减 8 元" not in shop.hear(said("雨前龙井能便宜点吗")).text
    own_data.set_personal(shop.session, customer, wants=True)
    put(shop.session, segment="everyone", status="paused")
    assert "直减 8 元" not in shop.hear(said("雨前龙井能便宜点吗")).text


def test_a_shop_says_in_a_file_of_its_own_how_it_sounds(
    shop: Conversation, customer: int, tmp_path: Path
) -> None:
    known(shop, customer, strictness="perfectionist")
    own = tmp_path / "tones.toml"
    own.write_text('[[tone]]\nwhen = { strictness = "perfectionist" }\ncourtesy = "warm"\n', encoding="utf-8")
    shop.services = replace(shop.services, config=Config(facts=Facts(tones=str(own))))
    assert shop.hear(said("雨前龙井有货吗")).text == f"{TEA}：¥168.00，现在有货。\n{tones.WARM}"


def test_what_comes_of_a_form_is_told_in_their_tone_and_its_steps_are_not(
    shop: Conversation, build: Build, customer: int
) -> None:
    build.order(customer, external_id="TF1", status="delivered", amount=9, ordered_at=shop.clock.now())
    placed(shop, customer, "A")
    said_by = [shop.hear(said(text)).text for text in ("我要退货", "1", "1", "没有", "提交")]
    assert [text.startswith("小林，您好。\n") for text in said_by] == [False, False, False, False, True]
