"""What a subscription notice's fields take, and how a customer's words are put into them."""

import pytest

from bot.rules.contents.notices import BadNotice, check, check_against, filled, told
from bot.values.notice import Notice, NoticeTemplate
from bot.values.profile import Profile

ARRIVED = NoticeTemplate(id="N1", title="到货提醒", fields={"thing1": "商品名称", "time2": "到货时间"})
LIN = Profile(id=1, openid="o-lin", name="林", points=880)


def notice(**data: str) -> Notice:
    return Notice(template="N1", data=data)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("thing1", "凤凰单丛"),
        ("thing12", "{customer.name|您}的茶到了"),
        ("number2", "12"),
        ("letter1", "ABC"),
        ("symbol1", "！"),
        ("character_string3", "SF-1024#8"),
        ("time2", "15:01"),
        ("time2", "2026年12月1日 15:01"),
        ("date3", "2026-12-01"),
        ("amount4", "¥12.80"),
        ("amount4", "128元"),
        ("phone_number5", "+86-571-88888888"),
        ("car_number6", "浙A12345"),
        ("name7", "欧阳娜娜"),
        ("name7", "Alexander Hamilton"),
        ("phrase8", "已发货"),
    ],
)
def test_what_a_field_takes(field: str, words: str) -> None:
    check(notice(**{field: words}))


@pytest.mark.parametrize(
    ("field", "words", "said"),
    [
        ("thing1", "一" * 21, "1 to 20 characters"),
        ("thing1", "", "1 to 20 characters"),
        ("thing1", "两\n行", "1 to 20 characters on one line"),
        ("number2", "十二", "digits"),
        ("letter1", "A1", "letters"),
        ("character_string3", "顺丰", "letters, digits or symbols"),
        ("time2", "明天", "a time"),
        ("date3", "十二月", "a day"),
        ("amount4", "很多", "an amount"),
        ("phone_number5", "一二三", "digits"),
        ("name7", "一" * 11, "at most 10 Chinese"),
        ("phrase8", "shipped", "Chinese"),
        ("phrase8", "已经发货了吗", "1 to 5 Chinese"),
        ("first", "您好", "expected a field such as thing1"),
        ("thing1", "{customer.shoe_size|40}", "no name {customer.shoe_size}"),
        ("thing1", "{customer.name", "without its other half"),
    ],
)
def test_what_it_refuses_names_the_field_and_what_was_expected(field: str, words: str, said: str) -> None:
    with pytest.raises(BadNotice, match=f"data.{field}") as bad:
        check(notice(**{field: words}))
    assert said in str(bad.value)


def test_a_notice_without_words_or_with_a_page_too_long_is_refused() -> None:
    with pytest.raises(BadNotice, match=r"data: expected"):
        check(notice())
    with pytest.raises(BadNotice, match=r"page: expected at most 1024"):
        check(Notice(template="N1", page="p" * 1025, data={"thing1": "茶"}))


def test_it_gives_each_field_of_its_template_and_no_other() -> None:
    check_against(notice(thing1="茶", time2="15:01"), ARRIVED)
    with pytest.raises(BadNotice, match=r"到货提醒 also wants time2 \(到货时间\)"):
        check_against(notice(thing1="茶"), ARRIVED)
    with pytest.raises(BadNotice, match=r"data.phrase3: the template 到货提醒 has thing1, time2"):
        check_against(notice(thing1="茶", time2="15:01", phrase3="已到"), ARRIVED)


def test_each_customer_reads_their_own_words() -> None:
    mine = filled(notice(thing1="{customer.name|您}的茶到了", number2="{customer.points}"), LIN)
    assert mine is not None
    assert mine.data == {"thing1": "林的茶到了", "number2": "880"}
    assert told(mine) == "林的茶到了；880"


@pytest.mark.parametrize(
    ("field", "words", "name", "cut"),
    [
        ("thing1", "{customer.name}的茶到了", "很长的名字" * 5, "很长的名字很长的名字很长的名字很长的名…"),
        ("name2", "{customer.name}", "很长的名字很长的名字长", "很长的名字很长的名…"),
        ("name2", "{customer.name}", "Alexander Hamilton", "Alexander Hamilton"),
        ("thing1", "到了：{customer.name}", "两\n行", "到了：两 行"),
    ],
)
def test_a_word_too_long_is_cut_to_its_field(field: str, words: str, name: str, cut: str) -> None:
    found = filled(notice(**{field: words}), Profile(id=1, openid="o", name=name))
    assert found is not None
    assert found.data[field] == cut


@pytest.mark.parametrize(
    ("field", "words"), [("thing1", "{customer.name}"), ("amount1", "{customer.name|很多}")]
)
def test_what_fits_no_field_is_no_notice(field: str, words: str) -> None:
    assert filled(notice(**{field: words}), Profile(id=1, openid="o")) is None
