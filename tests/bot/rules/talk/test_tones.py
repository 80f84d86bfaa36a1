"""How an answer sounds to whom; its facts are the same for all."""

import re
from itertools import product
from pathlib import Path

import pytest

from bot.rules.talk import tones
from bot.rules.talk.tones import PLAIN, BadTones, tone_of, worded
from bot.values.tone import Listener, Told, Tone

RULES = tones.load()
ORDER = Told(
    opening="查到了，这是您的订单：",
    facts="订单 D1（11月20日）\n龙井 · ¥336.00",
    exact="订单 D1：2026-11-20 14:03 下单\n龙井，共 2 件 · ¥336.00",
    closing="想看某一笔，告诉我订单号就好。",
    proof="以上查自您的订单记录。",
)
STUCK = Told(facts="这个问题我还答不上来。", closing="您可以试试别的说法。", wants_person=True)
MONEY = re.compile(r"¥[\d.]+")


def heard(told: Told, **listener: str) -> str:
    who = Listener(**listener)  # type: ignore[arg-type]
    return worded((told,), tone_of(who, RULES), who)


@pytest.mark.parametrize(
    ("listener", "expected"),
    [
        pytest.param({}, PLAIN, id="of whom nothing is known, plain"),
        pytest.param({"service_class": "B"}, PLAIN, id="B, plain"),
        pytest.param(
            {"service_class": "A"},
            Tone(greets=True, names_manager=True, because=("class=A",)),
            id="A by name, with the account manager",
        ),
        pytest.param({"service_class": "C"}, Tone(detail="short", because=("class=C",)), id="C shortly"),
        pytest.param(
            {"strictness": "tolerant"},
            Tone(detail="short", courtesy="warm", because=("strictness=tolerant",)),
            id="lenient: short and warm",
        ),
        pytest.param(
            {"service_class": "C", "strictness": "perfectionist"},
            Tone(detail="exact", courtesy="none", because=("class=C", "strictness=perfectionist")),
            id="strict: exactly, whatever the class",
        ),
    ],
)
def test_whose_tone_is_which(listener: dict[str, str], expected: Tone) -> None:
    assert tone_of(Listener(**listener), RULES) == expected  # type: ignore[arg-type]


def test_nothing_personal_is_the_plain_form() -> None:
    who = Listener(name="小林", service_class="A", strictness="perfectionist", wants_personal=False)
    assert tone_of(who, RULES) == PLAIN
    assert worded((ORDER,), PLAIN, who) == ORDER.plain


def test_the_strict_hear_facts_first_to_the_minute_and_where_they_stand() -> None:
    text = heard(ORDER, strictness="perfectionist")
    assert text == f"{ORDER.exact}\n\n{ORDER.closing}\n{ORDER.proof}"
    faces = Told(facts="您好～可以机洗哦😊，水温 30 度[微笑]。")
    assert heard(faces, strictness="perfectionist") == "可以机洗哦，水温 30 度。"


def test_the_lenient_hear_it_short_and_warm() -> None:
    assert heard(ORDER, strictness="tolerant") == f"{ORDER.facts}\n{tones.WARM}"


def test_class_a_is_greeted_and_told_of_the_manager_where_one_helps() -> None:
    who = {"service_class": "A", "name": "小林", "manager": "周经理"}
    assert heard(ORDER, **who).startswith("小林，您好。\n")
    assert "周经理" not in heard(ORDER, **who)
    assert "您的客户经理是周经理" in heard(STUCK, **who)
    assert "客户经理" not in heard(STUCK, **who | {"manager": ""})


def test_several_answers_are_greeted_once() -> None:
    who = Listener(name="小林", service_class="A")
    text = worded((ORDER, STUCK), tone_of(who, RULES), who)
    assert text.count("小林") == 1
    assert text.index(ORDER.facts) < text.index(STUCK.facts)


@pytest.mark.parametrize(
    "told", [ORDER, STUCK, Told(facts="龙井：¥168.00，现在有货。", exact="龙井：¥168.00，现有 86 件。")]
)
def test_no_tone_changes_money(told: Told) -> None:
    strict, classes = ("", "tolerant", "enduring", "perfectionist"), ("", *"ABCD")
    said = [
        heard(told, strictness=one, service_class=other, name="小林")
        for one, other in product(strict, classes)
    ]
    assert {tuple(MONEY.findall(text)) for text in said} == {tuple(MONEY.findall(told.facts))}
    assert all(told.facts in text or told.exact in text for text in said)


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        pytest.param(
            "[[tone]]\nwhen = {}\ngreets = true", "tone.0.when: expected class or strictness", id="for nobody"
        ),
        pytest.param('[[tone]]\nwhen = { class = "E" }', "tone.0.when.class", id="a class nobody knows"),
        pytest.param(
            '[[tone]]\nwhen = { class = "A" }\nloud = true', "tone.0.loud", id="a trait nobody knows"
        ),
    ],
)
def test_a_wrong_file_is_one_line(tmp_path: Path, file: str, reason: str) -> None:
    path = tmp_path / "tones.toml"
    path.write_text(file, encoding="utf-8")
    with pytest.raises(BadTones, match=re.escape(reason)) as raised:
        tones.load(str(path))
    assert "\n" not in str(raised.value)
