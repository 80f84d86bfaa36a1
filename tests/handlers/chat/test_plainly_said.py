"""What customers were heard to say in whole dialogues: they are helped, and no wrong thing is said for it."""

from dataclasses import replace

import pytest
from sqlalchemy import insert, select, update

from bot.insight.catalogue import Named
from bot.insight.intents import Understanding
from bot.rules.talk import forms as form_words
from bot.rules.talk import person_texts, texts
from bot.rules.talk import understanding_texts as words
from bot.rules.talk.shop_words import wants_it_again, wants_to_buy
from bot.store.tables import customers, open_questions, order_lines
from bot.values.knowledge import Entry
from tests.handlers.chat.conftest import Conversation
from tests.support.build import Build
from tests.support.incoming import said
from tests.support.learned import model

COURSE = Entry(id="course", question="泡茶课怎么报名，多少钱？", answer="68 元一位。", keywords="泡茶课 课程")


@pytest.fixture
def learned(talk: Conversation) -> Conversation:
    talk.services = replace(talk.services, understanding=Understanding(model()))
    talk.services.knowledge.lean(model().confidence)
    return talk


@pytest.fixture
def shop(learned: Conversation, build: Build) -> Conversation:
    build.product(external_id="POT-1", name="西施紫砂壶 180 毫升", price=680, stock=3)
    learned.services.understanding.put_products([Named("POT-1", "西施紫砂壶 180 毫升")], "1")
    return learned


@pytest.fixture
def bought(talk: Conversation, build: Build, customer: int) -> Conversation:
    for number, (name, status) in enumerate((("陶土砂锅", "shipped"), ("茶礼盒", "paid"))):
        order = build.order(
            customer, external_id=f"TF10000{number}", status=status, amount=99, ordered_at=talk.clock.now()
        )
        row = {"order_id": order, "position": 0, "product_name": name, "quantity": 1, "price": 99}
        talk.session.execute(insert(order_lines).values(row))
    return talk


def test_orders_are_not_listed_again_for_who_wants_them_sooner(bought: Conversation) -> None:
    assert texts.WHICH_ORDER in bought.hear(said("我的订单到哪了")).text
    again = bought.hear(said("怎么还没发货")).text
    assert texts.TOLD_ALREADY in again
    assert texts.TO_PRESS in again
    assert "TF100001（11月24日）已付款，等待发货：茶礼盒" in again
    assert texts.WHICH_ORDER in bought.hear(said("我的订单到哪了")).text


@pytest.mark.parametrize("text", ["被烫到了", "切菜割到手了", "喝了你家的茶，肚子疼", "壶把断了，手上起泡了"])
def test_who_is_hurt_gets_a_person(talk: Conversation, customer: int, text: str) -> None:
    heard = talk.hear(said(text))
    assert heard.handler == "escalating"
    assert heard.text.startswith(person_texts.FIRST_OF_ALL)


@pytest.mark.parametrize("text", ["用盖碗老是烫手怎么办", "盖碗容易烫到手吗", "空腹喝了绿茶会不会想吐"])
def test_who_only_fears_it_does_not(talk: Conversation, customer: int, text: str) -> None:
    assert talk.hear(said(text)).handler != "escalating"


@pytest.mark.parametrize("text", ["do you ship to Singapore?", "Which one is best?", "price?"])
def test_another_language_is_told_of_a_person_in_both(
    learned: Conversation, customer: int, text: str
) -> None:
    assert learned.hear(said(text)).text == words.IN_CHINESE
    assert learned.session.execute(select(open_questions.c.text)).scalar_one() == text


def test_a_person_is_asked_for_in_english(talk: Conversation, customer: int) -> None:
    assert talk.hear(said("Can I talk to a human?")).handler == "human"


def test_small_talk_is_answered_kindly_and_not_as_a_question(learned: Conversation, customer: int) -> None:
    for text in ("今天天气真好", "讲个笑话", "我喜欢你"):
        assert learned.hear(said(text)).text in words.CHATS
    assert learned.session.execute(select(open_questions.c.id)).all() == []


def test_pushes_are_stopped_in_shorter_words_behind_their_beginning(
    learned: Conversation, customer: int
) -> None:
    learned.hear(said("恢复推送"))
    assert learned.hear(said("太多了，少发点")).text == words.HOW_OFTEN
    assert learned.hear(said("还是停了吧")).text == texts.STOPPED
    assert learned.hear(said("我说退订")).text == texts.STOPPED_ALREADY


def test_who_wants_to_buy_is_told_the_price_and_who_takes_the_order(
    shop: Conversation, build: Build, customer: int
) -> None:
    build.order(customer, ordered_at=shop.clock.now())
    shop.hear(said("西施紫砂壶多少钱"))
    for text in ("来两把", "怎么下单"):
        told = shop.hear(said(text)).text
        assert "¥680.00" in told
        assert told.endswith(words.HOW_TO_BUY)
    shop.clock.forward(hours=2)
    assert shop.hear(said("给我来一个")).text == words.WHAT_TO_BUY


def test_a_name_alone_is_answered_with_the_thing(shop: Conversation, customer: int) -> None:
    shop.know([Entry(id="zisha", question="紫砂壶怎么保养？", answer="勤擦。", keywords="紫砂壶 西施紫砂壶")])
    assert "¥680.00" in shop.hear(said("西施紫砂壶")).text
    assert shop.hear(said("西施紫砂壶怎么保养")).source_id == "zisha"


def test_a_price_is_not_told_of_what_only_shares_a_word(
    learned: Conversation, build: Build, customer: int
) -> None:
    build.product(external_id="SET-1", name="泡茶入门套装", price=239)
    learned.services.understanding.put_products([Named("SET-1", "泡茶入门套装")], "1")
    learned.know([COURSE])
    assert learned.hear(said("泡茶课多少钱")).source_id == "course"
    assert "239" in learned.hear(said("泡茶套装多少钱")).text


def test_who_complained_already_is_not_asked_back(learned: Conversation, customer: int) -> None:
    learned.session.execute(update(customers).values(complaint_open=True))
    assert learned.hear(said("怎么还没个下文")).text == words.COMPLAINT_WAITS
    assert learned.hear(said("你们到底处理不处理")).handler == "understood"


def test_when_they_end_is_said_of_points_behind_points(learned: Conversation, customer: int) -> None:
    learned.hear(said("我的积分"))
    assert "320" in learned.hear(said("什么时候过期")).text


def test_who_is_sent_something_all_the_same_is_told_that_it_is_off(talk: Conversation, customer: int) -> None:
    talk.hear(said("退订"))
    assert talk.hear(said("怎么还在发")).text == texts.STOPPED_ALREADY
    assert talk.hear(said("怎么还没发货")).handler != "stop_pushes"


def test_who_their_manager_is_needs_no_person(talk: Conversation, customer: int) -> None:
    assert talk.hear(said("客户经理是谁")).text == person_texts.NO_MANAGER
    assert not talk.customer().with_person_until


def test_who_sends_nothing_back_any_more_begins_no_return(
    learned: Conversation, build: Build, customer: int
) -> None:
    for number in range(2):
        build.order(customer, external_id=f"TF{number}", status="delivered", ordered_at=learned.clock.now())
    heard = learned.hear(said("不退了"))
    assert heard.text == form_words.NOT_BEGUN
    assert learned.customer().form_until is None


def test_a_card_costs_not_what_the_set_does_whose_description_speaks_of_it(
    learned: Conversation, build: Build, customer: int
) -> None:
    build.product(external_id="SET-1", name="泡茶入门套装", price=239, description="附一张手写的贺卡。")
    card = Entry(id="SET-1", question="泡茶入门套装", answer="附一张手写的贺卡。")
    learned.services.products.replace([card], "1")
    assert "239" not in learned.hear(said("贺卡多少钱")).text


def test_who_names_how_many_wants_to_buy(learned: Conversation, customer: int) -> None:
    assert learned.hear(said("我要两个盖碗")).text == words.WHAT_TO_BUY
    assert learned.hear(said("我要一个说法")).handler != "buying"


@pytest.mark.parametrize("text", ["上次买的那个还有吗", "再买一样的", "老样子再来一份", "之前拍的那款多少钱"])
def test_what_they_bought_last_is_told_to_who_wants_it_again(
    bought: Conversation, build: Build, text: str
) -> None:
    build.product(external_id="BOX", name="茶礼盒", price=99, stock=3)
    build.product(external_id="POT", name="陶土砂锅", price=168, stock=3)
    heard = bought.hear(said(text))
    assert heard.handler == "buying"
    assert "茶礼盒：¥99.00" in heard.text
    assert "砂锅" not in heard.text


@pytest.mark.parametrize("text", ["要得，来两罐", "那要一把", "行就要它", "我要这个", "就它了"])
def test_these_want_to_buy_what_was_spoken_of(shop: Conversation, customer: int, text: str) -> None:
    shop.hear(said("西施紫砂壶多少钱"))
    heard = shop.hear(said(text))
    assert heard.handler == "buying"
    assert "西施紫砂壶 180 毫升：¥680.00" in heard.text
    assert words.HOW_TO_BUY in heard.text


@pytest.mark.parametrize(
    "text", ["不要这个", "这个要这么久吗", "要这个颜色", "上次买的还没到", "上次买的壶坏了"]
)
def test_these_do_not(text: str) -> None:
    assert not wants_to_buy(text)
    assert not wants_it_again(text)


def test_a_sign_in_the_middle_of_a_name_is_no_kind_of_thing(shop: Conversation, build: Build) -> None:
    build.product(external_id="TEA-8", name="蜜兰香单丛 100 克", price=188, stock=3)
    assert shop.hear(said("那就这个，怎么下单")).text == words.WHAT_TO_BUY


@pytest.mark.parametrize("text", ["有没有茶壶", "有冇茶壶", "茶壶多少钱", "你们有茶壶吗", "茶壶有哪些"])
def test_a_category_is_told_with_all_that_is_in_it(
    shop: Conversation, build: Build, customer: int, text: str
) -> None:
    for number, name in enumerate(("玻璃煮茶壶", "白瓷提梁壶")):
        build.product(external_id=f"P{number}", name=name, category="茶壶", price=139, stock=3)
    heard = shop.hear(said(text))
    assert heard.handler == "recommend"
    assert "玻璃煮茶壶" in heard.text
    assert "白瓷提梁壶" in heard.text


def test_a_laugh_is_no_thanks_and_a_farewell_is_one(shop: Conversation, customer: int) -> None:
    assert shop.hear(said("哈哈哈哈")).text in words.CHATS
    assert shop.hear(said("晚安")).text == texts.addressed(texts.FAREWELL, shop.customer().name)
    assert shop.hear(said("谢谢，再见")).text == texts.THANKS


def test_who_scolds_is_not_asked_what_they_mean(shop: Conversation, customer: int) -> None:
    assert shop.hear(said("你们什么破店")).text == words.CALM


def test_what_somebody_wrote_goes_before_a_greeting(shop: Conversation, customer: int) -> None:
    shop.know([Entry(id="weekend", question="周末有人吗", answer="每天都在。")])
    assert shop.hear(said("周末有人吗")).source_id == "weekend"


SHARPENING = Entry(
    id="sharpen",
    question="你们帮忙磨刀吗？",
    answer="每年免费磨两次，超出每把 20 元。",
    keywords="磨刀服务 磨刀 代磨",
)


@pytest.fixture
def kitchen(learned: Conversation, build: Build, customer: int) -> Conversation:
    things = [
        ("STONE", "双面磨刀石", 89, 9),
        ("TIN", "纯锡茶叶罐 150 毫升", 368, 0),
        ("WHITE", "白瓷茶叶罐 300 毫升", 119, 70),
        ("CAKE", "五年陈老白茶饼 350 克", 328, 31),
        ("CLOTH", "棉麻茶巾（两条）", 19, 90),
        ("POT", "珐琅铸铁炖锅 24 厘米", 529, 5),
    ]
    for id_, name, price, stock in things:
        build.product(external_id=id_, name=name, price=price, stock=stock, description=f"{name}的介绍。")
    named = [Named(id_, name) for id_, name, *_ in things]
    learned.services.understanding.put_products(named, "1")
    return learned


def test_what_is_done_is_told_beside_the_thing_it_is_done_with(kitchen: Conversation) -> None:
    kitchen.know([SHARPENING])
    told = kitchen.hear(said("磨刀多少钱"))
    assert "¥89.00" in told.text
    assert "每把 20 元" in told.text
    assert told.source_id == "sharpen"


def test_what_was_answered_of_an_activity_makes_no_product_the_subject(kitchen: Conversation) -> None:
    kitchen.know([SHARPENING])
    kitchen.hear(said("你们帮忙磨刀吗"))
    assert "¥89.00" not in kitchen.hear(said("多少钱")).text


def test_two_things_are_compared_by_the_names_people_give_them(kitchen: Conversation) -> None:
    told = kitchen.hear(said("锡罐和白罐哪个好")).text
    assert "纯锡茶叶罐 150 毫升的介绍" in told
    assert "白瓷茶叶罐 300 毫升：¥119.00，现在有货" in told


def test_a_sum_is_changed_as_they_change_their_mind(kitchen: Conversation) -> None:
    kitchen.hear(said("白罐多少钱"))
    assert "× 50 = ¥5950.00" in kitchen.hear(said("50个一共多少钱")).text
    assert "× 3 = ¥357.00" in kitchen.hear(said("三个呢")).text
    assert "一共 ¥395.00" in kitchen.hear(said("再加两个茶巾")).text
    assert "一共 ¥38.00" in kitchen.hear(said("不要白罐了")).text
    assert kitchen.hear(said("不要茶巾了")).text.startswith("好的，没关系")


def test_a_sum_is_of_what_they_said_they_want(kitchen: Conversation) -> None:
    kitchen.hear(said("锡罐多少钱"))
    kitchen.hear(said("来两个白罐"))
    assert "一共 ¥238.00" in kitchen.hear(said("一共多少")).text
    assert "× 3 = ¥357.00" in kitchen.hear(said("多少钱三个")).text


def test_a_bargain_is_about_what_was_spoken_of(kitchen: Conversation) -> None:
    kitchen.hear(said("茶饼多少钱"))
    assert "¥328.00" in kitchen.hear(said("太贵了")).text


def test_something_else_that_is_asked_for_is_not_what_was_spoken_of(kitchen: Conversation) -> None:
    kitchen.hear(said("茶饼多少钱"))
    assert "¥328.00" not in kitchen.hear(said("有茶针吗")).text
    assert "¥328.00" in kitchen.hear(said("有货吗")).text


def test_what_was_written_of_one_thing_is_not_said_of_another(kitchen: Conversation) -> None:
    kitchen.know(
        [Entry(id="weight", question="珐琅铸铁锅有多重？", asks=("那个多重",), answer="约 5 公斤。")]
    )
    assert kitchen.hear(said("那个多重")).source_id == "weight"
    kitchen.hear(said("茶饼多少钱"))
    assert "5 公斤" not in kitchen.hear(said("那个多重")).text


def test_whether_it_may_still_be_used_is_no_question_about_vouchers(kitchen: Conversation) -> None:
    kitchen.hear(said("砧板发霉了"))
    assert "券" not in kitchen.hear(said("还能用吗")).text
    kitchen.hear(said("我的券"))
    assert "券" in kitchen.hear(said("还能用吗")).text
