"""What is wrong with this installation, and what to do about it."""

import typer

from bot import doctor as examination
from bot.rules.intake import reports
from handlers.command.common import AsJson, Fault, tell


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Check everything, and say what to do about each fault."""
    findings = list(examination.examine(context.obj.config))
    tell(findings, as_json, reports.of_findings(findings))
    if faults := sum(not finding.is_fine for finding in findings):
        raise Fault(f"{faults} of {len(findings)} checks found a fault")
