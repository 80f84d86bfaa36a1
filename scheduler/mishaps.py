"""What the log says when something that runs by itself breaks off: it is tried again, so nobody has to be called."""

from typing import Any

from structlog.typing import FilteringBoundLogger

from bot.store import failures


def tell(log: FilteringBoundLogger, event: str, error: Exception, **where: Any) -> None:
    """One line where the database takes nothing now; where the fault is ours, how it came about, too."""
    if failures.is_not_ours(error):
        log.warning(event, why=failures.words_of(error), **where)
    else:
        log.error(event, exc_info=error, **where)
