"""How much waits to be done, for the page of metrics: asked of indexes that hold only what waits."""

from sqlalchemy import func, literal_column, select, text

from bot.store.database import Session
from bot.store.delivery_states import IS_CLAIMED, IS_PLANNED
from bot.store.tables import deliveries, messages

_WAITING = {
    "planned": select(func.count()).select_from(deliveries).where(IS_PLANNED),
    "claimed": select(func.count()).select_from(deliveries).where(IS_CLAIMED),
}
_UNANSWERED = (
    select(func.count(literal_column("1"))).select_from(messages).where(text("messages.state = 'pending'"))
)


def depths(session: Session) -> dict[str, int]:
    """Deliveries by state that still have to end, and `unanswered` messages."""
    found = {state: session.execute(question).scalar_one() for state, question in _WAITING.items()}
    return found | {"unanswered": session.execute(_UNANSWERED).scalar_one()}
