"""The coming days beforehand, on a copy of the shop, with a virtual clock; nothing is written outside of it.

A large copy is played in two parts at once, each with half of the customers: what is decided for one customer does not
depend on the others. Only where it does (a subscription account's one content a day) it is played in one piece. Parts
are drawn by the customers' ids, so the same seed gives the same figures on every machine and database.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bot.config import Config
from bot.insight import responses
from bot.rules.simulation.simulation_sums import by_days, together
from bot.rules.simulation.simulation_warnings import warnings
from bot.services import Services
from bot.store.planning import moments
from bot.store.planning.moments import Moment
from bot.store.simulation import simulation_copy, simulation_past
from bot.store.simulation.simulation_copy import Source
from bot.store.simulation.simulation_stage import on_stage, stages
from bot.values.simulation import CampaignLine, NobodyThere, Played, Simulated, Wanted
from scheduler.simulated_parts import Part, play_all
from scheduler.simulated_world import Seconds, timed

PARTS = 2
WORTH_PARTS = 5_000  # customers; fewer are played by this process alone

Progress = Callable[[int], None]


def simulate(services: Services, wanted: Wanted, progress: Progress = lambda _days: None) -> Simulated:
    """`progress` is told of each day that is over. Raises `NobodyThere`."""
    seconds: Seconds = {}
    with stages(PARTS) as files:
        with timed(seconds, "copy"), simulation_copy.snapshot(services.database) as source:
            moment = moments.claiming(source.session, wanted.at, services.config)
            known = source.count()
            if known == 0:
                raise NobodyThere("there is nobody to simulate with: import customers first")
            customers = wanted.customers or known
            is_whole = moment.mass.target == "tag" or customers < WORTH_PARTS
            parts = _copy(source, files[:1] if is_whole else files, wanted, known, services.config)
        played = play_all(parts, progress)
    for each in played:
        for step, took in each.seconds.items():
            seconds[step] = seconds.get(step, 0.0) + took
    found = together([each.out for each in played])
    told = _told(wanted, known, customers, parts[0], played[0].lines, found, moment, seconds)
    return replace(told, warnings=tuple(warnings(told)))


def _copy(source: Source, files: Sequence[Path], wanted: Wanted, known: int, config: Config) -> list[Part]:
    to = wanted.customers or known
    sample = source.sample(min(to, known))
    names: tuple[str, ...] = ()
    for number, file in enumerate(files):
        with on_stage(file) as stage:
            part = simulation_copy.part(sample, number, len(files))
            names = simulation_copy.copy(source, stage, part, wanted.at)
    times, rest = divmod(max(0, to - known), known)
    model = responses.estimate(simulation_past.past(source.session, sample, wanted.at), wanted.seed)
    return [
        Part(
            stage=file,
            config=config,
            wanted=wanted,
            names=names,
            stride=source.highest() + 1,
            times=times,
            once_more=frozenset(source.first(rest)),
            model=model,
        )
        for file in files
    ]


def _told(
    wanted: Wanted,
    known: int,
    customers: int,
    part: Part,
    lines: Sequence[CampaignLine],
    found: Played,
    moment: Moment,
    seconds: Seconds,
) -> Simulated:
    order = {line.id: place for place, line in enumerate(lines)}
    return Simulated(
        starts_at=wanted.at,
        days=tuple(found.days),
        campaigns=tuple(lines),
        by_campaign=tuple(
            sorted(
                found.by_campaign.values(),
                key=lambda each: (each.day, order.get(each.campaign_id, len(order)), each.campaign_id),
            )
        ),
        customers=customers,
        known=known,
        copied=max(0, customers - known),
        seed=wanted.seed,
        rates=part.model.rates,
        reached=found.reached,
        times=found.times,
        gaps_regular=by_days(gap for gap in found.gaps if gap.regular),
        gaps_bound=by_days(gap for gap in found.gaps if not gap.regular),
        least_hours=min((gap.hours for gap in found.gaps), default=None),
        least_hours_regular=min((gap.hours for gap in found.gaps if gap.regular), default=None),
        mass_most=moment.mass.most,
        mass_target=moment.mass.target,
        halted=tuple(sorted(moment.halted)),
        blames=tuple(found.blames),
        seconds={name: round(took, 1) for name, took in seconds.items()},
        drafts=wanted.drafts,
    )
