from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.wechat.bodies import Unreadable, fields_of

BOMB = (
    '<!DOCTYPE xml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><xml><Content>&c;</Content></xml>'
)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(BOMB.encode(), id="an entity bomb"),
        pytest.param(b'<!DOCTYPE xml SYSTEM "http://127.0.0.1:1/x"><xml/>', id="a document type elsewhere"),
        pytest.param(
            b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><C>&f;</C></xml>', id="a file"
        ),
        pytest.param(b'<?xml version="1.0"?>\n<!-- x --><!DOCTYPE xml><xml/>', id="an empty document type"),
        pytest.param(b"\x00" + BOMB.encode(), id="behind a forbidden byte"),
    ],
)
def test_a_document_type_is_refused_unread(body: bytes) -> None:
    with pytest.raises(Unreadable) as unreadable:
        fields_of(body)
    assert unreadable.value.reason == "doctype"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(BOMB.encode("utf-16"), id="UTF-16 with a mark"),
        pytest.param(
            f'<?xml version="1.0" encoding="UTF-16"?>{BOMB}'.encode("utf-16-be"), id="UTF-16 without"
        ),
        pytest.param(b'<?xml version="1.0" encoding="cp037"?>' + BOMB.encode("cp037"), id="EBCDIC"),
        pytest.param(f'<?xml version="1.0" encoding="UTF-7"?>{BOMB}'.encode("utf-7"), id="UTF-7"),
    ],
)
def test_no_other_encoding_brings_a_document_type_in(body: bytes) -> None:
    with pytest.raises(Unreadable):
        fields_of(body)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"{}", "not_xml"),
        (b"<xml>", "not_xml"),
        (b"<xml>&nothing;</xml>", "not_xml"),
        (b"\xff\xfe\x00", "not_xml"),
    ],
)
def test_what_is_no_xml_is_unreadable(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        fields_of(body)
    assert unreadable.value.reason == reason


@pytest.mark.parametrize(
    ("body", "content"),
    [
        pytest.param(
            b"<xml><C><![CDATA[<!DOCTYPE html>]]></C></xml>", "<!DOCTYPE html>", id="a customer writes of one"
        ),
        pytest.param(
            b"<xml><C><![CDATA[\x08<!DOCTYPE html>]]></C></xml>",
            "<!DOCTYPE html>",
            id="and of one behind a forbidden byte",
        ),
        pytest.param(b"<xml><C><![CDATA[a\x00b\x08c]]></C></xml>", "abc", id="control characters go"),
        pytest.param(b"<xml><C><![CDATA[a\xffb]]></C></xml>", "a\ufffdb", id="what is no UTF-8 is marked"),
        pytest.param("<xml><C><![CDATA[🫖微澜]]></C></xml>".encode(), "🫖微澜", id="beyond the basic plane"),
        pytest.param(b"<xml><C><![CDATA[a]]><!-- x --><![CDATA[b]]></C></xml>", "ab", id="pieces"),
        pytest.param(b"<xml><C> &lt;b&gt; </C></xml>", "<b>", id="escaped, white space around"),
        pytest.param(b"\xef\xbb\xbf<xml><C>a</C></xml>", "a", id="a byte order mark"),
        pytest.param(
            b'<?xml version="1.0" encoding="GBK"?><xml><C>\xe5\xbe\xae</C></xml>',
            "微",
            id="a wrong declaration",
        ),
    ],
)
def test_a_text_is_read(body: bytes, content: str) -> None:
    assert fields_of(body).text("C") == content


def test_numbers_that_are_none_read_as_zero() -> None:
    fields = fields_of(b"<xml><A>12</A><B>x</B><C>99999999999</C><D>1.5</D><E>nan</E><F>inf</F></xml>")
    assert [fields.number(name) for name in ("A", "B", "C", "Z")] == [12, 0, 0, 0]
    assert [fields.decimal(name) for name in ("D", "B", "E", "F")] == [1.5, 0.0, 0.0, 0.0]
    assert fields.instant("C") is not None
    assert fields_of(b"<xml><A>99999999999999999</A></xml>").instant("A") is None


def test_what_is_not_there_is_empty_at_every_depth() -> None:
    fields = fields_of(b"<xml><A/></xml>")
    assert fields.inside("A").inside("B").text("C") == ""
    assert list(fields.inside("B").every("C")) == []


@given(some.binary(max_size=400))
def test_bytes_are_read_or_unreadable_and_nothing_else(body: bytes) -> None:
    with suppress(Unreadable):
        assert fields_of(body).text("nobody sent this") == ""
