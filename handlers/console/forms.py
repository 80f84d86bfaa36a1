"""What the console's forms have in common: the token against forged ones, lists of errors, plain words."""

from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Regexp

NEVER = datetime.min.replace(tzinfo=UTC)
NAME_OF_A_THING = r"^[A-Za-z0-9][\w.-]*$"


class Form(FlaskForm):  # type: ignore[misc] # flask_wtf brings no types
    pass


class Seen(Form):
    """A button that does something to what was shown, as it was when it was shown."""

    seen = HiddenField()


def required() -> Any:
    return DataRequired(_l("请填写这一项"))


def given() -> Any:
    """Required, where nought is a value."""
    return InputRequired(_l("请填写这一项"))


def at_most(longest: int) -> Any:
    return Length(max=longest, message=_l("最多 %(max)d 个字"))


def between(least: int, most: int) -> Any:
    """Of a number; what is none is told as such, and not as too large, too."""
    in_range = NumberRange(least, most, _l("请填写 %(min)s 到 %(max)s 之间的数"))

    def check(form: Any, field: Any) -> None:
        if field.data is not None:
            in_range(form, field)

    return check


def an_id() -> Any:
    return Regexp(NAME_OF_A_THING, message=_l("只用字母、数字和 - _ .，例如 evening-tea"))


def stripped(text: str | None) -> str:
    return (text or "").strip().replace("\r\n", "\n").replace("\0", "")


def seen_at(form: Any) -> datetime:
    """When what the form shows was last changed; nobody's change is overwritten unseen."""
    try:
        found = datetime.fromisoformat(form.seen.data or "")
    except ValueError:
        return NEVER
    return found if found.tzinfo else NEVER
