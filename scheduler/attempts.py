"""What deliveries need before they leave; one through the reply window, its parts sent one after another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot import holding
from bot.channels import mass, reply_window, subscription_notice, template_message
from bot.rules.contents import templates
from bot.rules.contents.parts import texts_of
from bot.rules.contents.rendering import Unsendable
from bot.services import Services
from bot.store.people import personal
from bot.store.planning import moments
from bot.store.sending import deliveries, halts, handing, lone, parts
from bot.store.sending.endings import Ended
from bot.values.content import Need
from bot.values.outcome import Halt, Later, Never, Outcome, Sent, Unsure
from bot.values.push import Claimed, Content, MassSend
from bot.values.reply import Reply

SOON = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class _Step:
    outcome: Outcome
    said: Reply | None


def readied(services: Services, claimed: Sequence[Claimed]) -> tuple[list[Claimed], list[Ended]]:
    """With what WeChat holds of their contents and the facts these name; and those that cannot go, nothing sent."""
    held, refused = _held(services, {one.content.id: one.content for one in claimed if one.content})
    ended = [
        Ended(one, refused[one.content.id], None)
        for one in claimed
        if one.content and one.content.id in refused
    ]
    going = [one for one in claimed if not (one.content and one.content.id in refused)]
    going = [one if reply_window.needs_of(one) else replace(one, held=_of(held, one)) for one in going]
    pictured, without = _pictured(services, going)
    return with_facts(services, pictured), [*ended, *without]


def _pictured(services: Services, claimed: Sequence[Claimed]) -> tuple[list[Claimed], list[Ended]]:
    """Owed answers that are a file of ours, with what WeChat calls it."""
    going: list[Claimed] = []
    ended: list[Ended] = []
    for one in claimed:
        try:
            needs = reply_window.needs_of(one)
            going.append(replace(one, held=holding.hold_files(services, needs)) if needs else one)
        except holding.NotHeld as refused:
            ended.append(Ended(one, refused.outcome, None))
    return going, ended


def bring(services: Services, ids: Sequence[int]) -> None:
    """Before anything is claimed, as it may take a while; what fails is told by `readied`."""
    with services.database.reading() as session:
        contents = deliveries.contents_of(session, ids)
    _held(services, {content.id: content for content in contents})


def trouble_with_mass(services: Services, ids: Sequence[int]) -> Outcome | None:
    """Why the one content of these cannot be sent to many now; None when WeChat holds all of it."""
    with services.database.reading() as session:
        contents = deliveries.contents_of(session, ids)
    for content in contents:
        try:
            holding.hold(services, content, mass=True)
        except holding.NotHeld as refused:
            return refused.outcome
    return None


def put_off(services: Services, ids: Sequence[int], trouble: Outcome) -> None:
    """Nothing of these was claimed yet."""
    now, real = services.now(), services.clock.real()
    with services.database.transaction() as session:
        if isinstance(trouble, Later):
            handing.put_back(session, ids, real + max(trouble.at - now, SOON))
        elif isinstance(trouble, Halt):
            handing.put_back(session, ids)
            halts.heed(session, mass.name, trouble, now)
        else:
            deliveries.skip(session, ids, getattr(trouble, "reason", "unsendable"), now)


def is_over(services: Services, claimed: Claimed | MassSend) -> str:
    """Why nothing of it may leave any more; empty when it may. Everything was asked at the claim, a while ago."""
    if claimed.until is not None and services.clock.real() >= claimed.until:
        return "stood_still"  # it belongs to a dead worker by now, for all the others know
    if claimed.closes_at is not None and services.now() >= claimed.closes_at:
        return "outside_window"
    return ""


def attempt_mass(services: Services, group: MassSend) -> tuple[MassSend, Outcome]:
    """Once more with new ids after 40007: WeChat forgets a draft when it was sent, and a file after three days."""
    try:
        group = replace(group, held=holding.hold(services, group.content, mass=True))
        if over := is_over(services, group):
            return group, Unsure(over)  # recovery asks again, with its key
        outcome = mass.send(services.wechat, group, services.now())
        if group.held and holding.is_refused_media(outcome):
            held = holding.hold_anew(services, group.content, group.held, mass=True)
            group = replace(group, held=held)
            outcome = mass.send(services.wechat, group, services.now())
    except holding.NotHeld as refused:
        return group, refused.outcome
    return group, outcome


def group_the_lone(services: Services) -> None:
    """In a transaction of its own: of two who are alone at one moment, the later sees both."""
    with services.database.transaction() as session:
        lone.group(session, services.now())


def notify(services: Services, delivery: Claimed) -> Ended:
    return Ended(delivery, subscription_notice.send(services.wechat, delivery, services.now()), None)


def send_template(services: Services, delivery: Claimed) -> Ended:
    return Ended(delivery, template_message.send(services.wechat, delivery, services.now()), None)


def attempt(services: Services, delivery: Claimed) -> Ended:
    """Its end: sent when all of it was, or some of it and the rest certainly not; unknown when a part may have been."""
    try:
        words = reply_window.words_for(delivery)
    except Unsendable as unsendable:
        return Ended(delivery, Never(f"unsendable:{unsendable}"), None)
    if not words:
        return Ended(delivery, Never("unsendable"), None)
    step = _send(services, delivery, 0, words[0])
    for number in range(1, len(words)):
        if not isinstance(step.outcome, Sent):
            break
        if not _follows(services, delivery, step.said or words[number - 1], number + 1):
            return Ended(delivery, Sent(), None, f"{number}/{len(words)}")
        step = _send(services, delivery, number, words[number])
        if not isinstance(step.outcome, Sent | Unsure):
            reason = getattr(step.outcome, "reason", "")
            return Ended(delivery, Sent(), None, f"{number}/{len(words)} {reason}")
    return Ended(delivery, step.outcome, step.said if isinstance(step.outcome, Sent) else words[0])


def _send(services: Services, delivery: Claimed, number: int, words: Reply) -> _Step:
    """Once more after a refused media id: WeChat has forgotten it, and nothing was sent."""
    outcome = reply_window.send(services.wechat, delivery, words, services.now())
    if delivery.content is None or not delivery.held or not holding.is_refused_media(outcome):
        return _Step(outcome, words)
    try:
        held = holding.hold_anew(services, delivery.content, delivery.held, mass=False)
    except holding.NotHeld as refused:
        return _Step(refused.outcome, words)
    again = reply_window.words_for(replace(delivery, held=held))[number]
    return _Step(reply_window.send(services.wechat, delivery, again, services.now()), again)


def _follows(services: Services, delivery: Claimed, before: Reply, number: int) -> bool:
    with services.database.transaction() as session:
        moment = moments.claiming(session, services.now(), services.config)
        return parts.next_leaves(session, delivery, before, number, moment, real=services.clock.real())


def _held(
    services: Services, contents: dict[str, Content]
) -> tuple[dict[str, dict[Need, str]], dict[str, Outcome]]:
    held: dict[str, dict[Need, str]] = {}
    refused: dict[str, Outcome] = {}
    for content in contents.values():
        try:
            held[content.id] = holding.hold(services, content, mass=False)
        except holding.NotHeld as reason:
            refused[content.id] = reason.outcome
    return held, refused


def _of(held: dict[str, dict[Need, str]], delivery: Claimed) -> dict[Need, str]:
    return held.get(delivery.content.id, {}) if delivery.content else {}


def with_facts(services: Services, going: list[Claimed]) -> list[Claimed]:
    """Looked up for those alone whose content names such facts."""
    named = {one.id: templates.further_in(_texts_of(one, one.content)) for one in going if one.content}
    names = frozenset[str]().union(*named.values())
    if not names:
        return going
    with services.database.reading() as session:
        ids = {one.profile.id for one in going if named.get(one.id)}
        found = personal.further(session, ids, names, services.now())
    return [replace(one, further=found.get(one.profile.id, {})) for one in going]


def _texts_of(delivery: Claimed, content: Content) -> Iterable[str]:
    """What it says by its channel."""
    by_template = {subscription_notice.name: content.notice, template_message.name: content.template}
    form = by_template.get(delivery.channel)
    return form.data.values() if form else texts_of(content.messages)
