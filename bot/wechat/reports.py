"""What the platform reports of its own accord: notices, jobs that finished, the account's verification."""

from collections.abc import Callable

from bot.values.incoming import Incoming
from bot.values.reports import (
    MassFinished,
    NoticeChange,
    NoticeConsent,
    NoticePopup,
    NoticeResult,
    NoticeSent,
    PublishFinished,
    TemplateFinished,
    Verification,
)
from bot.wechat.bodies import Common, Fields


def _consents(fields: Fields) -> tuple[NoticeConsent, ...]:
    return tuple(
        NoticeConsent(
            template_id=item.text("TemplateId"),
            accepted=item.text("SubscribeStatusString").lower() == "accept",
            scene=item.text("PopupScene"),
        )
        for item in fields.every("List")
    )


def _notice_popup(fields: Fields, common: Common) -> Incoming:
    return NoticePopup(**common, consents=_consents(fields.inside("SubscribeMsgPopupEvent")))


def _notice_change(fields: Fields, common: Common) -> Incoming:
    return NoticeChange(**common, consents=_consents(fields.inside("SubscribeMsgChangeEvent")))


def _notice_sent(fields: Fields, common: Common) -> Incoming:
    results = tuple(
        NoticeResult(
            template_id=item.text("TemplateId"),
            msg_id=item.first("MsgID", "MsgId"),
            error_code=item.number("ErrorCode"),
            error_status=item.text("ErrorStatus"),
        )
        for item in fields.inside("SubscribeMsgSentEvent").every("List")
    )
    return NoticeSent(**common, results=results)


def _template_finished(fields: Fields, common: Common) -> Incoming:
    return TemplateFinished(
        **common, msg_id_of_job=fields.first("MsgID", "MsgId"), status=fields.text("Status")
    )


def _mass_finished(fields: Fields, common: Common) -> Incoming:
    articles = fields.inside("ArticleUrlResult").inside("ResultList")
    return MassFinished(
        **common,
        msg_id_of_job=fields.first("MsgID", "MsgId"),
        status=fields.text("Status"),
        total=fields.number("TotalCount"),
        filtered=fields.number("FilterCount"),
        sent=fields.number("SentCount"),
        errors=fields.number("ErrorCount"),
        article_urls=tuple(item.text("ArticleUrl") for item in articles.every("item")),
        reprint=fields.inside("CopyrightCheckResult").number("CheckState"),
    )


def _publish_finished(fields: Fields, common: Common) -> Incoming:
    info = fields.inside("PublishEventInfo")
    return PublishFinished(
        **common,
        publish_id=info.text("publish_id"),
        status=info.number("publish_status"),
        article_id=info.text("article_id"),
        article_urls=tuple(item.text("article_url") for item in info.inside("article_detail").every("item")),
        failed=tuple(int(index) for index in info.texts("fail_idx") if index.isascii() and index.isdigit()),
    )


def _verification(fields: Fields, common: Common) -> Incoming:
    return Verification(
        **common,
        event=fields.text("Event").lower(),
        expires_at=fields.instant("ExpiredTime"),
        failed_at=fields.instant("FailTime"),
        reason=fields.text("FailReason"),
    )


REPORTS: dict[str, Callable[[Fields, Common], Incoming]] = {
    "subscribe_msg_popup_event": _notice_popup,
    "subscribe_msg_change_event": _notice_change,
    "subscribe_msg_sent_event": _notice_sent,
    "templatesendjobfinish": _template_finished,
    "masssendjobfinish": _mass_finished,
    "publishjobfinish": _publish_finished,
    "freepublishjobfinish": _publish_finished,  # the name in an older page of the documentation
    "qualification_verify_success": _verification,
    "qualification_verify_fail": _verification,
    "naming_verify_success": _verification,
    "naming_verify_fail": _verification,
    "annual_renew": _verification,
    "verify_expired": _verification,
}
