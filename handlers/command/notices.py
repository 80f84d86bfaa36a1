"""Notices by template: the account's templates of subscription notices and template messages, and what customers allow."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from bot.config import Config, ConfigError
from bot.opening import opened
from bot.rules.pushes.entitlements import channels_of
from bot.store.people import naming
from bot.store.sending import notice_consents, notice_templates
from bot.values.channels import NOTICE, TEMPLATE
from bot.values.notice import TemplateLine
from handlers.command.common import AsJson, Fault, tell

app = typer.Typer(
    no_args_is_help=True, help="Subscription notices and template messages: their templates, and consents."
)


@app.command()
def sync(context: typer.Context, as_json: AsJson = False) -> None:
    """Ask WeChat for the account's templates of both channels; one it does not list any more is shown as gone."""
    config = _with_notices(context.obj.for_wechat)
    with opened(config) as services:
        asked = {NOTICE: services.wechat.notice_templates(), TEMPLATE: services.wechat.message_templates()}
        with services.database.transaction() as session:
            for channel, found in asked.items():
                notice_templates.keep(session, channel, found, services.now())
            lines = notice_templates.every(session)
    tell(lines, as_json, _listed(lines))


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """The templates as they were listed last, their fields, and how many notices customers still allow."""
    with opened(context.obj.config) as services, services.database.reading() as session:
        lines = notice_templates.every(session)
    tell(lines, as_json, _listed(lines))


@app.command()
def consents(
    context: typer.Context,
    customer: Annotated[
        str, typer.Argument(metavar="CUSTOMER", help="An openid, external_id or phone, or id:NUMBER.")
    ],
    as_json: AsJson = False,
) -> None:
    """How many notices of each template one customer still allows."""
    with opened(context.obj.config) as services, services.database.reading() as session:
        found = naming.meant_by(session, customer)
        if len(found) != 1:
            raise Fault(f"{customer} is {'nobody' if not found else 'more than one customer'}")
        left = notice_consents.left_of(session, found[0])
        titles = {line.template.id: line.template.title for line in notice_templates.every(session)}
    told = (f"{number:>4}  {template}  {titles.get(template, '')}" for template, number in left.items())
    tell(left, as_json, told if left else ["nothing was ever allowed or refused"])


def _with_notices(config: Config) -> Config:
    if "subscription_notice" not in channels_of(config.wechat):
        raise ConfigError("wechat: only a verified service account has notices by template")
    return config


def _listed(lines: Sequence[TemplateLine]) -> Iterator[str]:
    for line in lines:
        gone = "  GONE: WeChat does not list it any more" if line.gone_at else ""
        yield f"{line.template.id}  {line.template.title}{gone}"
        fields = ", ".join(f"{name} ({label})" for name, label in line.template.fields.items())
        yield f"    fields: {fields}"
        if line.channel == NOTICE:
            yield f"    subscription notice: {line.consents} allowed by {line.customers} customers"
        else:
            yield "    template message: for service notices to whoever follows"
    if not lines:
        yield "no templates; choose some on the platform, then `weilan notice sync`"
