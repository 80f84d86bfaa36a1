"""All that the nights work out, at once: a shop that was just opened shows its figures, segments and portrait from the first minute."""

from bot import recommending
from bot.services import Services
from scheduler import inference, membership, portrait, refresh, segments


def work_out(services: Services) -> None:
    refresh.refresh(services)
    inference.infer(services)
    recommending.refresh(services)
    membership.keep(services)
    portrait.refresh(services)
    segments.refresh_all(services)
