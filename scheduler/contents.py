"""Has WeChat hold what running campaigns will send: files are renewed before their three days end, articles published."""

import structlog

from bot import holding
from bot.rules.contents.media import REFRESHED
from bot.services import Services
from bot.store.campaigns import contents

_log = structlog.get_logger(__name__)


def prepare(services: Services) -> None:
    """Only approved contents; one that WeChat does not take is told in the log and the console, the others go on."""
    today = services.now().astimezone(services.config.push.zone).date()
    with services.database.reading() as session:
        wanted = contents.soon_needed(session, today)
    for content in wanted:
        try:
            holding.hold(services, content, mass=False, lasts=REFRESHED)
        except holding.NotHeld as refused:
            _log.info("not ready", content=content.id, reason=getattr(refused.outcome, "reason", ""))
