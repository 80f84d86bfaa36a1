"""What there is for so much money: 200块以内的茶壶, 预算三百送人, 最便宜的盖碗. From the shop's data; their number is never said again."""

from dataclasses import replace

from bot import recommending
from bot.rules.talk import budget_words as words
from bot.rules.talk.budget_words import Budget, budget_of
from bot.rules.talk.recommend_words import in_words
from bot.store.people import own_data
from bot.store.shop import baskets
from bot.store.talk import mentions
from bot.values.incoming import Text as Said
from bot.values.incoming import Voice
from bot.values.profile import Profile
from bot.values.recommending import ANYTHING, Recommended, Spend
from bot.values.reply import Text
from handlers.chat import knowledge
from handlers.chat.speaking import Answer, Context

CHEAPEST, DEAREST = Spend(first="cheapest"), Spend(first="dearest")


def recognise(incoming: Said | Voice, _profile: Profile) -> Budget | None:
    return budget_of(incoming.text)


def answer(found: Budget, context: Context) -> Answer | None:
    """For somebody or an occasion, which is no kind of thing the shop has, somebody's own words go first."""
    kind = _kind_there_is(found.words, context)
    if found.words and not kind and (written := knowledge.found_answer(context.incoming.text, context)):
        return written
    if found.spend.first and found.words and not kind:
        return None
    asked = replace(found, words=kind)
    if chosen := _chosen(asked, context) or _chosen(_with_theirs(asked), context):
        return _told(chosen, _opening(found, kind), context)
    nearest = _chosen(Budget(_nearest(found.spend), kind), context) if kind else []
    if nearest:
        return _told(nearest, words.NOT_WITHIN.format(words=kind), context)
    return Answer(reply=Text(words.NOTHING_WITHIN))


def _opening(found: Budget, kind: str) -> str:
    if found.spend.first:
        return words.SORTED[found.spend.first].format(words=kind or words.THINGS)
    return words.OTHER_KIND if found.words and not kind else words.WITHIN.format(words=kind or words.THINGS)


def _kind_there_is(said: str, context: Context) -> str:
    """The words products go by; empty where the shop has nothing of that name. One sign must end a name: 送人 is no 主人杯."""
    for one in words.called(said):
        there = baskets.to_be_had_in(context.session, one, ANYTHING)
        if any(len(one) > 1 or each.name.partition(" ")[0].endswith(one) for each in there):
            return one
    return ""


def _chosen(asked: Budget, context: Context) -> list[Recommended]:
    return recommending.for_customer(
        context.session,
        context.services.recommender,
        context.profile.id,
        asked.words,
        context.now,
        personal=own_data.wants_personal(context.session, context.profile.id),
        spend=asked.spend,
    )


def _with_theirs(asked: Budget) -> Budget:
    """What they have, too: there is something for so much, though nothing to suggest."""
    return asked if asked.spend.first else replace(asked, spend=asked.spend._replace(first="cheapest"))


def _nearest(spend: Spend) -> Spend:
    """What costs the least where all cost more, the most where all cost less."""
    return CHEAPEST if spend.most is not None else DEAREST


def _told(chosen: list[Recommended], opening: str, context: Context) -> Answer:
    ids = [one.external_id for one in chosen]
    mentions.note(context.session, context.profile.id, ids, context.now)
    return Answer(reply=Text(in_words(chosen, opening)))
