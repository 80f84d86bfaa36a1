"""A content becomes what WeChat is given: rendered for one customer, or for nobody in particular. Pure."""

from bot.rules.labels import labelled
from bot.rules.templates import render
from bot.values.profile import Profile
from bot.values.push import Content
from bot.values.reply import Image, Reply, Text, Video, Voice

ANYBODY = Profile(id=0, openid="")  # many get the same words, so each place says what it says of the unknown


class Unsendable(ValueError):
    """A kind of content that no channel can send yet."""


def reply_of(content: Content, profile: Profile = ANYBODY) -> Reply:
    """Raises `Unsendable`."""
    match content.kind:
        case "text":
            return Text(labelled(render(content.text, profile), content.purpose))
        case "image":
            return Image(content.media_id)
        case "voice":
            return Voice(content.media_id)
        case "video":
            return Video(content.media_id, content.text)
    raise Unsendable(content.kind)
