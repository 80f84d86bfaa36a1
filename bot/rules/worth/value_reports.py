"""What `refresh` and `value` tell, line by line; pure."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo

from bot.values.value import Plan, RefreshReport, Standing


def of_refresh(report: RefreshReport) -> Iterator[str]:
    took = sum(report.seconds.values())
    yield f"{report.customers} customers, {report.buyers} of them bought; rules {report.version}; {took:.1f} s"
    for partition, places in report.places.items():
        yield f"{partition}: {_counts(places)}"
    yield f"products: {_counts(report.products)}"
    yield f"regions: {_counts(report.regions)}"
    yield f"changed {report.changed}; moved {_counts(report.moved) or 'nobody'}; follow-ups opened {report.follow_ups}"
    yield f"seconds: {', '.join(f'{step} {seconds}' for step, seconds in report.seconds.items())}"


def of_standing(standing: Standing, zone: tzinfo) -> Iterator[str]:
    yield f"{standing.openid}: score {standing.score}, rank {standing.rank} of {standing.of}; rules {standing.version}"
    for partition, place in standing.places.items():
        title = standing.titles.get(partition, "")
        yield f"  {partition:<10} {place}{f' {title}' if title else ''}"
    yield f"  service    {standing.service}"
    for one in standing.follow_ups:
        yield f"    asks for {one.service} by {one.due_at.astimezone(zone):%Y-%m-%d} ({one.staff_name or 'anybody'}; number {one.id})"
    if standing.plan:
        yield from _plan(standing.plan, zone)
    if not standing.is_fresh:
        yield "  the numbers changed since the last refresh; the next one moves the customer"
    yield f"because: {_numbers(standing)}, {standing.spent} spent"
    yield f"score: {', '.join(f'{name} {points}' for name, points in standing.indicators.items())}"
    for step in standing.steps:
        yield f"  {step.partition} would be {step.to}: {step.field} {step.would_be} (now {step.is_now})"
    for move in standing.moves:
        reasons = ", ".join(f"{name} {value}" for name, value in move.because.items())
        at = f"{move.at.astimezone(zone):%Y-%m-%d %H:%M}"
        yield f"{at}  {move.partition}: {move.was} → {move.became} ({reasons}; rules {move.version})"


def _plan(plan: Plan, zone: tzinfo) -> Iterator[str]:
    yield f"  nurturing since {plan.since.astimezone(zone):%Y-%m-%d}, {plan.done} of {len(plan.steps)} steps came due"
    for number, (at, step) in enumerate(plan.steps):
        mark = "next" if number == plan.done else "done" if number < plan.done else "then"
        yield f"    {mark} {at.astimezone(zone):%Y-%m-%d} {step.kind} {step.about} {step.title}"


def _numbers(standing: Standing) -> str:
    shown = ((name, "never" if value is None else value) for name, value in standing.numbers.items())
    return ", ".join(f"{name} {value}" for name, value in shown if name != "spent")


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items(), key=lambda one: -one[1]))
