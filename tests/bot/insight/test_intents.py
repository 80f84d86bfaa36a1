"""What customers want: learned, kept, and told with a confidence; several wishes, and what they name."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.insight import intent_learning, intent_model
from bot.insight.catalogue import Named, catalogue
from bot.insight.features import BadConcepts, normal, read_concepts
from bot.insight.intent_evaluation import measured
from bot.insight.intent_learning import CannotLearn, Lessons, learned, lessons
from bot.insight.intents import Understanding, Watched
from bot.rules.talk.intent_names import TITLES
from tests.bench.intents import FRESH, SEEN, STRANGERS, sentences
from tests.support.learned import model

SHOP = [
    Named("POT-1", "西施紫砂壶 180 毫升"),
    Named("POT-2", "玻璃煮茶壶 600 毫升"),
    Named("CUP-1", "白瓷盖碗 130 毫升", ("三才碗",)),
    Named("TRAY-1", "乌金石茶盘 50×32 厘米"),
]


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    found = Understanding(model())
    found.put_products(SHOP, "1")
    return found


@pytest.mark.parametrize(
    ("file", "accuracy"),
    [
        pytest.param(STRANGERS, 0.96, id="sentences of somebody who wrote no example"),
        pytest.param(FRESH, 0.88, id="sentences nothing was changed for"),
        pytest.param(SEEN, 0.90, id="sentences whose errors were seen"),
    ],
)
def test_sentences_are_understood_as_well_as_they_were(file: Path, accuracy: float) -> None:
    test = sentences(file)
    assert {label for _, label in test} == set(TITLES)
    assert {text for text, _ in test}.isdisjoint(lessons().texts)
    found = measured(model(), test, train=0, train_seconds=0)
    assert found.accuracy >= accuracy, found.confused


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("我那个茶壶到哪了", ["shipment"]),
        ("这个能进洗碗机吗", ["usage"]),
        ("有没有便宜点的", ["price"]),
        ("你们是机器人吗", ["identity"]),
        ("西施壶多少钱？另外能开发票吗", ["price", "invoice"]),
        ("我要投诉，你们发货太慢了。顺便问下积分怎么用", ["complaint", "points"]),
        ("這個可以用電磁爐嗎", ["usage"]),
    ],
)
def test_what_they_want(understanding: Understanding, text: str, intents: list[str]) -> None:
    assert [part.best.intent for part in understanding.of(text).parts] == intents


def test_what_they_name_and_where_it_stands(understanding: Understanding) -> None:
    text = "昨天买的两个白瓷盖碗到杭州市西湖区文三路12号，电话13812345678，单号 WL20261101123"
    found = understanding.of(text)
    assert [(slot.kind, slot.value) for slot in found.slots] == [
        ("time", "昨天"),
        ("quantity", "2"),
        ("product", "CUP-1"),
        ("place", "杭州市西湖区文三路12号"),
        ("phone", "13812345678"),
        ("order", "WL20261101123"),
    ]
    assert all(text[slot.start : slot.end] == slot.text for slot in found.slots)


def test_a_name_that_fits_several_products_gives_them_all() -> None:
    (slot,) = catalogue([Named("A", "青釉盖碗"), Named("B", "白瓷盖碗")]).slots_in("那个盖碗")
    assert (slot.value, set(slot.choices)) == ("", {"A", "B"})
    assert catalogue(SHOP).slots_in("三才碗还有吗")[0].value == "CUP-1"


def test_without_a_model_nothing_is_understood() -> None:
    found = Understanding().of("我要退货")
    assert (found.intent, found.confidence) == ("unclear", 0.0)


@settings(deadline=None, max_examples=150)
@given(
    st.text(max_size=300)
    | st.sampled_from(
        ["😀" * 50, "\u200b\u200e\u202e", "<xml>]]></xml>", "{{7*7}}", "'; DROP TABLE", "长" * 10_000]
    )
)
def test_whatever_is_said_is_understood_somehow(text: str) -> None:
    found = _ANY.of(text)
    assert found.parts
    assert all(0 <= guess.confidence <= 1.001 for guess in found.whole.guesses)
    assert all(text[slot.start : slot.end] == slot.text for slot in found.slots)


_ANY = Understanding(model())
_ANY.put_products(SHOP, "1")


def test_what_was_learned_is_kept_and_read_again(tmp_path: Path) -> None:
    few = Lessons(
        ("你好", "您好", "再见", "拜拜", "回见", "早上好"), ("hi", "hi", "bye", "bye", "bye", "hi"), {}
    )
    made = learned(few, tmp_path)
    again = intent_learning.kept(few, tmp_path)
    assert again is not None
    assert again.guesses("拜拜") == made.guesses("拜拜")
    assert intent_learning.kept(Lessons((*few.texts, "嗨"), (*few.labels, "hi"), {}), tmp_path) is None
    (file,) = tmp_path.glob("*.npz")
    file.write_bytes(b"no model")
    with pytest.raises(intent_model.Unreadable):
        intent_model.load(file)
    assert learned(few, tmp_path).guesses("你好")[0].intent == "hi"


def test_one_label_cannot_be_told_from_others() -> None:
    with pytest.raises(CannotLearn, match="two labels"):
        learned(Lessons(("你好",), ("hi",), {}))


def test_a_shop_adds_sentences_intents_and_concepts(tmp_path: Path) -> None:
    (tmp_path / "rental.txt").write_text("# 租\n能租一套茶具吗\n租金多少\n", encoding="utf-8")
    (tmp_path / "concepts.txt").write_text("renting: 租 租金 出租\n", encoding="utf-8")
    found = lessons(tmp_path, [("可以借用吗", "rental")])
    assert found.labels.count("rental") == 3
    assert found.words["租金"] == ("renting",)
    assert found.fingerprint != lessons().fingerprint


def test_a_word_no_sentence_has_is_understood_by_its_concept() -> None:
    texts, labels = ("退货", "退钱", "发票", "开票"), ("return", "return", "invoice", "invoice")
    words = {"退货": ("back",), "退钱": ("back",), "送回": ("back",), "发票": ("bill",), "开票": ("bill",)}
    assert learned(Lessons(texts, labels, words)).guesses("送回")[0].intent == "return"
    assert learned(Lessons(texts, labels, words | {"送回": ("bill",)})).guesses("送回")[0].intent == "invoice"


def test_whether_a_sentence_has_characters_that_were_learned() -> None:
    assert model().knows("我要退货")
    assert not any(map(model().knows, ("龘靐齉爩", "привет", "")))


def test_a_folder_that_is_none_and_concepts_that_are_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(CannotLearn, match="expected a folder"):
        lessons(tmp_path / "gone")
    with pytest.raises(BadConcepts, match="here:2"):
        read_concepts(["# fine", "no colon"], "here")
    (tmp_path / "price.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CannotLearn, match="UTF-8"):
        lessons(tmp_path)


def test_watched_words_are_heard_in_any_writing() -> None:
    watched = Watched(escalating=("過敏",), forbidden=("最便宜",))
    assert watched.escalates("喝了 过，敏 怎么办")
    assert watched.forbids("我们是全网最便宜")
    assert not Watched().escalates("过敏")


def test_the_same_words_have_one_form() -> None:
    assert normal("ＡＢ 12 哈哈哈哈！！") == normal("ab3哈哈!!") == "ab0哈哈!!"
