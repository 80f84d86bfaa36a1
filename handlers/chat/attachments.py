"""Pictures, voice, video, places, links, files, stickers: taken with thanks, and what the customer can do is said."""

from dataclasses import dataclass

from bot.rules.talk import texts
from bot.rules.talk.sent_media import is_not_shown
from bot.values.incoming import Image, Incoming, Link, Location, MiniProgramPage, Video, Voice
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat.speaking import Answer, Context


@dataclass(frozen=True, slots=True)
class Attachment:
    sentence: str


def recognise(
    incoming: Said | Image | Voice | Video | Location | Link | MiniProgramPage, _profile: Profile
) -> Attachment | None:
    sentence = _sentence_for(incoming)
    return Attachment(sentence) if sentence else None


def _sentence_for(incoming: Incoming) -> str:
    match incoming:
        case Image():
            said = texts.PICTURE
        case Voice(recognition=words) if not words.strip():
            said = texts.VOICE
        case Video():
            said = texts.VIDEO
        case Location():
            said = texts.PLACE
        case Link() | MiniProgramPage():
            said = texts.LINK
        case Said(content=notice) if is_not_shown(notice):
            said = texts.UNREADABLE
        case _:
            said = ""
    return said


def answer(found: Attachment, _context: Context) -> Answer:
    return Answer(reply=Text(found.sentence))
