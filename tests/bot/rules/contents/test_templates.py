import pytest

from bot.rules.contents.templates import BadTemplate, check, names_in, render
from bot.values.profile import Profile

LIN = Profile(id=1, openid="o-1", name="小林", city="杭州", points=120)
NOBODY = Profile(id=2, openid="o-2")


@pytest.mark.parametrize(
    ("text", "profile", "expected"),
    [
        pytest.param("{customer.name|您}好", LIN, "小林好", id="a known name"),
        pytest.param("{customer.name|您}好", NOBODY, "您好", id="no name, the fallback"),
        pytest.param("{customer.name}您好", NOBODY, "您好", id="no name and no fallback"),
        pytest.param("{customer.name|}您好", NOBODY, "您好", id="an empty fallback"),
        pytest.param("{customer.points}分，{customer.city|当地}", LIN, "120分，杭州", id="several"),
        pytest.param("{customer.points|没有}分", NOBODY, "0分", id="none is a number too"),
        pytest.param(
            "{customer.points|许多}分",
            Profile(id=0, openid=""),
            "许多分",
            id="many get the same words, and no number",
        ),
        pytest.param("{customer.id}", LIN, "{customer.id}", id="an unknown name stays as it is"),
        pytest.param(
            "{0} {customer.name.__class__} %s {",
            LIN,
            "{0} {customer.name.__class__} %s {",
            id="nothing is evaluated",
        ),
    ],
)
def test_render(text: str, profile: Profile, expected: str) -> None:
    assert render(text, profile) == expected


def test_what_a_customer_calls_himself_is_not_looked_at_again() -> None:
    assert (
        render("{customer.name|您}好", Profile(id=1, openid="o", name="{customer.points}"))
        == "{customer.points}好"
    )


def test_names_are_found_in_order() -> None:
    assert names_in("{customer.name|您}，{b}和{customer.name}") == ["customer.name", "b", "customer.name"]


@pytest.mark.parametrize("text", ["", "您好", "{customer.name|您}", "{customer.level|}{customer.points}"])
def test_good_texts_pass(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{customer.nmae|您}", "no name {customer.nmae}; there are customer.name,"),
        ("{}", "no name {}"),
        ("{ customer.name }", "no name { customer.name }"),
        ("{customer.name|您 好", "a { without its other half"),
        ("您}好", "a } without its other half"),
        ("{{customer.name}}", "a { without its other half"),
    ],
)
def test_what_could_not_be_meant_is_refused(text: str, says: str) -> None:
    with pytest.raises(BadTemplate) as refused:
        check(text)
    assert says in str(refused.value)
