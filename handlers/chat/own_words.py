"""What customers say of themselves: kept as their own word, theirs to see, correct and erase."""

from bot.store.people import facts
from bot.values.facts import Evidence
from handlers.chat.speaking import Context

FROM_CHAT: Evidence = {"from": "chat"}


def learn(attribute: str, value: str, context: Context, evidence: Evidence = FROM_CHAT) -> None:
    """`value`: checked before."""
    facts.learn(
        context.session, context.profile.id, attribute, value, "own_word", context.now, context.today,
        evidence=evidence,
    )  # fmt: skip
