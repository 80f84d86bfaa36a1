"""The index over a small shop of its own: what is found, what is left alone, and that threads see whole versions."""

import threading
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.insight.knowledge import WordIndex
from bot.values.knowledge import Entry

ENTRIES = [
    Entry(
        id="ship-fee",
        question="买多少包邮？",
        answer="满 99 元包邮，不满收 8 元运费。",
        keywords="包邮 运费 邮费",
    ),
    Entry(
        id="ship-time",
        question="下单后多久发货？",
        answer="付款后 24 小时内发出。",
        keywords="什么时候发货 几天发货 现货",
    ),
    Entry(
        id="carrier",
        question="发什么快递？",
        answer="默认发青鸟快递。",
        keywords="什么快递 哪家快递 快递公司 顺丰",
    ),
    Entry(
        id="return",
        question="可以七天无理由退货吗？",
        answer="签收七天内可退。",
        keywords="退货 无理由 不喜欢 退掉",
    ),
    Entry(id="refund", question="退款多久到账？", answer="三个工作日原路退回。", keywords="退款 到账 退钱"),
    Entry(
        id="broken",
        question="收到的时候就碎了怎么办？",
        answer="拍照给我们，补发一件。",
        keywords="破损 碎了 裂了 补发",
    ),
    Entry(
        id="zisha-care",
        question="紫砂壶怎么保养？",
        answer="热水冲洗，晾干，不用洗洁精。",
        keywords="养壶 清洗 紫砂",
    ),
    Entry(
        id="zisha-mold",
        question="紫砂壶发霉了怎么处理？",
        answer="用茶汤煮半小时。",
        keywords="发霉 长毛 霉味",
    ),
    Entry(
        id="iron-rust",
        question="铁锅生锈了怎么办？",
        answer="除锈后薄油养锅。",
        keywords="生锈 除锈 锈斑 铁壶",
    ),
    Entry(id="wok-season", question="新铁锅怎么开锅？", answer="小火抹猪油。", keywords="开锅 养锅 新锅"),
    Entry(
        id="green-temp", question="绿茶用多少度的水泡？", answer="八十度左右。", keywords="水温 龙井 多少度"
    ),
    Entry(id="cold-brew", question="冷泡茶怎么做？", answer="凉水加茶，冰箱四小时。", keywords="冷泡 冰箱"),
    Entry(id="invoice", question="怎么开发票？", answer="订单页填写抬头。", keywords="发票 开票 抬头 税号"),
    Entry(id="points", question="积分能换什么？", answer="可换茶包和券。", keywords="积分 兑换 怎么用"),
    Entry(id="birthday", question="会员生日有礼物吗？", answer="当月送茶包一份。", keywords="生日 生日礼"),
    Entry(id="stores", question="有实体店吗，在哪里？", answer="杭州河坊街。", keywords="门店 地址 实体店"),
    Entry(id="hours", question="门店几点开门？", answer="十点到二十一点。", keywords="营业时间 关门 开门"),
    Entry(id="engrave", question="可以刻字吗？", answer="杯底可刻六个字。", keywords="刻字 定制 刻名字"),
    Entry(
        id="bargain", question="能便宜点吗？", answer="价格一律如页面所示。", keywords="便宜点 还价 打折 砍价"
    ),
    Entry(id="gift", question="送长辈送什么好？", answer="陈皮白茶配盖碗。", keywords="送礼 爸妈 父母 长辈"),
    Entry(id="size", question="a4托盘多大？", answer="29.7×21 厘米。", keywords="a4 尺寸"),
]

QUESTIONS = [
    ("包邮吗", "ship-fee"),
    ("运费多少钱", "ship-fee"),
    ("满多少包邮呀？", "ship-fee"),
    ("你们几天发货", "ship-time"),
    ("今天下单什么时候发货", "ship-time"),
    ("有现货吗", "ship-time"),
    ("发什么快递呀", "carrier"),
    ("能发顺丰吗", "carrier"),
    ("用的哪家快递", "carrier"),
    ("不喜欢可以退吗", "return"),
    ("我想退货", "return"),
    ("支持七天无理由吗", "return"),
    ("退款多久到", "refund"),
    ("退的钱什么时候到账", "refund"),
    ("收到就碎了", "broken"),
    ("壶裂了能补发吗", "broken"),
    ("紫砂壶如何保养", "zisha-care"),
    ("紫砂怎么清洗啊", "zisha-care"),
    ("茶壶发霉了", "zisha-mold"),
    ("紫砂壶里长毛了怎么办", "zisha-mold"),
    ("紫砂壶有霉味", "zisha-mold"),
    ("铁壶生锈还能用吗", "iron-rust"),
    ("锅上有锈斑", "iron-rust"),
    ("新锅怎么开锅", "wok-season"),
    ("泡龙井用多少度", "green-temp"),
    ("绿茶水温多少合适", "green-temp"),
    ("冷泡怎么弄", "cold-brew"),
    ("能开发票吗", "invoice"),
    ("發票抬頭怎麼填", "invoice"),
    ("積分怎麼用", "points"),
    ("我的积分可以兑换什么", "points"),
    ("过生日有礼物吗", "birthday"),
    ("你们实体店在哪", "stores"),
    ("门店地址发我一下", "stores"),
    ("几点关门", "hours"),
    ("营业时间是？", "hours"),
    ("杯子上能刻字吗", "engrave"),
    ("想刻名字", "engrave"),
    ("可以便宜点吗", "bargain"),
    ("打折吗", "bargain"),
    ("送爸妈什么好", "gift"),
    ("想送礼给长辈", "gift"),
    ("Ａ４多大", "size"),
    ("你好，请问一下紫砂壶平时应该怎么保养呢，谢谢", "zisha-care"),
]
UNRELATED = [
    "今天天气怎么样", "给我讲个笑话", "股票会涨吗", "红烧肉怎么做", "明天的火车票", "苹果手机多少钱", "附近有什么好吃的", "唱首歌", "我失恋了", "帮我写作文",
    "1+1等于几", "你几岁了", "世界杯谁赢了", "我想买车", "猫咪掉毛怎么办", "电脑开不了机", "头疼怎么办", "考研难吗", "房价还会跌吗", "空调不制冷", "电影好看吗",
    "想学吉他", "玫瑰花怎么种", "what time is it", "", "？？？", "的了吗呢",
]  # fmt: skip


@pytest.fixture(scope="module")
def index() -> WordIndex:
    index = WordIndex()
    index.replace(ENTRIES, "1")
    return index


@pytest.mark.parametrize(("question", "entry"), QUESTIONS)
def test_the_entry_a_question_is_about_is_found(index: WordIndex, question: str, entry: str) -> None:
    assert [found.entry.id for found in index.search(question, most=1)] == [entry]


@pytest.mark.parametrize("question", UNRELATED)
def test_an_unrelated_question_finds_nothing(index: WordIndex, question: str) -> None:
    assert index.search(question) == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_entry_is_found_by_its_own_question(index: WordIndex, entry: Entry) -> None:
    best = index.search(entry.question)[0]
    assert best.entry == entry
    assert best.score > 0.9


def test_near_asks_back_where_search_keeps_silent(index: WordIndex) -> None:
    vague = "过节想给长辈买点礼物"
    assert index.search(vague) == []
    assert "gift" in [found.entry.id for found in index.near(vague)]


def test_what_is_asked_of_a_thing_nobody_wrote_about_is_not_answered_by_what_is_asked(
    index: WordIndex,
) -> None:
    index.lean(lambda _text: np.array([1.0], dtype=np.float32))
    assert index.search("羽绒服怎么清洗") == []
    assert [found.entry.id for found in index.search("紫砂的怎么清洗", most=1)] == ["zisha-care"]


def test_another_wording_finds_its_entry_also_when_said_otherwise(index: WordIndex) -> None:
    question, again = "壶盖上的钮掉下来了", "盖子的钮掉了"
    assert index.search(question) == index.search(again) == []
    taught = WordIndex()
    lid = Entry(id="lid", question="单配一个盖要多少钱？", answer="三十元一只。", asks=(question,))
    taught.replace([*ENTRIES, lid], "1")
    assert taught.search(question)[0].score > 0.9
    assert [found.entry.id for found in taught.search(again, most=1)] == ["lid"]


def test_just_the_words_somebody_wrote_are_certain_however_short() -> None:
    index = WordIndex()
    index.replace(
        [*ENTRIES, Entry(id="brew", question="绿茶的泡法", answer="八十度。", asks=("茶咋泡",))], "1"
    )
    assert [found.entry.id for found in index.search("茶咋泡", most=1)] == ["brew"]


def test_wordings_of_one_entry_do_not_outweigh_another_entrys_own_words(index: WordIndex) -> None:
    many = tuple(f"{word}退款包邮发货{word}" for word in "甲乙丙丁戊己庚辛")
    busy = WordIndex()
    busy.replace([*ENTRIES, Entry(id="busy", question="其他问题", answer="请留言。", asks=many)], "1")
    assert busy.search("退款多久到", most=1)[0].entry.id == "refund"


def test_the_model_is_asked_only_about_words_that_are_new() -> None:
    asked: list[str] = []

    def leaning(text: str) -> Any:
        asked.append(text)
        return np.array([0.5, 0.5], dtype=np.float32)

    index = WordIndex()
    index.lean(leaning)
    tea = Entry(id="tea", question="茶怎么泡", answer="a", asks=("泡茶方法",))
    pot = Entry(id="pot", question="壶怎么洗", answer="b")
    for entries, new in (
        ([tea, pot], ["茶怎么泡", "泡茶方法", "壶怎么洗"]),
        ([replace(pot, answer="another"), tea], []),
        ([tea, replace(pot, asks=("洗壶",))], ["壶怎么洗", "洗壶"]),
    ):
        asked.clear()
        index.replace(entries, str(new))
        assert asked == new
    asked.clear()
    index.lean(lambda text: leaning(text)[::-1])
    assert sorted(asked) == sorted(["茶怎么泡", "泡茶方法", "壶怎么洗", "洗壶"]), "another model judges anew"


def test_an_empty_index_finds_nothing() -> None:
    assert WordIndex().search("包邮吗") == []
    assert WordIndex().version == ""


def test_replacing_replaces_everything() -> None:
    index = WordIndex()
    index.replace(ENTRIES, "1")
    index.replace([Entry(id="new", question="有茶具出租吗？", answer="没有。")], "2")
    assert index.version == "2"
    assert index.search("包邮吗") == []
    assert index.search("茶具出租吗")[0].entry.id == "new"


def test_an_entry_without_words_harms_nothing() -> None:
    index = WordIndex()
    index.replace([Entry(id="empty", question="？", answer=""), *ENTRIES], "1")
    assert index.search("包邮吗")[0].entry.id == "ship-fee"


def test_threads_see_one_version_or_the_other() -> None:
    index = WordIndex()
    versions = [
        [Entry(id=f"{number}-{i}", question=f"问题{number}之{i}", answer="") for i in range(50)]
        for number in (1, 2)
    ]
    index.replace(versions[0], "1")
    mixed: list[set[str]] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            seen = {found.entry.id[0] for found in index.search("问题1之3 问题2之3", most=3)}
            if len(seen) > 1:
                mixed.append(seen)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for turn in range(40):
        index.replace(versions[turn % 2], str(turn))
    done.set()
    for thread in threads:
        thread.join()
    assert mixed == []


@settings(deadline=None)
@given(st.text(max_size=400))
def test_a_score_is_always_between_0_and_1(text: str) -> None:
    index = WordIndex()
    index.replace(ENTRIES, "1")
    assert all(0 < found.score <= 1 for found in index.near(text))


def test_of_very_many_near_ones_the_kind_of_wish_still_decides() -> None:
    def leaning(text: str) -> Any:
        return np.array([0.0, 1.0] if text.endswith("？") else [1.0, 0.0], dtype=np.float32)

    others = [Entry(id=f"price-{n}", question="龙井茶多少钱", answer="", keywords="") for n in range(150)]
    meant = Entry(id="meant", question="龙井茶多少钱一斤呀？", answer="", keywords="")
    index = WordIndex()
    index.replace([*others, meant], "1")
    index.lean(leaning)

    assert index.ranked("龙井茶究竟多少钱？")[0].entry.id == "meant"
    assert index.ranked("龙井茶究竟多少钱")[0].entry.id == "price-0"


@pytest.mark.parametrize("shops", [pytest.param(1, id="a small shop"), pytest.param(120, id="a large one")])
def test_who_wants_the_best_alone_gets_the_first_of_all(shops: int) -> None:
    index = WordIndex()
    index.replace([replace(one, id=f"{one.id}-{n}") for n in range(shops) for one in ENTRIES], "1")
    for question in ("紫砂壶发霉了咋办", "退款几天到", "包邮吗", "买多少包邮？"):
        found = index.ranked(question, most=8)
        assert index.ranked(question, most=1) == found[:1]
        assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
