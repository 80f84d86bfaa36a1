"""What WeChat lets an account send to a customer, as conditions: open windows, consents, calls, mass sends left."""

from sqlalchemy import ColumnElement, and_, case, exists, not_, or_, true

from bot.rules.pushes.entitlements import TAKEN_BY
from bot.store.planning.moments import Moment
from bot.store.planning.operands import (
    ONE,
    Candidate,
    Condition,
    Text,
    either,
    is_given,
    is_one_of,
    known,
    truly,
)
from bot.store.tables import channel_suppressions, customers, notice_consents
from bot.values.channels import NOTICE, TEMPLATE

_consent = notice_consents.alias("consent")
_refused = channel_suppressions.alias("refused")


def in_open_window(moment: Moment, messages: Text = ONE) -> Condition:
    """So many messages are left in the 48 hours after they wrote."""
    is_open = truly(customers.c.window_until > moment.window_lasts_until)
    return and_(customers.c.window_left >= messages, is_open)


def in_open_scene(moment: Moment, messages: Text = ONE) -> Condition:
    """So many are left in the minute after a follow, a scan or a menu tap."""
    is_open = truly(customers.c.scene_until > moment.window_lasts_until)
    return and_(customers.c.scene_left >= messages, is_open)


def has_too_few_left(candidate: Candidate, moment: Moment, messages: Text) -> Condition:
    """The window is open and may be used; what is to be sent has more parts than it takes."""
    return and_(
        may_use_window(candidate),
        or_(in_open_window(moment), in_open_scene(moment)),
        not_(truly(or_(in_open_window(moment, messages), in_open_scene(moment, messages)))),
    )


def may_use_window(candidate: Candidate) -> Condition:
    """WeChat punishes marketing that nobody asked for in the reply window (T9)."""
    return or_(
        not_(is_one_of(candidate.purpose, "marketing")),
        customers.c.asked_for_pushes_at.is_not(None),
        candidate.marketing_in_window,
    )


def may_be_notice(candidate: Candidate, moment: Moment) -> Condition:
    """The content says how it fills a template, and they consented to one more; promotion never goes this way."""
    is_left = (
        exists()
        .where(_consent.c.customer_id == customers.c.id, _consent.c.remaining > 0)
        .where(_consent.c.template_id == candidate.notice_template)
        .correlate_except(_consent)
    )
    suits = and_(is_one_of(candidate.purpose, *TAKEN_BY[NOTICE]), is_given(candidate.notice_template))
    return and_(suits, is_left, takes(NOTICE, moment))


def may_be_template(candidate: Candidate, moment: Moment) -> Condition:
    """The content fills a template, is a notice they wait for, and the account has a call left today."""
    return and_(suits_template(candidate), known(moment.has_template_calls), takes(TEMPLATE, moment))


def template_calls_are_spent(candidate: Candidate, moment: Moment) -> Condition:
    """It would go as a template message, were there a call left today."""
    is_spent = known(not moment.has_template_calls)
    return and_(suits_template(candidate), is_spent, takes(TEMPLATE, moment))


def suits_template(candidate: Candidate) -> Condition:
    """WeChat takes service notices only, and punishes promotion."""
    return and_(is_one_of(candidate.purpose, *TAKEN_BY[TEMPLATE]), is_given(candidate.template_id))


def takes(channel: str, moment: Moment) -> Condition:
    """WeChat has not refused the channel for this very customer since they last spoke."""
    if channel not in moment.suppressed:
        return true()
    return not_(
        exists()
        .where(_refused.c.customer_id == customers.c.id, _refused.c.channel == channel)
        .where(or_(customers.c.spoke_at.is_(None), customers.c.spoke_at <= _refused.c.since))
        .correlate_except(_refused)
    )


def mass_used(moment: Moment) -> ColumnElement[int]:
    return case((truly(customers.c.mass_month == moment.month), customers.c.mass_used), else_=0)


def mass_is_left(candidate: Candidate, moment: Moment) -> Condition:
    """Of the month's sends, less the reserve for those who are not bound to a day."""
    most = moment.mass.most
    return mass_used(moment) < either(candidate.regular, most - moment.mass.reserve, most)


def only_reserve_is_left(candidate: Candidate, moment: Moment) -> Condition:
    return and_(mass_used(moment) < moment.mass.most, not_(mass_is_left(candidate, moment)))
