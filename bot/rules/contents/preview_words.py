"""Previews: a content as the cards a customer would see, and as lines for the terminal. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo

from bot.rules.contents import articles, parts, preview_templates, templates
from bot.rules.contents.parts import texts_of
from bot.rules.contents.rendering import ANYBODY, labelled_parts_of, personal
from bot.values.content import Approval, Part
from bot.values.preview import Card, Preview
from bot.values.profile import Profile
from bot.values.push import Content

LINK = re.compile(r'<a\s[^>]*?href="([^"]*)"[^>]*>(.*?)</a>', re.IGNORECASE | re.DOTALL)
KINDS = {
    "text": "文字", "image": "图片", "voice": "语音", "video": "视频", "article": "图文", "miniprogram": "小程序",
    "link": "链接卡片", "msgmenu": "选项菜单",
}  # fmt: skip


def preview(content: Content, profile: Profile | None, further: Mapping[str, str]) -> Preview:
    """`profile`: None for what many get alike."""
    whose = profile or ANYBODY
    labelled = labelled_parts_of(content)
    cards = tuple(_card(personal(part, whose, further)) for part in labelled)
    alike = tuple(_card(personal(part, ANYBODY, {})) for part in labelled)
    goes_by_mass = parts.by_mass(content.messages, content.purpose)
    return Preview(
        customer_id=profile.id if profile else None,
        openid=profile.openid if profile else "",
        name=profile.name if profile else "",
        cards=cards,
        by_mass=alike if goes_by_mass and alike != cards else (),
        unknown=tuple(_unknown(content, whose, further)),
    )


def words_of(content: Content) -> Iterator[str]:
    """Everything it says, as messages and by templates."""
    yield from texts_of(content.messages)
    for form in (content.notice, content.template):
        if form is not None:
            yield from form.data.values()


def _unknown(content: Content, profile: Profile, further: Mapping[str, str]) -> Iterator[str]:
    names = dict.fromkeys(name for text in words_of(content) for name in templates.names_in(text))
    for name in names:
        if name in templates.FIELDS and not templates.render(f"{{{name}}}", profile, further):
            yield name


def _card(part: Part) -> Card:
    return Card(
        kind=part.kind,
        text=part.digest if part.kind == "article" else part.text,
        title=part.title,
        picture=part.cover or (part.file if part.kind == "image" else ""),
        file=part.file,
        media_id=part.media_id,
        url=part.url or part.page,
        options=tuple(option.words for option in part.options),
        tail=part.tail,
        body=articles.as_words(part.body),
        author=part.author,
    )


def pieces(text: str) -> list[tuple[str, str]]:
    """Words, and the address behind them where WeChat shows a link; others without one."""
    found, place = [], 0
    for link in LINK.finditer(text):
        found += [(text[place : link.start()], ""), (link[2], link[1])]
        place = link.end()
    return [(words, address) for words, address in [*found, (text[place:], "")] if words]


def lines(found: Preview) -> Iterator[str]:
    whom = f"{found.name or '（未留姓名）'} {found.openid}" if found.openid else "任何人（群发时人人相同）"
    yield f"给 {whom} 看是这样："
    for number, card in enumerate(found.cards, 1):
        yield f"── {number} · {KINDS[card.kind]}"
        yield from (line for line in _of_card(card) if line)
    if found.by_mass:
        yield "── 群发时人人相同，是这样："
        yield from (line for card in found.by_mass for line in _of_card(card) if line)
    for one in found.filled:
        yield from (line for line in preview_templates.lines_of(one) if line)
    if found.unknown:
        yield f"（不知道的资料，用了竖线后面的话：{'、'.join(found.unknown)}）"


def _of_card(card: Card) -> Iterator[str]:
    if card.title:
        yield card.title
    yield card.author
    yield from card.text.split("\n")
    yield from card.body.split("\n")
    if card.file or card.picture:
        yield f"[{KINDS[card.kind]} {(card.file or card.picture)[:12]}…]"
    elif card.media_id:
        yield f"[{KINDS[card.kind]} {card.media_id}]"
    yield from (f"  ▸ {words}" for words in card.options)
    yield card.tail
    yield card.url


def of_approvals(found: Iterable[Approval], zone: tzinfo) -> Iterator[str]:
    for one in found:
        at = f"{one.approved_at.astimezone(zone):%Y-%m-%d %H:%M}"
        until = f", until {one.withdrawn_at.astimezone(zone):%Y-%m-%d %H:%M}" if one.withdrawn_at else ""
        yield f"{at}  {one.staff}  version {one.version[:12]}{until}"
