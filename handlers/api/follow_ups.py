"""What customers' classes ask of a person: POST says of one, or of many, that somebody did it."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.rules.intake.cells import given
from bot.store.database import Session
from bot.store.operators import audit, staff
from bot.store.worth import asked_of_people
from bot.values.records import Fault
from handlers.api import bodies, guard
from handlers.api.queries import Name, Number
from handlers.api.results import Result, Work
from handlers.serving import services


class Done(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: Annotated[Number, Field(description="of one that waits")]
    staff: Annotated[Name, Field(description="who did it")]
    note: Annotated[
        str, Field(max_length=2_000, pattern=r"^[^\x00]*$", description="what came of it, for colleagues")
    ] = ""


SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": Done.model_json_schema()["properties"],
    "required": ["id", "staff"],
    "additionalProperties": False,
    "examples": [{"id": 12, "staff": "小林", "note": "下周再联系"}],
}


def done(body: bytes) -> Work:
    """Raises the problems of the body before a transaction is open."""
    wanted = [_read(index, item) for index, item in enumerate(bodies.items(body))]

    def close(session: Session) -> list[Result]:
        return [_close(session, *one, services().now()) for one in wanted]

    return close


def _read(index: int, item: dict[str, Any]) -> tuple[Result, Done | None]:
    result = Result(index, given(item.get("id")) or None)
    try:
        return result, Done.model_validate(item)
    except ValidationError as error:
        return result.rejected(
            Fault(".".join(map(str, one["loc"]))[:64], one["msg"], given(one["input"]))
            for one in error.errors(include_url=False)
        ), None


def _close(session: Session, result: Result, wanted: Done | None, now: datetime) -> Result:
    if wanted is None:
        return result
    person = staff.find_by_name(session, wanted.staff)
    if person is None or person.disabled_at is not None:
        return result.rejected([Fault("staff", "somebody on the staff", wanted.staff)])
    whose = asked_of_people.done(session, wanted.id, person.id, wanted.note.strip(), now)
    if whose is None:
        return result.rejected(
            [Fault("id", "one that waits; GET /api/v1/follow_ups lists them", str(wanted.id))]
        )
    detail = {"follow_up": wanted.id, "client": guard.client().name}
    audit.record(
        session, "customer.follow_up_done", "customer", whose, staff_id=person.id, now=now, detail=detail
    )
    return result.became("updated", ["closed_at", "staff", "note"])
