"""Each type of message and event as the platform sends it; field lists from its documentation, values our own."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.rules.talk.contacts import introduces
from bot.values import incoming, reports
from bot.values.incoming import Incoming, Text, Unknown
from bot.values.reports import MassFinished, NoticeConsent, NoticeResult
from bot.wechat.bodies import Unreadable
from bot.wechat.messages import read

ENVELOPE = "<ToUserName><![CDATA[gh_shop]]></ToUserName><FromUserName><![CDATA[o-li]]></FromUserName><CreateTime>1764000000</CreateTime>"


def body(msg_type: str, fields: str = "", envelope: str = ENVELOPE) -> bytes:
    return f"<xml>{envelope}<MsgType><![CDATA[{msg_type}]]></MsgType>{fields}</xml>".encode()


def event(name: str, fields: str = "", envelope: str = ENVELOPE) -> bytes:
    return body("event", f"<Event><![CDATA[{name}]]></Event>{fields}", envelope)


def notices(name: str, *items: str) -> str:
    return f"<{name}>{''.join(f'<List>{item}</List>' for item in items)}</{name}>"


def one(template: str, status: str, scene: str = "") -> str:
    return (
        f"<TemplateId>{template}</TemplateId><SubscribeStatusString>{status}</SubscribeStatusString>{scene}"
    )


MASS = """<MsgID>1000001625</MsgID><Status><![CDATA[err(30003)]]></Status><TotalCount>100</TotalCount>
<FilterCount>80</FilterCount><SentCount>75</SentCount><ErrorCount>5</ErrorCount>
<CopyrightCheckResult><Count>1</Count><ResultList><item><ArticleIdx>1</ArticleIdx></item></ResultList>
<CheckState>3</CheckState></CopyrightCheckResult>
<ArticleUrlResult><Count>2</Count><ResultList><item><ArticleIdx>1</ArticleIdx><ArticleUrl>u1</ArticleUrl></item>
<item><ArticleIdx>2</ArticleIdx><ArticleUrl>u2</ArticleUrl></item></ResultList></ArticleUrlResult>"""
PUBLISHED = """<PublishEventInfo><publish_id>2247503051</publish_id><publish_status>0</publish_status>
<article_id>a1</article_id><article_detail><count>1</count><item><idx>1</idx><article_url>u1</article_url></item>
</article_detail><fail_idx>1</fail_idx><fail_idx>3</fail_idx><fail_idx>x</fail_idx></PublishEventInfo>"""
PLACE = "<Location_X>23.5</Location_X><Location_Y>113.25</Location_Y><Scale>20</Scale><Label>店里</Label>"
PERSON = "<OpenID>o-wang</OpenID><UnionID>u-1</UnionID><AppID>wx1</AppID>"

KINDS: list[Any] = [
    pytest.param(body("text", "<Content>您好</Content><MsgId>7</MsgId><bizmsgmenuid>101</bizmsgmenuid>"), "text", {"content": "您好", "menu_id": "101"}, id="text"),
    pytest.param(body("image", "<PicUrl>http://p</PicUrl><MediaId>m</MediaId>"), "image", {"pic_url": "http://p", "media_id": "m"}, id="image"),
    pytest.param(
        body("voice", "<MediaId>m</MediaId><Format>amr</Format><MediaId16K>k</MediaId16K><Recognition>喂</Recognition>"),
        "voice", {"media_id": "m", "format": "amr", "media_id_16k": "k", "text": "喂"}, id="voice",
    ),
    pytest.param(body("video", "<MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId>"), "video", {"media_id": "m", "thumb_media_id": "t"}, id="video"),
    pytest.param(body("shortvideo", "<MediaId>m</MediaId>"), "shortvideo", {"media_id": "m"}, id="short video"),
    pytest.param(body("location", PLACE), "location", {"latitude": 23.5, "longitude": 113.25, "scale": 20, "label": "店里"}, id="location"),
    pytest.param(
        body("link", "<Title>T</Title><Description>D</Description><Url>http://u</Url>"), "link", {"title": "T", "description": "D", "url": "http://u"}, id="link"
    ),
    pytest.param(body("miniprogrampage", "<AppId>wx1</AppId><Title>T</Title><PagePath>p</PagePath>"), "miniprogrampage", {"app_id": "wx1", "page_path": "p"}, id="mini program"),
    pytest.param(event("subscribe"), "event:follow", {"scene": "", "ticket": ""}, id="follow"),
    pytest.param(event("subscribe", "<EventKey></EventKey>"), "event:follow", {"scene": ""}, id="follow, empty key"),
    pytest.param(event("subscribe", "<EventKey>qrscene_door</EventKey><Ticket>t</Ticket>"), "event:follow", {"scene": "door", "ticket": "t"}, id="follow by QR code"),
    pytest.param(event("subscribe", "<EventKey>last_trade_no_4001</EventKey>"), "event:follow", {"scene": ""}, id="follow after paying"),
    pytest.param(event("unsubscribe"), "event:unfollow", {}, id="unfollow"),
    pytest.param(event("SCAN", "<EventKey>door</EventKey><Ticket>t</Ticket>"), "event:scan", {"scene": "door", "ticket": "t"}, id="scan"),
    pytest.param(
        event("LOCATION", "<Latitude>23.5</Latitude><Longitude>113.25</Longitude><Precision>119.5</Precision>"),
        "event:location_report", {"latitude": 23.5, "longitude": 113.25, "precision": 119.5}, id="location report",
    ),
    pytest.param(event("CLICK", "<EventKey>ORDERS</EventKey>"), "event:menu_click", {"key": "ORDERS", "text": "ORDERS"}, id="click"),
    pytest.param(event("VIEW", "<EventKey>http://u</EventKey><MenuId>9</MenuId>"), "event:menu_view", {"url": "http://u", "menu_id": "9"}, id="view"),
    pytest.param(event("view_miniprogram", "<EventKey>p/i</EventKey><MenuId>9</MenuId>"), "event:menu_mini_program", {"page_path": "p/i"}, id="mini program of the menu"),
    pytest.param(
        event("scancode_push", "<EventKey>k</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult>1</ScanResult></ScanCodeInfo>"),
        "event:menu_scan", {"key": "k", "scan_type": "qrcode", "result": "1", "waits": False}, id="scan of the menu",
    ),
    pytest.param(event("scancode_waitmsg", "<ScanCodeInfo><ScanResult>2</ScanResult></ScanCodeInfo>"), "event:menu_scan", {"result": "2", "waits": True}, id="scan that waits"),
    pytest.param(
        event("pic_weixin", "<EventKey>k</EventKey><SendPicsInfo><Count>2</Count><PicList><item><PicMd5Sum>a</PicMd5Sum></item><item><PicMd5Sum>b</PicMd5Sum></item></PicList></SendPicsInfo>"),
        "event:menu_pictures", {"taken_by": "pic_weixin", "md5s": ("a", "b")}, id="pictures",
    ),
    pytest.param(
        event("location_select", f"<EventKey>k</EventKey><SendLocationInfo>{PLACE}<Poiname>茶馆</Poiname></SendLocationInfo>"),
        "event:menu_location", {"latitude": 23.5, "label": "店里", "poi_name": "茶馆"}, id="place of the menu",
    ),
    pytest.param(
        event("subscribe_msg_popup_event", notices("SubscribeMsgPopupEvent", one("t1", "accept", "<PopupScene>2</PopupScene>"))),
        "event:notice_popup", {"consents": (NoticeConsent(template_id="t1", accepted=True, scene="2"),)}, id="one consent",
    ),
    pytest.param(
        event("subscribe_msg_popup_event", notices("SubscribeMsgPopupEvent", one("t1", "accept"), one("t2", "reject"))),
        "event:notice_popup", {"consents": (NoticeConsent(template_id="t1", accepted=True), NoticeConsent(template_id="t2", accepted=False))}, id="two consents",
    ),
    pytest.param(
        event("subscribe_msg_change_event", notices("SubscribeMsgChangeEvent", one("t1", "reject"))),
        "event:notice_change", {"consents": (NoticeConsent(template_id="t1", accepted=False),)}, id="a consent taken back",
    ),
    pytest.param(
        event("subscribe_msg_sent_event", notices("SubscribeMsgSentEvent", "<TemplateId>t1</TemplateId><MsgID>1700827132819554304</MsgID><ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus>")),
        "event:notice_sent", {"results": (NoticeResult(template_id="t1", msg_id="1700827132819554304", error_code=0, error_status="success"),)}, id="a notice sent",
    ),
    pytest.param(event("kf_create_session", "<KfAccount>a@s</KfAccount>"), "event:person_session", {"change": "create", "account_of_person": "a@s"}, id="a person takes over"),
    pytest.param(
        event("kf_switch_session", "<FromKfAccount>a@s</FromKfAccount><ToKfAccount>b@s</ToKfAccount>"),
        "event:person_session", {"change": "switch", "from_account": "a@s", "account_of_person": "b@s"}, id="another person",
    ),
    pytest.param(event("user_info_modified", PERSON), "event:user_info_modified", {"openid": "o-wang", "union_id": "u-1"}, id="changed"),
    pytest.param(event("user_authorization_revoke", PERSON + "<RevokeInfo>206</RevokeInfo>"), "event:authorization_revoked", {"openid": "o-wang", "revoked": "206"}, id="revoked"),
    pytest.param(event("user_authorization_cancellation", PERSON), "event:authorization_cancelled", {"openid": "o-wang"}, id="closed"),
    pytest.param(event("TEMPLATESENDJOBFINISH", "<MsgID>20</MsgID><Status>failed:user block</Status>"), "event:template_finished", {"msg_id_of_job": "20", "status": "failed:user block"}, id="template"),
    pytest.param(
        event("MASSSENDJOBFINISH", MASS), "event:mass_finished",
        {"msg_id_of_job": "1000001625", "status": "err(30003)", "total": 100, "filtered": 80, "sent": 75, "errors": 5, "article_urls": ("u1", "u2"), "reprint": 3}, id="mass",
    ),
    pytest.param(
        event("MASSSENDJOBFINISH", "<MsgID>1</MsgID><TotalCount>x</TotalCount><CopyrightCheckResult> \n</CopyrightCheckResult><ArticleUrlResult> </ArticleUrlResult>"),
        "event:mass_finished", {"msg_id_of_job": "1", "total": 0, "article_urls": ()}, id="mass, empty nodes",
    ),
    *[
        pytest.param(
            event(name, PUBLISHED), "event:publish_finished",
            {"publish_id": "2247503051", "status": 0, "article_id": "a1", "article_urls": ("u1",), "failed": (1, 3)}, id=name,
        )
        for name in ("PUBLISHJOBFINISH", "FREEPUBLISHJOBFINISH")
    ],
    pytest.param(
        event("verify_expired", "<ExpiredTime>1442401156</ExpiredTime>"), "event:verification",
        {"event": "verify_expired", "expires_at": datetime(2015, 9, 16, 10, 59, 16, tzinfo=UTC), "failed_at": None}, id="verification ends",
    ),
    pytest.param(event("naming_verify_fail", "<FailTime>1442401156</FailTime><FailReason>by time</FailReason>"), "event:verification", {"reason": "by time", "expires_at": None}, id="naming refused"),
    pytest.param(event("card_pass_check"), "unknown", {"name": "card_pass_check"}, id="an event out of scope"),
    pytest.param(event(""), "unknown", {"name": "event"}, id="an event without a name"),
    pytest.param(body("hologram"), "unknown", {"name": "hologram"}, id="a type to come"),
]  # fmt: skip


@pytest.mark.parametrize(("xml", "kind", "fields"), KINDS)
def test_it_is_read_as_what_it_is(xml: bytes, kind: str, fields: dict[str, object]) -> None:
    message = read(xml)
    assert message.kind == kind
    assert {name: getattr(message, name) for name in fields} == fields
    assert (message.account, message.sent_at) == ("gh_shop", datetime.fromtimestamp(1764000000, UTC))


def test_every_type_of_ours_is_sent_by_something() -> None:
    abstract = {incoming.Incoming, reports.Report}
    types = {
        type_
        for type_ in (*vars(incoming).values(), *vars(reports).values())
        if isinstance(type_, type) and issubclass(type_, Incoming)
    }
    assert {type(read(case.values[0])) for case in KINDS} == types - abstract


def test_events_are_told_without_regard_to_case() -> None:
    assert {read(event(name)).kind for name in ("Subscribe", "SUBSCRIBE", "subscribe")} == {"event:follow"}


def test_the_reports_of_the_platform_make_no_customer() -> None:
    finished = read(event("masssendjobfinish", "<MsgID>1</MsgID>"))
    assert isinstance(finished, MassFinished)
    assert not introduces(finished)
    assert not finished.can_be_answered


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        pytest.param(b"<xml/>", "no_msg_type", id="nothing"),
        pytest.param(body(" "), "no_msg_type", id="a blank type"),
        pytest.param(body("text", envelope=""), "no_sender", id="nobody"),
        pytest.param(
            body("text", envelope=f"<FromUserName>{'o' * 65}</FromUserName>"),
            "sender_too_long",
            id="a long name",
        ),
        pytest.param(b'{"MsgType": "text"}', "not_xml", id="JSON"),
    ],
)
def test_without_the_essentials_it_is_unreadable(xml: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        read(xml)
    assert unreadable.value.reason == reason


def test_a_message_is_known_by_its_id() -> None:
    message = read(body("text", "<MsgId>18446744073709551615</MsgId>"))
    assert (message.once_key, message.msg_id) == ("m:18446744073709551615", "18446744073709551615")


@pytest.mark.parametrize("msg_id", ["", "0", "{0}", "9" * 21, "-5", "٣"])
def test_without_an_id_it_is_known_by_its_body(msg_id: str) -> None:
    first, repeat = (read(body("text", f"<MsgId>{msg_id}</MsgId><Content>a</Content>")) for _ in range(2))
    another = read(body("text", f"<MsgId>{msg_id}</MsgId><Content>b</Content>"))
    assert first.msg_id is None
    assert first.once_key == repeat.once_key != another.once_key


def test_an_event_is_known_by_sender_time_name_and_what_it_is_about() -> None:
    click = read(event("CLICK", "<EventKey>ORDERS</EventKey>"))
    assert click.once_key == read(event("click", "<EventKey>ORDERS</EventKey>")).once_key
    assert "o-li" not in click.once_key  # it outlives the customer's name
    same_second = [
        read(event("CLICK", "<EventKey>POINTS</EventKey>")),
        read(event("VIEW", "<EventKey>ORDERS</EventKey>")),
        read(event("CLICK", "<EventKey>ORDERS</EventKey>", ENVELOPE.replace("o-li", "o-wang"))),
        read(event("CLICK", "<EventKey>ORDERS</EventKey>", ENVELOPE.replace("1764000000", "1764000001"))),
        read(event("MASSSENDJOBFINISH", "<MsgID>1</MsgID>")),
        read(event("MASSSENDJOBFINISH", "<MsgID>2</MsgID>")),
        read(event("PUBLISHJOBFINISH", "<PublishEventInfo><publish_id>1</publish_id></PublishEventInfo>")),
        read(event("PUBLISHJOBFINISH", "<PublishEventInfo><publish_id>2</publish_id></PublishEventInfo>")),
        read(event("subscribe_msg_popup_event", notices("SubscribeMsgPopupEvent", one("t1", "accept")))),
        read(event("subscribe_msg_popup_event", notices("SubscribeMsgPopupEvent", one("t2", "accept")))),
    ]
    assert len({message.once_key for message in [click, *same_second]}) == 11


def test_two_events_without_a_time_are_not_taken_for_one() -> None:
    nobody_knows_when = "<FromUserName>o-li</FromUserName><CreateTime>{time}</CreateTime>"
    keys = {
        read(event("subscribe", fields, nobody_knows_when)).once_key for fields in ("", "<Ticket>t</Ticket>")
    }
    assert len(keys) == 2


@given(
    some.fixed_dictionaries(
        {},
        optional={
            name: some.text(alphabet=some.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=300)
            for name in (
                "CreateTime",
                "Event",
                "EventKey",
                "MsgId",
                "Scale",
                "Location_X",
                "Content",
                "ToUserName",
            )
        },
    ),
    some.sampled_from(["text", "event", "location", "voice", "x" * 300]),
)
def test_whatever_stands_in_the_fields_it_is_read_and_fits_the_log(
    fields: dict[str, str], msg_type: str
) -> None:
    inside = "".join(
        f"<{name}><![CDATA[{value.replace(']]>', '')}]]></{name}>" for name, value in fields.items()
    )
    message = read(body(msg_type, f"<FromUserName>o-li</FromUserName>{inside}", envelope=""))
    assert 0 < len(message.once_key) <= 100
    assert len(message.kind) <= 40
    assert len(message.account) <= 64
    assert len(message.msg_id or "") <= 32
    if isinstance(message, Text):
        assert message.content == fields.get("Content", "").replace("]]>", "").strip()
    if isinstance(message, Unknown):
        assert len(message.name) <= 64


@given(some.binary(max_size=300))
def test_no_bytes_raise_anything_but_unreadable(xml: bytes) -> None:
    with pytest.raises(Unreadable):
        read(xml)
