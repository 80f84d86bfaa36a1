"""After a crash, or an answer that never came: each claim is brought to an end that is true."""

import uuid
from datetime import timedelta

from bot.channels import mass
from bot.services import Services
from bot.store.planning import moments
from bot.store.sending import deliveries, halts, mass_reports, mass_sends, repeats, reported_endings
from bot.values.reports import MassFinished
from bot.wechat.errors import WeChatError
from scheduler.deliver import attempt_mass, repeat_templates

# WeChat reports the end of a mass send by itself; this is for the lost report
ASKED_AFTER = timedelta(minutes=30)
STATUS = {"SEND_SUCCESS": "send success", "SEND_FAIL": "send fail", "DELETE": "deleted"}


def recover(services: Services) -> None:
    """What never left is planned again; what left is unknown, or repeated with its key where there is one."""
    real = services.clock.real()
    with services.database.transaction() as session:
        moment = moments.claiming(session, services.now(), services.config)
        deliveries.recover(session, moment, real)
        reported_endings.settle_recovered(session, moment.now)
        mass_reports.settle_early(session, moment.now)
        waiting = mass_sends.unanswered(session, real)
        messages = repeats.unanswered(session, moment.now, real)
    if messages:
        repeat_templates(services, messages)
    for mass_id in waiting:
        _repeat(services, mass_id)


def ask_after_mass(services: Services) -> None:
    """Asks WeChat how mass sends ended whose report did not come."""
    now = services.now()
    with services.database.reading() as session:
        waiting = mass_reports.unreported(session, now - ASKED_AFTER)
    for wechat_id in waiting:
        try:
            state = services.wechat.mass_state(wechat_id)
        except WeChatError:
            continue  # asked again the next time
        if state in STATUS:
            report = MassFinished(
                account="", openid="", sent_at=now, once_key="", msg_id_of_job=wechat_id, status=STATUS[state]
            )
            with services.database.transaction() as session:
                mass_reports.finished(session, report, now)
    with services.database.transaction() as session:
        mass_reports.give_up_unreported(session, now)
        reported_endings.give_up_unreported(session, now)


def _repeat(services: Services, mass_id: int) -> None:
    token = uuid.uuid4().hex
    with services.database.transaction() as session:
        moment = moments.claiming(session, services.now(), services.config)
        if halts.stands_in_the_way(moment.halted, mass.name):
            return  # asked again once it may leave: its key settles what became of it
        again = mass_sends.take_again(session, mass_id, token, moment, real=services.clock.real())
    if again is not None:
        attempt_mass(services, again, repeated=True)
