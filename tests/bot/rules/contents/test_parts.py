"""The forms of contents: what each takes, what is refused when it is saved, and where 广告 stands."""

from typing import Any

import pytest

from bot.rules.contents import articles, media, parts, preview_words
from bot.rules.contents.definitions import read
from bot.rules.contents.labels import labelled_parts
from bot.rules.contents.rendering import Unsendable, replies_of
from bot.values.content import Need, Option, Part
from bot.values.definitions import BadDefinition
from bot.values.profile import Profile
from bot.values.push import Content
from bot.values.reply import Article, Menu, MiniProgram, News, Published, Text
from tests.support.pictures import JPEG, MP3, MP4, PNG

HASH = "a" * 64
ORDINARY = {"id": "c", "title": "标题", "category": "policy", "purpose": "care"}


def one(**fields: Any) -> Any:
    return read("shop.toml", {"content": [{**ORDINARY, **fields}]}).contents[0]


ARTICLE = {"kind": "article", "body": "<p>正文</p>", "cover": HASH}
MINI = {"kind": "miniprogram", "app_id": "wx0123456789abcdef", "page": "pages/a", "cover": HASH}
TWO = [{"kind": "text", "text": "一"}, {"kind": "image", "file": HASH}]


@pytest.mark.parametrize(
    ("fields", "messages", "by_mass"),
    [
        pytest.param({"text": "您好"}, 1, True, id="text"),
        pytest.param({"kind": "image", "file": HASH}, 1, True, id="picture"),
        pytest.param({"kind": "voice", "media_id": "m"}, 1, True, id="voice"),
        pytest.param({"kind": "video", "media_id": "m"}, 1, True, id="video of the account"),
        pytest.param({"kind": "video", "file": HASH, "cover": HASH}, 1, False, id="video of ours"),
        pytest.param(ARTICLE, 1, True, id="article"),
        pytest.param(MINI, 1, False, id="mini program"),
        pytest.param({"kind": "link", "url": "https://example.com/"}, 1, False, id="link"),
        pytest.param({"kind": "msgmenu", "text": "选", "options": ["一", "二"]}, 1, False, id="menu"),
        pytest.param({"parts": TWO}, 2, False, id="combination"),
    ],
)
def test_each_form_is_read_and_comes_back_from_its_row(
    fields: dict[str, Any], messages: int, by_mass: bool
) -> None:
    content = one(**fields)
    assert (content.messages, content.by_mass) == (messages, by_mass)
    again = parts.parts_of(content.kind, content.text, content.media_id, content.details)
    kept = parts.details_of(again, is_combination=content.kind == "parts")
    assert kept == content.details
    assert len(again) == messages


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"kind": "article", "body": "b"}, "content c: cover: expected a picture"),
        (
            {"text": "<a href='JavaScript:go()'>看看</a>"},
            "content c: text: expected links to https://, http://, weixin://…, found 'JavaScript:go()'",
        ),
        ({**ARTICLE, "title": "长" * 33}, "content c: title: expected at most 32 characters, found 33"),
        ({**ARTICLE, "digest": "长" * 121}, "content c: digest: expected at most 120 characters"),
        ({**ARTICLE, "author": "长" * 17}, "content c: author: expected at most 16"),
        ({**ARTICLE, "body": "<script>x</script>"}, "WeChat takes <script> out of articles"),
        ({**ARTICLE, "body": '<p onclick="x">y</p>'}, "take on…= out here"),
        ({**ARTICLE, "body": '<img src="https://else.where/a.png">'}, "WeChat shows no picture from elsewhere"),
        ({**ARTICLE, "title": "{customer.name|您}好"}, "an article is the same for everybody"),
        ({**ARTICLE, "title": "长" * 29, "purpose": "marketing"}, "title: expected at most 28 characters"),
        ({**MINI, "app_id": "abc"}, "content c: app_id: expected a mini program's id"),
        ({"kind": "link", "url": "javascript:x"}, "content c: url: expected an address as https://…"),
        ({"kind": "video", "file": HASH}, "content c: cover: expected a JPEG under 64 KB"),
        ({"kind": "image", "file": HASH, "media_id": "m"}, "media_id: expected WeChat's id of the image, or a file"),
        ({"kind": "image", "file": "tea.jpg"}, "content c: file: expected a file beside the TOML, or the hash"),
        ({"kind": "image", "file": HASH, "purpose": "marketing"}, "purpose: marketing has to say 广告, and nothing here"),
        ({**MINI, "purpose": "marketing"}, "purpose: marketing has to say how to refuse it"),
        ({"kind": "msgmenu", "text": "选", "options": []}, "content c: options: expected a list of options"),
        ({"kind": "text", "text": "您好", "url": "https://a.b"}, "content c: url: kind text has none"),
        ({"parts": TWO[:1]}, "content c: parts: expected 2 to 5 parts, found 1"),
        ({"parts": [TWO[0], {"kind": "text", "text": "{customer.nmae}"}]}, "parts[1].text: no name {customer.nmae}"),
        ({"parts": TWO, "text": "x"}, "content c: text: a content with parts says it in the parts"),
        ({"kind": "parts"}, "content c: parts: expected 2 to 5 parts"),
    ],
)  # fmt: skip
def test_what_wechat_would_not_take_is_one_line_at_its_field(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(BadDefinition) as refused:
        one(**fields)
    assert says in str(refused.value)


def test_a_version_is_of_what_is_seen_and_of_nothing_else() -> None:
    first = one(**ARTICLE)
    assert first.version == one(**ARTICLE, category="news").version
    for other in ({"title": "别的"}, {"body": "别的"}, {"cover": "b" * 64}, {"purpose": "service"}):
        assert one(**{**ARTICLE, **other}).version != first.version


def test_marketing_of_several_parts_is_marked_first_and_refusable_last() -> None:
    texts = (Part(kind="image", file=HASH), Part(kind="text", text="一"), Part(kind="text", text="二"))
    labelled = labelled_parts(texts, "marketing")
    assert [part.text for part in labelled] == ["", "【广告】一", "二\n回复 TD 退订"]
    assert labelled_parts(labelled, "marketing") == labelled
    assert labelled_parts(texts, "care") == texts


def test_an_article_of_marketing_is_marked_in_its_title_and_ends_with_the_way_out() -> None:
    (article,) = labelled_parts((Part(kind="article", title="新茶", body="<p>好</p>"),), "marketing")
    assert article.title == "【广告】新茶"
    assert article.body.endswith("回复 TD 退订。</p>")


def test_an_article_of_marketing_written_plainly_keeps_its_paragraphs() -> None:
    plain = Part(kind="article", title="新茶", body="一 < 二\n\n三")
    (article,) = labelled_parts((plain,), "marketing")
    assert articles.as_html(article.body).startswith("<p>一 &lt; 二</p><p>三</p><p>")
    assert labelled_parts((article,), "marketing") == (article,)


def test_a_preview_shows_what_is_sent() -> None:
    long = Content(id="c", purpose="care", kind="text", text="{customer.last_product|茶}" + "好" * 660)
    further = {"customer.last_product": "长" * 100}
    (card,) = preview_words.preview(long, None, further).cards
    assert [Text(card.text)] == list(replies_of(long, further=further))

    article = Part(kind="article", title="文", author="小林", url="https://a.b", body="一 < 二\n\n<三>")
    mini = Part(kind="miniprogram", title="会员", app_id="wx1", page="pages/a")
    shown = preview_words.preview(
        Content(id="c", purpose="care", kind="parts", parts=(article, mini)), None, {}
    )
    assert [card.body for card in shown.cards] == ["一 < 二\n<三>", ""]
    lines = list(preview_words.lines(shown))
    assert {"小林", "一 < 二", "<三>", "https://a.b", "pages/a"} <= set(lines)


@pytest.mark.parametrize(
    ("content", "alike"),
    [
        pytest.param(Content(id="c", purpose="care", kind="text", text="{customer.name|您}好"), ["您好"], id="a fallback"),
        pytest.param(Content(id="c", purpose="care", kind="text", text="新茶到了"), [], id="the same for all anyway"),
        pytest.param(
            Content(id="c", purpose="care", kind="msgmenu", parts=(Part(kind="msgmenu", text="{customer.name|您}"),)),
            [],
            id="never by mass send",
        ),
    ],
)  # fmt: skip
def test_a_preview_for_somebody_shows_what_a_mass_send_would_say(content: Content, alike: list[str]) -> None:
    shown = preview_words.preview(content, Profile(id=1, openid="o-1", name="王芳"), {})
    assert [card.text for card in shown.by_mass] == alike
    assert ("── 群发时人人相同，是这样：" in preview_words.lines(shown)) is bool(alike)


def test_cards_become_what_wechat_takes() -> None:
    mini = Part(kind="miniprogram", title="会员", app_id="wx1", page="p", cover=HASH)
    link = Part(kind="link", title="看", url="https://a.b", text="说")
    menu = Part(kind="msgmenu", text="选", options=(Option("1", "一"),), tail="点")
    article = Part(kind="article", title="文", body="b", cover=HASH)
    held = {
        Need(HASH, "image"): "m-1",
        Need(parts.article_key(article), "article"): "a-1",
    }
    content = Content(id="c", purpose="care", kind="parts", parts=(mini, link, menu, article))
    assert replies_of(content, held=held) == (
        MiniProgram("会员", "wx1", "p", "m-1"),
        News((Article("看", "说", "", "https://a.b"),)),
        Menu("选", (("1", "一"),), "点"),
        Published("a-1", "文"),
    )
    with pytest.raises(Unsendable):
        replies_of(content)


def test_a_text_too_long_with_a_very_long_name_goes_without_it() -> None:
    content = Content(id="c", purpose="care", kind="text", text="{customer.last_product|茶}" + "好" * 660)
    (said,) = replies_of(content, further={"customer.last_product": "长" * 100})
    assert isinstance(said, Text)
    assert said.text.startswith("茶好")


def test_plain_words_become_paragraphs() -> None:
    assert articles.as_html("一 < 二\n三\n\n四") == "<p>一 &lt; 二<br>三</p><p>四</p>"
    assert articles.as_html("<p>一</p>") == "<p>一</p>"


@pytest.mark.parametrize(
    ("content", "expected"),
    [(JPEG, "image/jpeg"), (PNG, "image/png"), (MP3, "audio/mpeg"), (MP4, "video/mp4"), (b"<svg/>", ""), (b"", "")],
)  # fmt: skip
def test_a_file_is_known_by_what_is_in_it(content: bytes, expected: str) -> None:
    assert media.type_of(content) == expected


def test_sizes_are_those_wechat_takes() -> None:
    assert media.objection("thumb", "image/jpeg", 64 * 1024) == ""
    assert "found 65,537 bytes" in media.objection("thumb", "image/jpeg", 65_537)
    assert "expected a JPEG or PNG under 1 MB" in media.objection("inline", "image/gif", 10)


def test_links_show_as_words_with_an_address_behind() -> None:
    assert preview_words.pieces('看 <a href="https://a.b">这里</a>。') == [
        ("看 ", ""),
        ("这里", "https://a.b"),
        ("。", ""),
    ]
