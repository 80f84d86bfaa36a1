"""Infers, nightly, what decides customers' purchases and how strict they are; brings age bands up to date.

A stretch of customers at a time: read and weighed first, then written in one short transaction. Killed in the middle it is simply run again: what is right already stays.
"""

import hashlib

from bot.rules.people import facts as fact_rules
from bot.services import Services
from bot.store.people import facts_imported, facts_inferred, facts_signals
from bot.store.people.facts_inferred import Written
from bot.store.worth import statistics

FORMULAS = 1  # count up when what is counted, or how it is weighed, changes
AT_ONCE = 5_000  # customers a transaction: messages wait while it writes


def infer(services: Services, *, everybody: bool = False) -> Written:
    """Of who did something since the last time, or of everybody; of everybody, too, when the rules are others."""
    rules = fact_rules.load(services.config.facts.rules).inference
    now, database = services.now(), services.database
    today = now.astimezone(services.config.push.zone).date()
    fingerprint = hashlib.sha256(f"{FORMULAS} {rules!r}".encode()).hexdigest()
    with database.reading() as session:
        since = None if everybody else facts_inferred.last(session, fingerprint)
        stretches = statistics.stretches(session, AT_ONCE)
    if since is None:
        with database.transaction() as session:
            facts_signals.forget_firsts(session)
    for first, last in stretches:
        with database.transaction() as session:
            facts_signals.note_firsts(session, facts_signals.changed(first, last, since))
    total = Written()
    for first, last in stretches:
        who = facts_signals.changed(first, last, since)
        with database.reading() as session:
            weighed = facts_inferred.weigh(session, who, rules, now)
        with database.transaction() as session:
            facts_imported.adopt(session, now, first, last)
            total.add(facts_inferred.write(session, weighed, now))
            facts_inferred.follow_birthdays(session, first, last, now, today)
    with database.transaction() as session:
        facts_inferred.finished(session, now, fingerprint)
    return total
