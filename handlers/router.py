"""Asks the intentions in their order; the first that recognises the message answers it, unless it finds that it is not its own."""

from typing import get_args, get_type_hints

from bot.rules.talk import understanding_texts as words
from bot.values.incoming import Incoming
from bot.values.reply import Silence, Text, text_of
from handlers.chat.order import ORDER
from handlers.chat.speaking import Answer, Context, Handler, Slow
from handlers.tone import in_their_tone

NOBODY = ""  # the handler's name when none recognised the message
_ASKED: dict[type[Incoming], tuple[Handler, ...]] = {}


def answer(context: Context) -> tuple[str, Answer | Slow]:
    """The name of who answers, and the answer; silence when nobody recognises it."""
    for handler in asked_about(type(context.incoming)):
        found = handler.recognise(context.incoming, context.profile)
        answered = None if found is None else handler.answer(found, context)
        if answered is not None:
            spoken = in_their_tone(answered, context) if isinstance(answered, Answer) else answered
            return handler.__name__.rpartition(".")[2], _guarded(spoken, context)
    return NOBODY, Answer(reply=Silence())


def asked_about(kind: type[Incoming]) -> tuple[Handler, ...]:
    """Those of the order who can recognise a message of this kind: what `recognise` takes, its annotation says."""
    if kind not in _ASKED:
        _ASKED[kind] = tuple(handler for handler in ORDER if issubclass(kind, _taken_by(handler)))
    return _ASKED[kind]


def _taken_by(handler: Handler) -> tuple[type[Incoming], ...]:
    takes = get_type_hints(handler.recognise)["incoming"]
    return get_args(takes) or (takes,)


def _guarded(answer: Answer | Slow, context: Context) -> Answer | Slow:
    """Without what the operator forbids the bot to say; what is made outside the transaction guards itself."""
    if isinstance(answer, Answer) and context.services.understanding.watched.forbids(text_of(answer.reply)):
        return Answer(reply=Text(words.LEFT_UNSAID))
    return answer
