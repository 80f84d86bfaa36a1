"""They want their chat and the shop's record of them to be one: the phone, then a proof. What was asked stands in the store.

While a person serves, the words are the person's to read.
"""

from bot.rules.talk import binding_texts as texts
from bot.rules.talk.binding_words import Heard, code_in_scene, heard
from bot.store.people import binding
from bot.store.people.binding import Asker, Outcome
from bot.values.incoming import MenuClick, Scan
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat.speaking import Answer, Context

MENU_KEYS = frozenset({"BIND", "BINDING"})


def recognise(incoming: Said | MenuClick | Scan, profile: Profile) -> Heard | None:
    match incoming:
        case Said() if not profile.is_with_a_person(incoming.sent_at):
            return heard(incoming.content)
        case MenuClick(key=key) if key.upper() in MENU_KEYS:
            return Heard("wish")
        case Scan(scene=scene) if code := code_in_scene(scene):
            return Heard("wish", code=code)
        case _:
            return None


def answer(found: Heard, context: Context) -> Answer | None:
    talk = binding.talk_of(context.session, context.profile.id, context.now)
    if found.kind == "gives_up":
        return _give_up(context) if talk else None
    if found.code:
        return _by_code(found, context, was_asked=found.kind == "wish" or talk is not None)
    if found.kind == "proof" and talk is None:
        return None
    phone = found.phone or (talk.phone if talk else "")
    if found.order and (phone or found.tail):
        return _by_order(found, phone, context)
    return _go_on(found, phone, context)


def bound_by_scene(scene: str, context: Context) -> str:
    """For the follow that came with a code: what to say of it; empty when the scene is none."""
    code = code_in_scene(scene)
    if not code:
        return ""
    outcome = binding.by_code(context.session, _asker(context), code, _salt(context), context.now)
    return texts.SCENE_WRONG if outcome == "wrong" else _in_words(outcome, context)


def _give_up(context: Context) -> Answer:
    binding.end(context.session, context.profile.id)
    return Answer(reply=Text(texts.GIVEN_UP))


def _by_code(found: Heard, context: Context, *, was_asked: bool) -> Answer | None:
    """Letters that are no code, and that nobody asked for, may mean something else; a try they were all the same."""
    outcome = binding.by_code(context.session, _asker(context), found.code, _salt(context), context.now)
    if outcome == "wrong" and isinstance(context.incoming, Scan):
        return Answer(reply=Text(texts.SCENE_WRONG))
    if outcome != "bound" and not was_asked:
        return None
    return Answer(reply=Text(_in_words(outcome, context)))


def _by_order(found: Heard, phone: str, context: Context) -> Answer:
    outcome = binding.by_order(
        context.session,
        _asker(context),
        found.order,
        phone=phone,
        tail=found.tail,
        salt=_salt(context),
        now=context.now,
    )
    if phone and outcome == "wrong":  # the talk goes on, from the phone they said last
        binding.ask(context.session, context.profile.id, phone, context.now)
    return Answer(reply=Text(_in_words(outcome, context)))


def _go_on(found: Heard, phone: str, context: Context) -> Answer:
    """Asks for what is missing."""
    known = binding.phone_bound(context.session, context.profile.id)
    if known is not None and (not found.phone or found.phone == known):
        tail = texts.TAIL.format(digits=known[-4:]) if known else ""
        return Answer(reply=Text(texts.ALREADY.format(tail=tail)))
    binding.ask(context.session, context.profile.id, phone, context.now)
    if found.order:
        return Answer(reply=Text(texts.ASK_PHONE_TOO))
    return Answer(reply=Text(texts.ASK_PROOF if phone else texts.ASK_PHONE))


def _in_words(outcome: Outcome, context: Context) -> str:
    if outcome == "locked":
        binding.end(context.session, context.profile.id)
    if outcome == "wrong":
        left = binding.tries_left(context.session, _asker(context), _salt(context), context.now)
        return texts.WRONG.format(left=left) if left else texts.LOCKED
    return {"bound": texts.BOUND, "locked": texts.LOCKED, "busy": texts.BUSY}[outcome]


def _asker(context: Context) -> Asker:
    return Asker(id=context.profile.id, openid=context.profile.openid)


def _salt(context: Context) -> str:
    return context.services.config.server.secret_key.get_secret_value()
