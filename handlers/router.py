"""Asks the intentions in their order; the first that recognises the message answers it, unless it finds that it is not its own."""

from collections.abc import Sequence

from bot.values.reply import Silence
from handlers.chat.order import ORDER
from handlers.chat.speaking import Answer, Context, Handler, Slow

NOBODY = ""  # the handler's name when none recognised the message


def answer(context: Context, order: Sequence[Handler] = ORDER) -> tuple[str, Answer | Slow]:
    """The name of who answers, and the answer; silence when nobody recognises it."""
    for handler in order:
        found = handler.recognise(context.incoming, context.profile)
        answered = None if found is None else handler.answer(found, context)
        if answered is not None:
            return handler.__name__.rpartition(".")[2], answered
    return NOBODY, Answer(reply=Silence())
