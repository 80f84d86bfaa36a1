"""A customer as rules and chat see them: the row of the moment, never written back as a whole.

A tuple, because each message makes one: with so many fields a frozen dataclass takes ten times as long.
"""

from datetime import date, datetime
from typing import NamedTuple


class Profile(NamedTuple):
    id: int
    openid: str
    name: str = ""
    source: str = ""
    source_scene: str = ""
    followed_at: datetime | None = None
    wants_pushes: bool = True
    asked_for_pushes_at: datetime | None = None
    spoke_at: datetime | None = None
    with_person_until: datetime | None = None
    complaint_open: bool = False
    engagement: str = "ordinary"
    province: str = ""
    city: str = ""
    level: str = ""
    points: int = 0
    window_until: datetime | None = None
    window_left: int = 0
    scene_until: datetime | None = None
    scene_left: int = 0
    last_push_at: datetime | None = None
    last_push_day: date | None = None
    has_kept: bool = False
    forgotten_at: datetime | None = None
    question_until: datetime | None = None
    ask_after: datetime | None = None
    form_until: datetime | None = None

    def is_with_a_person(self, now: datetime) -> bool:
        return self.with_person_until is not None and now < self.with_person_until
