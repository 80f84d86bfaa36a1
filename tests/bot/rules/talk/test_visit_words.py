import pytest

from bot.rules.talk.visit_words import rating_in, thanks


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("5", 5),
        ("4分", 4),
        ("三星", 3),
        ("给5分吧", 5),
        ("非常满意！", 5),
        ("满意", 4),
        ("一般般吧", 3),
        ("这次不太满意", 2),
        ("很不满意", 1),
    ],
)
def test_a_number_or_a_word_says_how_satisfied_they_are(text: str, rating: int) -> None:
    assert rating_in(text) == rating


@pytest.mark.parametrize(
    "text", ["", "6", "55", "我要退货", "满意度怎么查", "5个杯子多少钱", "不", "三月到货吗", "今天天气一般吗"]
)
def test_other_words_are_no_answer(text: str) -> None:
    assert rating_in(text) is None


def test_a_tapped_option_says_it_whatever_stands_on_it() -> None:
    assert rating_in("不好不坏", "visit-3") == 3
    assert rating_in("5", "visit-9") is None
    assert rating_in("满意", "other-5") == 4, "another menu's option is read as words"


def test_who_is_not_satisfied_is_told_how_to_reach_a_person() -> None:
    assert "转人工" in thanks(1)
    assert "转人工" not in thanks(5)
