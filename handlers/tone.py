"""The one place where an answer gets the customer's tone, on its way out: `bot/rules/talk/tones.toml` says which."""

from dataclasses import replace

from bot.rules.talk import tones
from bot.store.people import listeners
from bot.values.reply import Text
from handlers.chat.speaking import Answer, Context


def in_their_tone(answer: Answer, context: Context) -> Answer:
    """Answers that come in parts; all others, and those to strangers, stay as they are."""
    if not answer.told or not context.profile.id:
        return answer
    listener = listeners.of(context.session, context.profile.id)
    tone = tones.tone_of(listener, tones.load(context.services.config.facts.tones))
    if tone == tones.PLAIN:
        return answer
    return replace(answer, reply=Text(tones.worded(answer.told, tone, listener)))
