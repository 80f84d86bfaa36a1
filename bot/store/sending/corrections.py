"""What a refusal teaches is written into the ledgers: windows, consents, who follows, what a channel refuses whom.

Only what was true when the delivery was claimed is corrected: a message, a follow or a yes that came since stands.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ScalarSelect, and_, or_, select, update

from bot.store.database import Session
from bot.store.planning.moments import Moment
from bot.store.programs import outbox
from bot.store.segments import segment_changes
from bot.store.sending import notice_consents, steering
from bot.store.sending.taking_back import release
from bot.store.tables import customers, deliveries
from bot.values.outcome import Lesson
from bot.values.push import Claimed

SHANGHAI = ZoneInfo("Asia/Shanghai")  # WeChat's days and months
ANOTHER_WAY = frozenset({"window_closed", "window_used_up", "no_consent", "refuses_channel"})


def learn(session: Session, delivery: Claimed, lesson: Lesson, reason: str, moment: Moment) -> None:
    """To be called after the claim was taken back, which gives to the ledgers what it had taken."""
    match lesson:
        case "window_closed" | "window_used_up":
            _no_window(session, delivery)
        case "no_consent":
            _no_consent(session, delivery, moment.now)
        case "not_following":
            steering.doubt(session, delivery.profile.id, moment.now)
        case "refuses_channel":
            steering.suppress(session, delivery.profile.id, delivery.channel, reason, moment.now)


def plan_anew(session: Session, delivery: Claimed, reason: str, moment: Moment) -> None:
    """A push this channel does not take: skipped, so that the next pass may choose another one for the same day."""
    release(session, [delivery.id], moment, reason, token=delivery.token)
    ends = (
        update(deliveries)
        .where(deliveries.c.id == delivery.id, deliveries.c.state == "planned")
        .values(state="skipped", reason=reason[:100], finished_at=moment.now)
    )
    if outbox.ending(session, ends, "skipped"):
        segment_changes.note(session, [delivery.profile.id])  # so that the next minute's pass looks at them


def quota_spent(session: Session, channel: str, reason: str, moment: Moment) -> None:
    """No more mass sends before the next day (subscription accounts) or the next month (service accounts)."""
    today = moment.now.astimezone(SHANGHAI).date()
    next_month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    day = today + timedelta(days=1) if moment.mass.target == "tag" else next_month
    steering.spend(session, channel, reason, datetime.combine(day, time(), SHANGHAI), moment.now)


def _no_window(session: Session, delivery: Claimed) -> None:
    """Of the window that paid; one that a newer message or scan has opened since is another."""
    claimed_at, took = _of(delivery, "claimed_at"), _of(delivery, "took")
    c = customers.c
    window = and_(took == "window", or_(c.spoke_at.is_(None), c.spoke_at <= claimed_at))
    session.execute(update(customers).where(c.id == delivery.profile.id, window).values(window_left=0))
    session.execute(
        update(customers).where(c.id == delivery.profile.id, took == "scene").values(scene_left=0)
    )


def _no_consent(session: Session, delivery: Claimed, now: datetime) -> None:
    template = session.execute(
        select(deliveries.c.notice_template).where(deliveries.c.id == delivery.id)
    ).scalar_one()
    if template:
        notice_consents.refuse(session, delivery.profile.id, template, now)


def _of(delivery: Claimed, column: str) -> ScalarSelect[object]:
    return select(deliveries.c[column]).where(deliveries.c.id == delivery.id).scalar_subquery()
