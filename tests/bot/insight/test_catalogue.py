"""Products are found by the names people give them: a part, a part and what the thing is, one character and that."""

import pytest

from bot.insight.catalogue import Named, catalogue

SHOP = catalogue(
    [
        Named("TIN", "纯锡茶叶罐 150 毫升"),
        Named("WHITE", "白瓷茶叶罐 300 毫升"),
        Named("POT", "珐琅铸铁炖锅 24 厘米"),
        Named("KETTLE", "铸铁烧水壶 1.2 升"),
        Named("PAN", "生铁煎锅 26 厘米"),
        Named("CUP", "天目主人杯 90 毫升"),
        Named("SET", "「新灶」厨房三件套"),
    ]
)


@pytest.mark.parametrize(
    ("text", "words", "ids"),
    [
        pytest.param("锡罐有货吗", "锡罐", ("TIN",), id="one character and the last"),
        pytest.param("那个白罐呢", "白罐", ("WHITE",), id="behind a word that begins a name"),
        pytest.param("铁锅多少钱", "铁锅", ("PAN", "POT"), id="several are of that kind"),
        pytest.param("铸铁锅多重", "铸铁锅", ("POT",), id="a part, and what it is"),
        pytest.param("铸铁多重", "铸铁", ("KETTLE", "POT"), id="a part alone may be of both"),
        pytest.param("茶叶罐", "茶叶罐", ("TIN", "WHITE"), id="a part that holds what it is"),
    ],
)
def test_a_name_people_say(text: str, words: str, ids: tuple[str, ...]) -> None:
    assert [(slot.text, tuple(sorted(slot.choices))) for slot in SHOP.slots_in(text)] == [
        (words, tuple(sorted(ids)))
    ]


def test_two_names_in_one_message_are_two_things() -> None:
    assert [slot.value for slot in SHOP.slots_in("锡罐和白罐哪个好")] == ["TIN", "WHITE"]


@pytest.mark.parametrize("text", ["今天杯子到吗", "来三套", "大罐"])
def test_no_name(text: str) -> None:
    assert SHOP.slots_in(text) == []
