"""One customer, by their openid: why they get what, where they stand, and that they are forgotten."""

from dataclasses import asdict
from typing import Annotated

import typer

from bot.opening import opened
from bot.rules.pushes import telling
from bot.rules.talk import tones
from bot.rules.worth import partitions, value_reports
from bot.store.operators import audit
from bot.store.people import customers, forgetting, listeners, naming
from bot.store.planning import explanations
from bot.store.worth import standing
from handlers.command.common import AsJson, At, Fault, InLanguage, Language, instant, tell


def explain(
    context: typer.Context,
    openid: str,
    campaign: Annotated[str, typer.Option(metavar="ID")] = "",
    at: At = "",
    language: InLanguage = Language.zh,
    as_json: AsJson = False,
) -> None:
    """Why this customer will or won't get what."""
    with opened(context.obj.config) as services, services.database.reading() as session:
        found = explanations.explain(
            session, openid, campaign or None, instant(at, services), services.config
        )
        if found is None:
            raise Fault(f"nobody has the openid {openid}")
        if campaign and not found.campaigns:
            raise Fault(f"there is no campaign {campaign}")
        tell(found, as_json, telling.told(found, services.config.push.zone, language.value))


def value(context: typer.Context, openid: str, as_json: AsJson = False) -> None:
    """Where this customer stands, by which numbers, and what would move them a step."""
    with opened(context.obj.config) as services, services.database.reading() as session:
        rules = partitions.load(services.config.value.partitions)
        found = standing.of(session, openid, rules, services.now())
        if found is None:
            raise Fault(
                f"nobody has the openid or external_id {openid}; or nothing is known of them before `weilan refresh`"
            )
        known = customers.profile_of(session, openid)
        ids = [known.id] if known else naming.meant_by(session, openid)
        listener = listeners.of(session, ids[0] if ids else 0)
        tone = tones.tone_of(listener, tones.load(services.config.facts.tones))
        told = [*value_reports.of_standing(found, services.config.push.zone), *tones.reported(tone, listener)]
        tell(asdict(found) | {"tone": asdict(tone)}, as_json, told)


def erase(context: typer.Context, openid: str, as_json: AsJson = False) -> None:
    """Forget one person; prints the receipt."""
    with opened(context.obj.config) as services, services.database.transaction() as session:
        known, now = customers.profile_of(session, openid), services.now()
        if known is None:
            raise Fault(f"nobody has the openid {openid}")
        receipt = forgetting.forget(
            session, known.id, services.config.server.secret_key.get_secret_value(), now
        )
        audit.record(
            session,
            "customer.forgotten",
            "customer",
            known.id,
            staff_id=None,
            now=now,
            detail=asdict(receipt),
        )
    tell(receipt, as_json, (f"{name.replace('_', ' ')}: {value}" for name, value in asdict(receipt).items()))
