"""Pictures, voice, video, places, links: taken with thanks, and what the customer can do is said."""

from dataclasses import dataclass

from bot.rules.talk import texts
from bot.values.incoming import Image, Link, Location, MiniProgramPage, Video, Voice
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat.speaking import Answer, Context


@dataclass(frozen=True, slots=True)
class Attachment:
    sentence: str


def recognise(
    incoming: Image | Voice | Video | Location | Link | MiniProgramPage, _profile: Profile
) -> Attachment | None:
    match incoming:
        case Image():
            return Attachment(texts.PICTURE)
        case Voice(recognition=words) if not words.strip():
            return Attachment(texts.VOICE)
        case Video():
            return Attachment(texts.VIDEO)
        case Location():
            return Attachment(texts.PLACE)
        case Link() | MiniProgramPage():
            return Attachment(texts.LINK)
        case _:
            return None


def answer(found: Attachment, _context: Context) -> Answer:
    return Answer(reply=Text(found.sentence))
