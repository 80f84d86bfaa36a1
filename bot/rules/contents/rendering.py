"""A content becomes what WeChat is given: rendered for one customer, or for nobody in particular. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from bot.rules.contents.labels import labelled_parts
from bot.rules.contents.parts import article_key, needs_of
from bot.rules.contents.templates import NOTHING_FURTHER, render
from bot.values.content import Need, Part
from bot.values.profile import Profile
from bot.values.push import Content
from bot.values.reply import (
    Article,
    Draft,
    Image,
    Menu,
    MiniProgram,
    News,
    Published,
    Reply,
    Text,
    Video,
    Voice,
)

ANYBODY = Profile(id=0, openid="")  # many get the same words, so each place says what it says of the unknown
LARGEST_TEXT = 2048  # bytes: what WeChat takes
Held = Mapping[Need, str]  # what WeChat holds: media ids, addresses, article ids
NOTHING_HELD: Held = {}


class Unsendable(ValueError):
    """What cannot be sent as it is, and why in a word."""


def labelled_parts_of(content: Content) -> tuple[Part, ...]:
    """As customers get them, but for their own facts."""
    return labelled_parts(content.messages, content.purpose)


def needs(content: Content, *, mass: bool) -> list[Need]:
    """What WeChat has to hold before the content can be sent, each once."""
    found = [need for part in labelled_parts_of(content) for need in needs_of(part, mass=mass)]
    return list(dict.fromkeys(found))


def needs_of_any_way(content: Content) -> list[Need]:
    """An article is published for one customer, and a draft for many."""
    return [need for mass in (False, True) for need in needs(content, mass=mass)]


def replies_of(
    content: Content,
    profile: Profile = ANYBODY,
    held: Held = NOTHING_HELD,
    further: Mapping[str, str] = NOTHING_FURTHER,
    *,
    mass: bool = False,
) -> tuple[Reply, ...]:
    """Each message of the content. Raises `Unsendable` when WeChat does not hold what it takes."""
    mine = (personal(part, profile, further) for part in labelled_parts_of(content))
    return tuple(_reply(part, held, mass=mass) for part in mine)


def reply_of(content: Content, held: Held = NOTHING_HELD) -> Reply:
    """The one message that many get. Raises `Unsendable`."""
    found = replies_of(content, held=held, mass=True)
    if len(found) != 1:
        raise Unsendable("parts")
    return found[0]


def personal(part: Part, profile: Profile, further: Mapping[str, str]) -> Part:
    """With the customer's facts in their places; rather without them than too long for WeChat."""
    if part.kind == "article":
        return part
    told = _with_facts(part, profile, further)
    is_too_long = len(told.text.encode()) > LARGEST_TEXT
    return _with_facts(part, ANYBODY, NOTHING_FURTHER) if is_too_long else told


def _with_facts(part: Part, profile: Profile, further: Mapping[str, str]) -> Part:
    options = tuple(replace(one, words=render(one.words, profile, further)) for one in part.options)
    return replace(
        part,
        text=render(part.text, profile, further),
        title=render(part.title, profile, further),
        tail=render(part.tail, profile, further),
        options=options,
    )


def _reply(part: Part, held: Held, *, mass: bool) -> Reply:  # noqa: PLR0911 (a table)
    match part.kind:
        case "text":
            return Text(part.text)
        case "image":
            return Image(_file(part, "image", held))
        case "voice":
            return Voice(_file(part, "voice", held))
        case "video":
            cover = _cover(part, "thumb", held)
            return Video(_file(part, "video", held), part.text, thumb_media_id=cover)
        case "article" if mass:
            return Draft(_held(Need(article_key(part), "draft"), held), part.title)
        case "article":
            return Published(_held(Need(article_key(part), "article"), held), part.title)
        case "miniprogram":
            return MiniProgram(part.title, part.app_id, part.page, _cover(part, "image", held))
        case "link":
            card = Article(part.title, part.text, _cover(part, "inline", held), part.url)
            return News((card,))
        case "msgmenu":
            options = tuple((option.id, option.words) for option in part.options)
            return Menu(part.text, options, part.tail)
    raise Unsendable("unsendable")


def _file(part: Part, form: str, held: Held) -> str:
    return part.media_id or _held(Need(part.file, form), held)


def _cover(part: Part, form: str, held: Held) -> str:
    return _held(Need(part.cover, form), held) if part.cover else ""


def _held(need: Need, held: Held) -> str:
    if need not in held:
        raise Unsendable(f"no_{need.form}")
    return held[need]
