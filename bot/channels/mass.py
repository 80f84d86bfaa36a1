"""Mass sends: a list of openids for a service account, a tag for a subscription account. The key makes it repeatable."""

from collections.abc import Sequence
from datetime import datetime

from bot.rules.contents.rendering import Unsendable, reply_of
from bot.values.channels import MASS
from bot.values.outcome import Never, Outcome
from bot.values.push import MassSend
from bot.wechat.client import WeChatApi
from bot.wechat.errors import WeChatError, outcome_of

name = MASS
TAG = "微澜今日"  # who gets the day's send of a subscription account


def send(wechat: WeChatApi, mass: MassSend, now: datetime) -> Outcome:
    """Everybody gets the same words."""
    try:
        words = reply_of(mass.content, mass.held)
    except Unsendable as reason:
        return Never(f"unsendable:{reason}")
    if mass.target == "openids":
        return wechat.mass_to_openids(mass.openids, words, mass.client_msg_id, now)
    try:
        tag_id = _put_under_the_tag(wechat, mass.openids)
    except WeChatError as error:  # nothing was sent yet
        return outcome_of(error, now)
    return wechat.mass_to_tag(tag_id, words, mass.client_msg_id, now)


def _put_under_the_tag(wechat: WeChatApi, openids: Sequence[str]) -> int:
    """Only these are under it afterwards, whatever an earlier send, a crash or a person left there.

    WeChat is asked who is, since its answer is what the send goes by. Raises `WeChatError`.
    """
    tag_id = wechat.tags().get(TAG) or wechat.create_tag(TAG)
    there, wanted = set(wechat.tagged(tag_id)), set(openids)
    if gone := sorted(there - wanted):
        wechat.untag(gone, tag_id)
    if new := sorted(wanted - there):
        wechat.tag(new, tag_id)
    return tag_id
