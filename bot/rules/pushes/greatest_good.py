"""To which content a subscription account's one mass send of the day goes: where it does the greatest good. Pure.

The good of a content is the answers it may expect (the people it would reach, each weighed by how likely they answer
such a thing), times what its campaign's priority is worth, times what it has waited: 100 more of priority are worth as
much as twice the answers, a week of waiting as well. So a small campaign is not first, but does not starve: after two
weeks it stands against three times as many.
"""

from collections.abc import Iterable

from bot.values.days_send import DaysSend, Offer

PRIORITY_DOUBLES = 100
WAITING_DOUBLES = 7  # days
LONGEST_WAIT = 28
MOST_BY_PRIORITY = 11.0


def good(offer: Offer) -> float:
    return offer.answers * by_priority(offer) * by_waiting(offer)


def by_priority(offer: Offer) -> float:
    return min(1 + max(offer.priority, 0) / PRIORITY_DOUBLES, MOST_BY_PRIORITY)


def by_waiting(offer: Offer) -> float:
    return 1 + min(max(offer.waited, 0), LONGEST_WAIT) / WAITING_DOUBLES


def _share(offer: Offer) -> str:
    return f"{offer.answers / offer.people:.1%}" if offer.people else "0%"


def chosen(offers: Iterable[Offer]) -> DaysSend | None:
    """None when nobody wants it. Of two that are as good, the more important; then by name, so that it is the same again."""
    offers = [offer for offer in offers if offer.people]
    if not offers:
        return None
    winner = min(offers, key=lambda one: (-good(one), -one.priority, one.campaign_id, one.content_id))
    waiting: dict[str, int] = {}
    for offer in offers:
        if offer is not winner:
            waiting[offer.campaign_id] = waiting.get(offer.campaign_id, 0) + offer.people
    return DaysSend(winner=winner, good=good(winner), waiting=waiting)


def reason(send: DaysSend, campaign_id: str) -> str:
    """The verdict of those who wanted the day for another content: it names who has it."""
    winner = send.winner
    return f"day_given_to:{winner.content_id if winner.campaign_id == campaign_id else winner.campaign_id}"


def told(send: DaysSend, locale: str = "zh") -> list[str]:
    """Why it was this one, and who waits because of it. What an earlier pass decided was told then."""
    if send.was_given:
        return []
    one = send.winner
    if locale.startswith("en"):
        why = f"priority ×{by_priority(one):.2f}, {one.waited} days of waiting ×{by_waiting(one):.2f}"
        answers = f"{one.answers:.1f} of whom may answer, {_share(one)}"
        reaches = f"because it reaches {one.people} people, {answers} ({why})"
        lines = [f"today's mass send goes to {one.campaign_id} ({one.content_id}), {reaches}"]
        return lines + [
            f"{name}: {number} people wait because of it" for name, number in send.waiting.items()
        ]
    why = f"优先级 ×{by_priority(one):.2f}，已等 {one.waited} 天 ×{by_waiting(one):.2f}"
    answers = f"按以往的回应预计 {one.answers:.1f} 人会回复，占 {_share(one)}"
    reaches = f"因为能送达 {one.people} 人，{answers}（{why}）"
    lines = [f"今天的群发给了「{one.campaign_id}」（{one.content_id}），{reaches}"]
    return lines + [f"「{name}」有 {number} 人因此等待" for name, number in send.waiting.items()]
