"""What may stand in each field of a definition: a check a field, which says what was expected where it finds something else."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.rules.calendar import festivals
from bot.rules.contents import notices, parts, templates
from bot.rules.intake.cells import YEARS
from bot.rules.pushes import occasions, variants
from bot.rules.talk import offers
from bot.values import rule
from bot.values.channels import CHANNELS
from bot.values.knowledge import LONGEST_ASK, MOST_ASKS
from bot.values.notice import Notice, TemplateMessage

PURPOSES = ("marketing", "care", "service")
KINDS = parts.KINDS
STATUSES = ("draft", "running", "paused", "ended")
LARGEST_PRIORITY = 1_000_000
MOST_HELD_OUT = 50  # percent

Check = Callable[[Any], Any]
REQUIRED = object()


@dataclass(frozen=True, slots=True)
class Field:
    """How a value is read, and what it is when it is not given."""

    read: Check
    default: Any = REQUIRED


class _Wrong(ValueError):
    """Says what was expected; whoever knows the place adds it."""


def _id(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[\w.-]{1,64}", value):
        raise _Wrong(f"expected 1 to 64 letters, digits, - _ or ., found {value!r}")
    return value


def _words(most: int) -> Check:
    def read_words(value: Any) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > most or "\0" in value:
            raise _Wrong(f"expected 1 to {most} characters of text, found {value!r:.60}")
        return value.strip()

    return read_words


def _perhaps_words(most: int) -> Check:
    return lambda value: "" if value == "" else _words(most)(value)


def _text(value: Any) -> str:
    text = "" if value == "" else str(_words(parts.LONGEST_TEXT)(value))
    parts.check_length(text)
    return text


def _answer(value: Any) -> str:
    text = _text(value)
    templates.check(text)
    return text


def _keywords(value: Any) -> str:
    """A text, or a list of words."""
    words = value if isinstance(value, list) else [value]
    return " ".join(str(_perhaps_words(1000)(word)) for word in words)


def _asks(value: Any) -> tuple[str, ...]:
    found: tuple[str, ...] = _several(_words(LONGEST_ASK), least=0)(value)
    if len(found) > MOST_ASKS:
        raise _Wrong(f"expected at most {MOST_ASKS} questions, found {len(found)}")
    return found


def _one_of(choices: tuple[str, ...]) -> Check:
    def read_choice(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise _Wrong(f"expected one of {', '.join(choices)}; found {value!r}")
        return value

    return read_choice


def _several(read_one: Check, *, least: int) -> Check:
    def read_several(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) < least:
            raise _Wrong(f"expected a list{' of at least one' if least else ''}, found {value!r:.60}")
        found = tuple(read_one(one) for one in value)
        if len(set(found)) < len(found):
            raise _Wrong("expected each only once")
        return found

    return read_several


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST_PRIORITY:
        raise _Wrong(
            f"expected a whole number from -{LARGEST_PRIORITY} to {LARGEST_PRIORITY}, found {value!r:.60}"
        )
    return value


def _percent(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_HELD_OUT:
        raise _Wrong(f"expected a whole number from 0 to {MOST_HELD_OUT}, found {value!r:.60}")
    return value


def _as_it_is(value: Any) -> Any:
    """Checked with the part it belongs to."""
    return value


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(f"expected true or false, found {value!r:.60}")
    return value


def _day(value: Any) -> date:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        with suppress(ValueError):  # no such day in that month
            return date.fromisoformat(value)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _Wrong(f"expected a day as 2026-12-31, found {str(value)!r:.60}")
    return value


def _instant(value: Any) -> datetime:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if not isinstance(found, datetime) or found.tzinfo is None or found.year not in YEARS:
        raise _Wrong(
            f"expected a time with its offset as 2026-12-31T18:00:00+08:00, found {str(value)!r:.60}"
        )
    return found


def _notice(value: Any) -> Notice:
    found = Notice(**_filled_template(value, ("page",)))
    notices.check(found)
    return found


def _template(value: Any) -> TemplateMessage:
    found = TemplateMessage(**_filled_template(value, ("url", "app_id", "page")))
    notices.check_message(found)
    return found


def _filled_template(value: Any, perhaps: tuple[str, ...]) -> dict[str, Any]:
    """`template` and `data`, and the texts that may stand beside them."""
    if not isinstance(value, dict) or not isinstance(value.get("data"), dict):
        raise _Wrong(
            f'expected {{ template = "…", data = {{ thing1 = "…" }} }}, and perhaps {", ".join(perhaps)}'
        )
    for key in value:
        if key not in {"template", "data", *perhaps}:
            raise _Wrong(f"{key}: unknown key; expected template, {', '.join(perhaps)}, data")
    words, beside = value["data"], {name: value.get(name, "") for name in perhaps}
    if not all(isinstance(said, str) for said in (*words.values(), *beside.values())):
        raise _Wrong(f"expected texts in {', '.join(perhaps)} and data")
    return {"template": str(_words(64)(value.get("template"))), "data": words, **beside}


def _occasion(value: Any) -> dict[str, Any]:
    return occasions.written(occasions.read(value))


def _days_long(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= festivals.LONGEST:
        raise _Wrong(f"expected 1 to {festivals.LONGEST} days, found {value!r:.60}")
    return value


def _year(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value not in YEARS:
        raise _Wrong(f"expected a year, found {value!r:.60}")
    return value


def _rule(value: Any) -> dict[str, Any]:
    rule.parse(value)
    return dict(value)


SEGMENT = {"id": Field(_id), "name": Field(_words(100)), "rule": Field(_rule)}

CONTENT = {
    "id": Field(_id),
    "title": Field(_words(100)),
    "category": Field(_words(20)),
    "purpose": Field(_one_of(PURPOSES)),
    "kind": Field(_one_of(KINDS), "text"),
    "text": Field(_text, ""),
    "media_id": Field(_words(128), None),
    **{name: Field(_perhaps_words(20_000), "") for name in parts.EXTRA_FIELDS},
    "options": Field(_as_it_is, ()),
    "parts": Field(parts.read_several, ()),
    "useful_until": Field(_instant, None),
    "notice": Field(_notice, None),
    "template": Field(_template, None),
    "occasion_until": Field(_one_of(("", "eve", "day")), ""),
}

CAMPAIGN = {
    "id": Field(_id),
    "name": Field(_words(100)),
    "segment": Field(_id),
    "contents": Field(_several(_id, least=0), []),
    "variants": Field(variants.read, {}),
    "hold_out_percent": Field(_percent, 0),
    "in_order": Field(_yes_or_no, False),
    "priority": Field(_whole, 0),
    "starts": Field(_day),
    "ends": Field(_day),
    "status": Field(_one_of(STATUSES), "draft"),
    "regular": Field(_yes_or_no, None),
    "repeat": Field(_yes_or_no, False),
    "channels": Field(_several(_one_of(CHANNELS), least=0), []),
    "marketing_in_window": Field(_yes_or_no, False),
    "occasion": Field(_occasion, None),
}

FESTIVAL = {
    "id": Field(_id),
    "name": Field(_words(40)),
    "english": Field(_perhaps_words(60), ""),
    "kind": Field(_one_of(festivals.KINDS), "own"),
    **{way: Field(_as_it_is, None) for way in (*festivals.WAYS, "shift")},
    "lasts": Field(_days_long, 1),
    "since": Field(_year, None),
    "enabled": Field(_yes_or_no, True),
}

OFFER = {
    "id": Field(_id),
    "title": Field(_words(100)),
    "intro": Field(_text, ""),
    "segment": Field(_id, "everyone"),
    "starts": Field(_day),
    "ends": Field(_day),
    "status": Field(_one_of(STATUSES), "draft"),
    "option": Field(offers.options),
}

KNOWLEDGE = {
    "id": Field(_id),
    "question": Field(_words(500)),
    "keywords": Field(_keywords, ""),
    "answer": Field(_answer),
    "category": Field(_perhaps_words(20), ""),
    "enabled": Field(_yes_or_no, True),
    "asks": Field(_asks, None),
}
