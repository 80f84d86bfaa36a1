"""Their own data: a copy, all of it erased after a confirmation, nothing decided from it; with a receipt each time."""

from bot.rules.talk import own_data_words as words
from bot.rules.talk.own_data_words import Asked, asked_of
from bot.store.people import forgetting, own_data, questions
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat.speaking import Answer, Context
from handlers.profile import visitor

MINUTES = int(own_data.CONFIRMED_WITHIN.total_seconds() // 60)


def recognise(incoming: Said, _profile: Profile) -> Asked | None:
    return asked_of(incoming.content)


def answer(found: Asked, context: Context) -> Answer | None:
    """None for a word that takes back what was not asked: it was meant otherwise."""
    if found is Asked.NEVER_MIND:
        return _never_mind(context)
    return Answer(reply=Text(ANSWERS[found](context)))


def _rights(context: Context) -> str:
    is_on = own_data.wants_personal(context.session, context.profile.id)
    return words.RIGHTS.format(personal="" if is_on else words.IS_OFF)


def _export(context: Context) -> str:
    return words.EXPORT.format(link=_link(context))


def _erase(context: Context) -> str:
    own_data.ask(context.session, context.profile.id, "erase", context.now)
    return words.ERASE_ASKED.format(minutes=MINUTES, link=_link(context))


def _never_mind(context: Context) -> Answer | None:
    if not own_data.is_asked(context.session, context.profile.id, "erase", context.now):
        return None
    own_data.take_back(context.session, context.profile.id, "erase")
    return Answer(reply=Text(words.KEPT))


def _erase_surely(context: Context) -> str:
    """At once, in this message's own transaction. The receipt stays with the row that nobody stands behind any more."""
    if not own_data.is_asked(context.session, context.profile.id, "erase", context.now):
        return words.NOTHING_ASKED.format(minutes=MINUTES)
    salt = context.services.config.server.secret_key.get_secret_value()
    gone = forgetting.forget(context.session, context.profile.id, salt, context.now)
    counts = {
        "messages": gone.messages,
        "facts": gone.facts,
        "made": gone.places + gone.tags + gone.verdicts,
        "orders": gone.orders_unlinked,
    }
    receipt = own_data.done(context.session, context.profile.id, "erase", context.now, counts)
    return words.ERASED.format(
        receipt=receipt,
        at=_when(context),
        refusal=words.REFUSAL_STAYS if gone.keeps_opt_out else "",
        **counts,
    )


def _personal_off(context: Context) -> str:
    customer_id = context.profile.id
    if not own_data.wants_personal(context.session, customer_id):
        return words.OFF_ALREADY
    own_data.set_personal(context.session, customer_id, wants=False)
    questions.stop(context.session, customer_id, context.now)
    return words.NOW_OFF.format(
        receipt=own_data.done(context.session, customer_id, "personal_off", context.now)
    )


def _suggestions_off(context: Context) -> str:
    """Which of both they mean, only they know: what is surely meant is done, how to have the other is told."""
    said = _personal_off(context)
    return f"{said}\n{words.PUSHES_GO_ON}" if context.profile.wants_pushes else said


def _personal_on(context: Context) -> str:
    customer_id = context.profile.id
    if own_data.wants_personal(context.session, customer_id):
        return words.ON_ALREADY
    own_data.set_personal(context.session, customer_id, wants=True)
    return words.NOW_ON.format(
        receipt=own_data.done(context.session, customer_id, "personal_on", context.now)
    )


def _receipts(context: Context) -> str:
    zone = context.services.config.push.zone
    found = own_data.receipts(context.session, context.profile.id)
    lines = [
        f"· {one.at.astimezone(zone):%Y-%m-%d %H:%M} {words.DONE[one.kind]}（{one.receipt}）" for one in found
    ]
    return words.RECEIPTS.format(lines="\n".join(lines)) if lines else words.NO_RECEIPTS


def _link(context: Context) -> str:
    return visitor.link(context.profile.id, context.services.config.server)


def _when(context: Context) -> str:
    return f"{context.now.astimezone(context.services.config.push.zone):%Y-%m-%d %H:%M}"


ANSWERS = {
    Asked.RIGHTS: _rights,
    Asked.EXPORT: _export,
    Asked.ERASE: _erase,
    Asked.ERASE_SURELY: _erase_surely,
    Asked.PERSONAL_OFF: _personal_off,
    Asked.SUGGESTIONS_OFF: _suggestions_off,
    Asked.PERSONAL_ON: _personal_on,
    Asked.RECEIPTS: _receipts,
}
