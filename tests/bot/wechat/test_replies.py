from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from lxml import etree

from bot.values import incoming, reply
from bot.values.incoming import Incoming
from bot.wechat.replies import SUCCESS, split, write

NOW = datetime.fromtimestamp(1764000005, UTC)
CUSTOMER: dict[str, Any] = {"account": "gh_shop", "openid": "o-li", "sent_at": NOW, "once_key": "m:1"}
SAID = incoming.Text(**CUSTOMER, content="你好")
TAPPED = incoming.MenuClick(**CUSTOMER, key="NEWS")
ANY_TEXT = some.text(alphabet=some.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1)


def written(answer: reply.Reply, to: Incoming = SAID) -> etree._Element:
    return etree.fromstring(write(answer, to, NOW))


def news(count: int) -> reply.News:
    return reply.News(
        tuple(reply.Article(f"t{number}", "d", "http://p", "http://u?a=1&b=2") for number in range(count))
    )


def test_a_reply_goes_back_to_where_the_message_came_from() -> None:
    xml = written(reply.Text("您好"))
    assert {child.tag: child.text for child in xml} == {
        "ToUserName": "o-li",
        "FromUserName": "gh_shop",
        "CreateTime": "1764000005",
        "MsgType": "text",
        "Content": "您好",
    }


@pytest.mark.parametrize(
    ("answer", "msg_type", "fields"),
    [
        pytest.param(reply.Image("m"), "image", {"Image/MediaId": "m"}, id="image"),
        pytest.param(reply.Voice("m"), "voice", {"Voice/MediaId": "m"}, id="voice"),
        pytest.param(
            reply.Video("m", "T"),
            "video",
            {"Video/MediaId": "m", "Video/Title": "T", "Video/Description": None},
            id="video",
        ),
        pytest.param(
            reply.Music("t", music_url="http://m"),
            "music",
            {"Music/ThumbMediaId": "t", "Music/MusicUrl": "http://m", "Music/Title": None},
            id="music",
        ),
        pytest.param(
            news(1),
            "news",
            {"ArticleCount": "1", "Articles/item/Title": "t0", "Articles/item/Url": "http://u?a=1&b=2"},
            id="news",
        ),
        pytest.param(reply.ToPerson(), "transfer_customer_service", {"TransInfo": None}, id="any person"),
        pytest.param(
            reply.ToPerson("a@s"),
            "transfer_customer_service",
            {"TransInfo/KfAccount": "a@s"},
            id="one person",
        ),
    ],
)
def test_each_kind_has_the_platform_s_elements(
    answer: reply.Reply, msg_type: str, fields: dict[str, str | None]
) -> None:
    xml = written(answer)
    assert xml.findtext("MsgType") == msg_type
    assert {path: xml.findtext(path) for path in fields} == fields


@pytest.mark.parametrize(
    ("answer", "to"),
    [
        pytest.param(reply.Silence(), SAID, id="silence"),
        pytest.param(reply.Text(" \n"), SAID, id="a blank text, which is no silence to WeChat"),
        pytest.param(reply.Text("\x00\x08"), SAID, id="a text of nothing XML may hold"),
        pytest.param(reply.News(()), SAID, id="no articles"),
        pytest.param(reply.Text("再见"), incoming.Unfollow(**CUSTOMER), id="to someone who left"),
    ],
)
def test_nothing_to_say_is_success(answer: reply.Reply, to: Incoming) -> None:
    assert write(answer, to, NOW) == SUCCESS


@pytest.mark.parametrize(
    ("to", "count"), [pytest.param(SAID, "1", id="a message"), pytest.param(TAPPED, "8", id="an event")]
)
def test_news_has_as_many_articles_as_the_platform_shows(to: Incoming, count: str) -> None:
    xml = written(news(10), to)
    assert xml.findtext("ArticleCount") == count
    assert len(xml.findall("Articles/item")) == int(count)


@given(ANY_TEXT.filter(str.strip), some.sampled_from(["", "]]>", "]]]]>", "]]><Content>forged</Content>"]))
def test_no_text_breaks_the_reply(text: str, trap: str) -> None:
    said = (text + trap + text)[:600]
    xml = written(reply.Text(said))
    assert xml.findtext("Content") == said
    assert len(xml.findall("Content")) == 1


@given(ANY_TEXT)
def test_no_title_breaks_the_reply(title: str) -> None:
    xml = written(reply.News((reply.Article(title + "]]>", title),)))
    assert xml.findtext("Articles/item/Title") == title + "]]>"


@pytest.mark.parametrize("forbidden", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe"])
def test_what_xml_may_not_hold_is_left_out(forbidden: str) -> None:
    assert written(reply.Text(f"a{forbidden}b")).findtext("Content") == "ab"


@given(some.text(max_size=3000), some.integers(min_value=4, max_value=2000))
def test_the_pieces_of_a_text_fit_and_are_the_text(text: str, most: int) -> None:
    pieces = split(text, most)
    assert "".join(pieces) == text
    assert all(0 < len(piece.encode()) <= most for piece in pieces)


def test_a_long_text_is_answered_with_its_first_piece() -> None:
    text = "茶" * 1000
    xml = written(reply.Text(text))
    assert xml.findtext("Content") == "茶" * 666 == split(text)[0]


def test_a_text_is_cut_behind_a_line_where_one_ends_late_enough() -> None:
    assert split("一行\n二行\n三行", 18) == ["一行\n二行\n", "三行"]
    assert split("一\n" + "二" * 10, 20)[0] == "一\n" + "二" * 5


def test_a_text_that_fits_is_one_piece_whatever_its_lines() -> None:
    assert split("一行\n二行\n三行") == ["一行\n二行\n三行"]
