"""What may be given of a speech that goes on: whole sentences, checked from the beginning, each once, labelled once."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.rules.talk.speech import BROKEN_OFF, LABEL, LABEL_AHEAD, WITHHELD, Speech, clean, whole_until

SAID = "绿茶用 80℃ 的水就好。第一泡不要太久！\n雨前龙井现在 ¥168.00，有货；您要的话，我可以帮您留着。谢谢您"


def anything(_said: str) -> bool:
    return True


def speech(*words: str) -> Speech:
    made = Speech()
    for one in words:
        made.hear(one)
    return made


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        ("绿茶用 80℃ 的水", ""),
        ("绿茶用 80℃ 的水。", "绿茶用 80℃ 的水。"),
        ("绿茶用 80℃ 的水。第一", "绿茶用 80℃ 的水。"),
        ("他说「好的。」然后", "他说「好的。」"),
        ("真的吗？！是", "真的吗？！"),
        ("现在 ¥168.00 元，", ""),
        ("第一行\n第二", "第一行\n"),
        ("好……那么", "好……"),
    ],
)
def test_what_is_whole_ends_where_a_sentence_does(said: str, whole: str) -> None:
    assert said[: whole_until(said)] == whole


def test_what_still_comes_of_a_sentence_that_was_given_begins_no_message() -> None:
    said = speech("他说「这一款真的很好喝，是吗？")
    assert said.part(anything)
    said.hear("！」然后他又点了一壶普洱。")
    assert said.part(anything) == "然后他又点了一壶普洱。"


def test_thoughts_and_marks_are_not_said() -> None:
    assert clean("<think>顾客问 99 元？</think>**水温** 80℃。") == "水温 80℃。"
    assert clean("好的。<think>还没想完。再想想") == "好的。"


def test_parts_are_given_once_and_the_label_stands_once_before_them() -> None:
    said = speech("绿茶用 80℃ 的水就好。第一泡", "不要太久！然")
    assert said.part(anything) == LABEL_AHEAD + "绿茶用 80℃ 的水就好。第一泡不要太久！"
    assert said.part(anything) is None
    said.hear("后第二泡可以久一点。最")
    assert said.part(anything) == "然后第二泡可以久一点。"
    said.hear("后慢慢喝。")
    assert said.rest(anything, is_whole=True) == "最后慢慢喝。"


def test_what_is_given_whole_has_its_label_behind() -> None:
    assert speech("好的，", "我明白了。").rest(anything, is_whole=True) == f"好的，我明白了。{LABEL}"


def test_a_greeting_alone_is_no_part() -> None:
    assert speech("您好！关于水温").part(anything) is None


def test_what_broke_off_ends_with_its_last_whole_sentence_and_an_apology() -> None:
    broken = speech("绿茶用 80℃ 的水就好。第一泡不")
    assert broken.rest(anything, is_whole=False) == f"绿茶用 80℃ 的水就好。\n{BROKEN_OFF}{LABEL}"
    begun = speech("绿茶用 80℃ 的水就好。第一泡不")
    assert begun.part(anything)
    assert begun.rest(anything, is_whole=False) == BROKEN_OFF
    assert speech("绿茶用 80").rest(anything, is_whole=False) is None


def test_what_may_not_be_said_is_withheld_and_nothing_is_taken_back() -> None:
    def without_99(said: str) -> bool:
        return "99" not in said

    assert speech("便宜到 99 元给您。再").part(without_99) is None
    whole = speech("绿茶用 80℃ 的水就好。", "便宜到 99 元给您。")
    assert whole.rest(without_99, is_whole=True) is None
    assert whole.is_refused
    begun = speech("绿茶用 80℃ 的水就好。便宜")
    assert begun.part(without_99)
    begun.hear("到 99 元给您。")
    assert begun.rest(without_99, is_whole=True) == WITHHELD


def test_what_was_said_before_a_look_is_left_out_unless_it_was_given() -> None:
    looked = speech("我来帮您查一下订单，请稍等。好")
    looked.begin_anew()
    looked.hear("您的订单在路上。")
    assert looked.rest(anything, is_whole=True) == f"您的订单在路上。{LABEL}"
    given_before = speech("我来帮您查一下订单，请稍等。好")
    assert given_before.part(anything)
    given_before.begin_anew()
    given_before.hear("您的订单在路上。")
    assert given_before.rest(anything, is_whole=True) == "您的订单在路上。"


@given(some.lists(some.integers(1, 9), max_size=40), some.lists(some.booleans(), min_size=40, max_size=40))
def test_however_it_comes_nothing_is_lost_doubled_or_halved(sizes: list[int], asks: list[bool]) -> None:
    said, told, at = Speech(), [], 0
    for size, asked in zip(sizes, asks, strict=False):
        said.hear(SAID[at : at + size])
        at += size
        if asked and (part := said.part(anything)):
            told.append(part)
    said.hear(SAID[at:])
    rest = said.rest(anything, is_whole=True)
    assert rest is not None
    whole = "".join([*told, rest])
    assert (whole.count(LABEL), whole.count(LABEL_AHEAD)) == ((0, 1) if told else (1, 0))
    assert whole.replace(LABEL, "").replace(LABEL_AHEAD, "").replace("\n", "") == SAID.replace("\n", "")
    assert all(part.endswith(("。", "！", "；")) for part in told)
