"""What an operator should know of a simulation before it comes true. Pure; the words are in `simulation_words`."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from bot.rules.pushes.reasons import ARRANGED
from bot.values.simulation import CampaignDay, CampaignLine, Simulated, Warned

FEW = 0.02  # of the candidates: a campaign that reaches fewer is starved
WORTH_TELLING = 0.01  # of all customers, and at least ten: fewer lost ones are no warning
RUN_OUT = 0.5  # of the candidates have had everything
OUT_OF_REACH = frozenset({"forgotten", "merged", "not_following", "opted_out", "hold_out"})
MOST_BLAMES = 12


def warnings(found: Simulated) -> Iterator[Warned]:
    """The weightiest first."""
    yield from _broken_promises(found)
    yield from _in_the_way(found)
    for line in found.campaigns:
        days = [each for each in found.by_campaign if each.campaign_id == line.id]
        yield from _of_campaign(found, line, days)
    if found.halted:
        yield Warned("halted", "", {"channels": found.halted})
    yield from _of_the_calendar(found)
    yield from _of_the_reserve(found)


def _broken_promises(found: Simulated) -> Iterator[Warned]:
    """Never happens; if it does, it is a bug, and nobody may overlook it."""
    too_near = sum(number for days, number in found.gaps_regular.items() if days < 2)
    twice_a_day = sum(
        number for gaps in (found.gaps_regular, found.gaps_bound) for days, number in gaps.items() if days < 1
    )
    if too_near or twice_a_day:
        yield Warned("promise_broken", "", {"too_near": too_near, "twice_a_day": twice_a_day})


def _in_the_way(found: Simulated) -> Iterator[Warned]:
    """One campaign's push takes the place of another's that has no second chance."""
    least = max(10, WORTH_TELLING * found.customers)
    lines = {line.id: line for line in found.campaigns}
    told = [blame for blame in found.blames if blame.customers >= least and blame.by in lines]
    for blame in sorted(told, key=lambda each: -each.customers)[:MOST_BLAMES]:
        numbers = {
            "by": blame.by,
            "by_name": lines[blame.by].name,
            "on": blame.on,
            "customers": blame.customers,
            "reason": blame.reason,
            "ends": lines[blame.campaign_id].ends,
            "is_higher": lines[blame.by].priority > lines[blame.campaign_id].priority,
        }
        yield Warned("takes_the_place", blame.campaign_id, numbers)


def _of_campaign(found: Simulated, line: CampaignLine, days: list[CampaignDay]) -> Iterator[Warned]:
    if line.contents == 0:
        yield Warned("no_contents", line.id)
        return
    if line.unapproved:
        yield Warned("unapproved", line.id, {"contents": line.unapproved})
    candidates = max((_reachable(day) for day in days), default=0)
    reached = found.reached.get(line.id, 0)
    if not days and not line.festival:
        yield Warned("never_judged", line.id)
    elif not days:
        return  # the festival is not in these days
    elif candidates == 0:
        yield Warned("nobody_in_segment", line.id)
    elif reached <= FEW * candidates and not _have_all_theirs(days):
        total: Counter[str] = Counter()
        for day in days:
            total.update(day.verdicts)
        yield Warned(
            "reaches_nobody" if reached == 0 else "starved",
            line.id,
            {
                "candidates": candidates,
                "reached": reached,
                "winners": _winners(total),
                "reasons": _reasons(total),
            },
        )
    yield from _run_out(line, days)


def _reachable(day: CampaignDay) -> int:
    return sum(number for reason, number in day.verdicts.items() if reason not in OUT_OF_REACH)


def _have_all_theirs(days: list[CampaignDay]) -> bool:
    """It went out just before, or is planned for just after: nothing stands against anybody."""
    return all(reason in OUT_OF_REACH | {"planned"} for day in days for reason in day.verdicts)


def _winners(total: Counter[str]) -> dict[str, int]:
    """Customer-days other campaigns had instead."""
    won = {
        reason.partition(":")[2]: number for reason, number in total.items() if reason.startswith("lost_to:")
    }
    return dict(sorted(won.items(), key=lambda one: -one[1])[:3])


def _reasons(total: Counter[str]) -> dict[str, int]:
    against: Counter[str] = Counter()
    for reason, number in total.items():
        if reason not in OUT_OF_REACH and reason not in ARRANGED:
            against[reason.partition(":")[0]] += number
    return dict(against.most_common(3))


def _run_out(line: CampaignLine, days: list[CampaignDay]) -> Iterator[Warned]:
    for number, day in enumerate(days):
        candidates, had_all = _reachable(day), day.verdicts.get("nothing_new", 0)
        if line.regular and candidates and had_all >= RUN_OUT * candidates:
            yield Warned(
                "run_out",
                line.id,
                {"day": day.day, "customers": had_all, "candidates": candidates, "contents": line.contents,
                 "from_the_start": number == 0},
            )  # fmt: skip
            return


def _of_the_calendar(found: Simulated) -> Iterator[Warned]:
    unknown = [day.day for day in found.days if not day.calendar_known]
    if unknown:
        years = sorted({day.year for day in unknown} | {(unknown[-1] + timedelta(days=1)).year})
        yield Warned("calendar_unknown", "", {"from": unknown[0], "years": years[-1:]})


def _of_the_reserve(found: Simulated) -> Iterator[Warned]:
    """A month ends, and what was kept for its festivals is lost with it."""
    for day, following in zip(found.days, found.days[1:], strict=False):
        if day.day.month != following.day.month and day.reserve_left >= WORTH_TELLING * found.customers:
            yield Warned("reserve_unused", "", {"month": f"{day.day:%Y-%m}", "sends": day.reserve_left})
