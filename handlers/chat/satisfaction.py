"""They answer a return visit: how satisfied they are, from 1 to 5, by a tap, a number or a word."""

from dataclasses import dataclass

from bot.rules.talk.visit_words import rating_in, thanks
from bot.store.talk import visits
from bot.values.incoming import Text as Said
from bot.values.profile import Profile
from bot.values.reply import Text
from handlers.chat.speaking import Answer, Context


@dataclass(frozen=True, slots=True)
class Rating:
    rating: int


def recognise(incoming: Said, _profile: Profile) -> Rating | None:
    rating = rating_in(incoming.content, incoming.menu_id)
    return None if rating is None else Rating(rating)


def answer(found: Rating, context: Context) -> Answer | None:
    """None when no visit of ours waits for an answer: then it was meant otherwise."""
    visit = visits.open_visit(context.session, context.profile.id, context.now)
    if visit is None:
        return None
    visits.answered(context.session, context.profile.id, visit, found.rating, context.now)
    return Answer(reply=Text(thanks(found.rating)))
