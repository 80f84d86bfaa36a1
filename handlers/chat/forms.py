"""A return, a repair, a new address: asked step by step, kept at each, left and resumed as they like."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.rules.talk import forms as words
from bot.rules.talk.form_corrections import correction
from bot.rules.talk.form_meanings import in_one_line, wants_time
from bot.rules.talk.form_requests import requests_in_words
from bot.rules.talk.forms import FORMS, Heard, Pick, heard
from bot.rules.talk.membership_words import asked_of
from bot.rules.talk.sent_media import is_not_shown
from bot.rules.talk.shop_words import asks_for_points, order_question
from bot.store.shop import orders
from bot.store.talk import dialogue, forms
from bot.values.forms import Form, Step, Talk
from bot.values.incoming import Image, Location, MenuClick, Video, Voice
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from bot.values.tone import Told
from handlers.chat.speaking import Answer, Context, in_parts

SO_FAR = "+pictures"  # beside the answers: those that came already
MENU_KEYS = {
    "RETURN": Heard("begin", "return"),
    "REPAIR": Heard("begin", "repair"),
    "ADDRESS": Heard("begin", "address"),
    "MY_REQUESTS": Heard("mine"),
}


@dataclass(frozen=True, slots=True)
class Filled:
    """Something said while a form waits for an answer."""

    text: str
    picture: str = ""  # its media id, or a video's
    place: str = ""  # where they are, as the map calls it


def recognise(
    incoming: Said | Voice | Image | Video | Location | MenuClick, profile: Profile
) -> Heard | Filled | None:
    listens = profile.form_until is not None and incoming.sent_at < profile.form_until
    match incoming:
        case Said(content=text) | Voice(recognition=text) if text.strip() and not is_not_shown(text):
            return Filled(text) if listens else heard(text)
        case Image(media_id=media_id) | Video(media_id=media_id) if listens:
            return Filled("", picture=media_id)
        case Location(label=label) if listens and label.strip():
            return Filled("", place=label.strip())
        case MenuClick(key=key):
            return MENU_KEYS.get(key.upper())
        case _:
            return None


def answer(found: Heard | Filled, context: Context) -> Answer | None:
    talk = forms.talk_of(context.session, context.profile.id, context.now)
    if isinstance(found, Filled):
        told = _filling(found, talk, context) if talk and talk.form in FORMS else None
    else:
        told = _outside(found, talk, context)
    if told is None:
        return None
    return in_parts(told) if isinstance(told, Told) else Answer(reply=Text(told))


def _outside(found: Heard, talk: Talk | None, context: Context) -> str | Told | None:
    match found.does:
        case "mine":
            requests = forms.of(context.session, context.profile.id)
            return Told(facts=requests_in_words(requests), wants_person=bool(requests))
        case "resume":
            return (
                _ask(FORMS[talk.form], dict(talk.answers), context) if talk and talk.form in FORMS else None
            )
        case _:
            return _begin(FORMS[found.form], found.words, context)


def _begin(form: Form, named: str, context: Context) -> str | None:
    """None where they have no order at all: then knowledge says how it is done."""
    picks = _picks(form.steps[0], context)
    if not picks:
        has_any = bool(orders.newest(context.session, context.profile.id, 1))
        return words.NO_ORDER.format(what=words.WHAT[form.id]) if has_any else None
    meant = picks[0].number if len(picks) == 1 else named and words.answer_to(form.steps[0], named, picks)
    return words.BEGUN.format(title=form.title) + _ask(form, {"order": meant} if meant else {}, context)


def _filling(found: Filled, talk: Talk, context: Context) -> str | Told | None:
    """None for what is meant for somebody else: the form waits on."""
    form, answers = FORMS[talk.form], dict(talk.answers)
    if words.leaves(found.text):
        forms.leave(context.session, context.profile.id, context.now)
        return words.LEFT
    if words.goes_back(found.text):
        return _ask(form, words.without_last(form, answers), context)
    if words.resumes(found.text):
        return _ask(form, answers, context)
    if corrected := correction(form, answers, found.text, _picks(form.steps[0], context)):
        return words.CHANGED + _ask(form, corrected, context)
    return _goes_on(found, talk, context)


def _goes_on(found: Filled, talk: Talk, context: Context) -> str | Told | None:
    form, answers = FORMS[talk.form], dict(talk.answers)
    step = words.step_of(form, answers)
    if found.place:
        asks_where = step is not None and step.name == "address"
        return words.GOT_PLACE.format(place=found.place) if asks_where else None
    if wants_time(found.text) and not _ends(step, found.text):
        return words.NO_HURRY
    if step is not None and step.kind == "pictures":
        return _pictures(found, step, talk, context)
    if found.picture:
        return None
    return _finish(found, talk, context) if step is None else _step(found, step, talk, context)


def _ends(step: Step | None, text: str) -> bool:
    """好了谢谢: they have sent all pictures, or send all of it in."""
    return words.sends(text) if step is None else step.kind == "pictures" and words.is_ready(text)


def _step(found: Filled, step: Step, talk: Talk, context: Context) -> str | Told | None:
    form = FORMS[talk.form]
    picks = _picks(step, context)
    if together := in_one_line(step, form, found.text):
        return _ask(form, {**talk.answers, **together}, context)
    if step.kind == "choice" and asked_of(found.text):
        return None  # 兑换1: points, and no 换一件
    given = words.answer_to(step, found.text, picks)
    if words.is_a_question(found.text) and (given is None or step.kind == "words"):
        return None
    if given is None:
        return _unread(found.text, words.asked_again(step, picks), talk, context)
    return _ask(form, {**talk.answers, step.name: given}, context)


def _unread(text: str, again: str, talk: Talk, context: Context) -> str | Told | None:
    """What they say instead of an answer. Asked again once and no more: what follows is meant for somebody else."""
    form = FORMS[talk.form]
    if words.is_a_question(text) or _is_for_others(text):
        return None
    if (other := heard(text)) and other.does != "resume":
        return _outside(other, talk, context)
    if told_early := words.told_early(form, talk.answers, text):
        return _ask(form, {**talk.answers, **told_early}, context)
    last = dialogue.last_said(context.session, context.profile.id, context.now)
    return None if last.text == again else again


def _is_for_others(text: str) -> bool:
    """我的券, 我的积分, 我的订单到哪了: sure by their words."""
    return asked_of(text) is not None or asks_for_points(text) or order_question(text) is not None


def _pictures(found: Filled, step: Step, talk: Talk, context: Context) -> str | Told | None:
    """They come one by one, each a message of its own."""
    form, answers = FORMS[talk.form], dict(talk.answers)
    so_far: list[str] = answers.pop(SO_FAR, [])
    if not found.picture:
        has_all = words.is_ready(found.text) or words.answer_to(step, found.text, ()) is not None
        if has_all:
            return _ask(form, answers | {step.name: so_far}, context)
        return _unread(found.text, words.asked_again(step), talk, context)
    so_far = [*so_far, found.picture]
    if len(so_far) >= words.MOST_PICTURES:
        return f"{words.ENOUGH}\n{_ask(form, answers | {step.name: so_far}, context)}"
    forms.keep(context.session, context.profile.id, form.id, answers | {SO_FAR: so_far}, context.now)
    return words.GOT_PICTURE.format(count=len(so_far), left=words.MOST_PICTURES - len(so_far))


def _finish(found: Filled, talk: Talk, context: Context) -> str | Told | None:
    """The steps sound alike to everybody; what comes of them is told in the customer's tone."""
    form, answers = FORMS[talk.form], dict(talk.answers)
    if words.sends(found.text):
        number = forms.send_in(context.session, context.profile.id, form.id, answers, context.now)
        return Told(facts=words.SENT.format(title=form.title, number=number, promise=form.promise))
    return _unread(found.text, words.summary(form, answers), talk, context)


def _ask(form: Form, answers: dict[str, Any], context: Context) -> str:
    forms.keep(context.session, context.profile.id, form.id, answers, context.now)
    step = words.step_of(form, answers)
    return words.summary(form, answers) if step is None else words.asked(step, _picks(step, context))


def _picks(step: Step, context: Context) -> Sequence[Pick]:
    if step.kind != "order":
        return ()
    mine = orders.newest(context.session, context.profile.id)
    fitting = [order for order in mine if order.status in step.statuses][: words.MOST_ORDERS]
    return [Pick(order.number, tuple(line.product for line in order.lines)) for order in fitting]
