"""An answer out of the operator's knowledge, with the customer's own facts filled in."""

import re

from bot.rules.contents.templates import render
from bot.rules.talk import texts
from bot.rules.talk.continuing_words import goes_on
from bot.rules.talk.products import is_called
from bot.store.shop import catalogue, orders
from bot.values.knowledge import Entry
from bot.values.tone import Told
from handlers.chat import subject
from handlers.chat.speaking import Answer, Context, Words, in_parts, in_words

_POINTS = re.compile(r"[这這那]个|[这這那]個|[这這那][款把套只件口]|^它|它[能会可要怎]")


recognise = in_words


def answer(found: Words, context: Context) -> Answer | None:
    """那个多重 is written of one pot; behind a word of something else it is asked of that."""
    entry = _found(found.text, context)
    if entry is None:
        return None
    may_lean = goes_on(found.text) and context.services.understanding.is_learned
    return None if may_lean and _is_of_another(entry, found.text, context) else _told(entry, context)


def _is_of_another(entry: Entry, text: str, context: Context) -> bool:
    """Whether the entry asks about a product, and neither these words nor the talk are of it."""
    understanding = context.services.understanding
    if understanding.products_in(text) or not (named := understanding.products_in(entry.question)):
        return False
    about = subject.of(context)
    ids = {choice: slot.text for slot in named for choice in slot.choices}
    if about is None or ids.keys() & {one.external_id for one in about.products}:
        return False
    asked = catalogue.described(context.session, list(ids))
    return any(is_called(ids[one.external_id], one.name) for one in asked)


def found_answer(question: str, context: Context) -> Answer | None:
    entry = _found(question, context)
    return None if entry is None else _told(entry, context)


def _found(question: str, context: Context) -> Entry | None:
    about = _looked_at(context) if _POINTS.search(question) else ""
    best = next(iter(context.services.knowledge.search(question, most=1, about=about)), None)
    return None if best is None else best.entry


def answer_of(entry_id: str, context: Context) -> Answer | None:
    entry = context.services.knowledge.entry(entry_id)
    return None if entry is None else _told(entry, context)


def _looked_at(context: Context) -> str:
    """The product of this dialogue: they say 这个 of what they bought last."""
    newest = orders.newest(context.session, context.profile.id, most=1) if context.profile.id else []
    return newest[0].lines[0].product if newest and newest[0].lines else ""


def _told(entry: Entry, context: Context) -> Answer:
    proof = texts.FROM_KNOWLEDGE.format(question=entry.question)
    return in_parts(Told(facts=render(entry.answer, context.profile), proof=proof), entry.id)
