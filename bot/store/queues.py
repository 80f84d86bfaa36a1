"""How much waits to be done, for the page of metrics: asked of indexes that hold only what waits."""

from sqlalchemy import func, literal_column, select, text

from bot.store.database import Session
from bot.store.tables import deliveries, messages

# literals, not parameters: only so do both databases see that a partial index fits
_WAITING = {
    "planned": select(func.count()).select_from(deliveries).where(text("deliveries.state = 'planned'")),
    "claimed": select(func.count()).select_from(deliveries).where(text("deliveries.state = 'claimed'")),
}
_UNANSWERED = (
    select(func.count(literal_column("1"))).select_from(messages).where(text("messages.state = 'pending'"))
)


def depths(session: Session) -> dict[str, int]:
    """Deliveries by state that still have to end, and `unanswered` messages."""
    found = {state: session.execute(question).scalar_one() for state, question in _WAITING.items()}
    return found | {"unanswered": session.execute(_UNANSWERED).scalar_one()}
