"""They want several things at once, and none of them is a command: each is answered, in their order, in one reply."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.rules.talk import understanding_texts as words
from bot.rules.talk.pieces import pieces
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text, text_of
from bot.values.tone import Told
from handlers.chat import knowledge, orders, points, prices, small_talk, understood
from handlers.chat.speaking import Answer, Context, Handler

LEAST, MOST = 2, 3  # answers in one reply
LONGEST = 1_800  # bytes of it: one passive reply holds no more
ANSWERING: tuple[Handler, ...] = (orders, points, small_talk, prices, understood, knowledge)
COMMANDS = frozenset({"complaint", "human", "stop", "start", "privacy"})  # take the whole message


@dataclass(frozen=True, slots=True)
class Pieces:
    text: str


def recognise(incoming: Said, _profile: Profile) -> Pieces | None:
    if incoming.menu_id or len(pieces(incoming.content)) < 2:
        return None
    return Pieces(incoming.content)


def answer(found: Pieces, context: Context) -> Answer | None:
    parts = context.services.understanding.of(found.text).parts
    intents = {part.best.intent for part in parts}
    if len(parts) < 2 or intents & COMMANDS:
        return None
    told, left = _answers([part.text for part in parts], context)
    if len(told) < LEAST:
        return None  # the whole may make sense where a piece does not
    if left:
        told.append(Answer(reply=Text(words.left_over(left))))
    said = _joined(told)
    source_id = next((one.source_id for one in told if one.source_id), "")
    return Answer(reply=Text(said), source_id=source_id, told=_parts(told, said))


def _answers(texts: Sequence[str], context: Context) -> tuple[list[Answer], list[str]]:
    """And what was asked beside that, to be asked again."""
    told: list[Answer] = []
    left: list[str] = []
    for text in texts:
        one = _answered(text, context) if len(told) < MOST else None
        if one is None:
            left.append(text)
        else:
            told.append(one)
    return told, left


def _answered(text: str, context: Context) -> Answer | None:
    incoming = context.incoming
    if not isinstance(incoming, Said):
        return None
    piece = replace(context, incoming=replace(incoming, content=text))
    for handler in ANSWERING:
        found = handler.recognise(piece.incoming, piece.profile)
        answered = None if found is None else handler.answer(found, piece)
        if isinstance(answered, Answer) and isinstance(answered.reply, Text):
            return answered
    return None


def _joined(told: Sequence[Answer]) -> str:
    said: dict[str, None] = {}
    for one in told:
        if isinstance(one.reply, Text):
            said[one.reply.text] = None
    whole = "\n\n".join(said)
    return whole if len(whole.encode()) <= LONGEST else next(iter(said))


def _parts(told: Sequence[Answer], said: str) -> tuple[Told, ...]:
    """Of all that is said; none where one of them has one form only and would be lost."""
    parts = tuple(part for one in told for part in one.told or (Told(facts=text_of(one.reply)),))
    return tuple(dict.fromkeys(parts)) if all(part.facts in said for part in parts) else ()
