"""A short question that says not of what: 有货吗, 怎么泡, 怎么用. It is asked again with what was spoken of before.

Last before "I don't know": what says enough by itself was answered by others.
"""

from bot.rules.talk.continuing_words import asks_of_any_goods, goes_on
from bot.store.talk import dialogue
from bot.values.incoming import Text as Said
from bot.values.incoming import Voice
from bot.values.profile import Profile
from handlers.chat import goods, knowledge, subject
from handlers.chat.speaking import Answer, Context, Words, in_parts
from handlers.chat.subject import Subject

OF_GOODS = frozenset({"price", "stock"})
SURE = 0.6
LOOKED_BACK = 4  # things said: who heard it a moment ago asks for something else


def recognise(incoming: Said | Voice, _profile: Profile) -> Words | None:
    return Words(incoming.text) if goes_on(incoming.text) else None


def answer(found: Words, context: Context) -> Answer | None:
    """None where nothing was spoken of, or nothing more is known of it than was said already."""
    understanding = context.services.understanding
    if not context.profile.id or not understanding.is_learned:
        return None
    understood = understanding.of(found.text)
    if understood.slots_of("product"):
        return None
    about = subject.of(context)
    is_of_goods = understood.intent in OF_GOODS and understood.confidence >= SURE
    if about and is_of_goods and asks_of_any_goods(found.text):
        return in_parts(goods.told(about.products, context))
    return _known(found.text, about, context)


def _known(text: str, about: Subject | None, context: Context) -> Answer | None:
    session, customer_id, now = context.session, context.profile.id, context.now
    before = (
        [about.words] if about else dialogue.written_before(session, customer_id, context.message_id, now, 1)
    )
    lately = {one.source_id for one in dialogue.lately_said(session, customer_id, now, LOOKED_BACK)}
    for words in before:
        told = knowledge.found_answer(f"{words}{text}", context) if goes_on(words) or about else None
        if told is not None and told.source_id not in lately:
            return told
    return None
