"""One encrypted text message from WeChat's bytes to ours, step by step, beside wechatpy doing the same in the same run."""

import time
import timeit
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import TextReply
from wechatpy.utils import check_signature

from bot.config import WeChat
from bot.values.reply import Text
from bot.wechat.envelope import Envelope, signature_of
from bot.wechat.messages import read
from bot.wechat.replies import write

TOKEN, APP_ID, KEY = "token-of-tests", "wx0123456789abcdef", "WeilanTestKey0123456789abcdefghijklmnopqrsA"
STAMP, NONCE = "1764000000", "nonce123"
NOW = datetime.fromtimestamp(int(STAMP), UTC)
ANSWER = "您好，您的订单 D000123 昨天 16:20 已从杭州发出，预计明天送到。回复 1 查看物流，回复“人工”找客服。"
PLAIN = """<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>
<FromUserName><![CDATA[oABCD1234567890abcdefghijklm]]></FromUserName>
<CreateTime>1764000000</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[我的订单到哪里了？]]></Content>
<MsgId>1234567890123456</MsgId>
</xml>""".encode()


def microseconds(step: Callable[[], object], number: int = 2000, repeats: int = 7) -> float:
    """The best of several: what the step takes when nobody else wants the core."""
    return min(timeit.repeat(step, number=number, repeat=repeats, timer=time.process_time)) / number * 1e6


def main() -> None:
    envelope = Envelope(WeChat.model_validate({"app_id": APP_ID, "token": TOKEN, "encoding_aes_key": KEY}))
    encrypt = envelope.encrypt(PLAIN, b"R" * 16)
    body = f"<xml>\n<ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>\n<Encrypt><![CDATA[{encrypt}]]></Encrypt>\n</xml>".encode()
    query = {
        "timestamp": STAMP,
        "nonce": NONCE,
        "signature": signature_of(TOKEN, STAMP, NONCE),
        "msg_signature": signature_of(TOKEN, STAMP, NONCE, encrypt),
    }
    crypto = WeChatCrypto(TOKEN, KEY, APP_ID)
    message, reply = read(PLAIN), Text(ANSWER)
    answer = write(reply, message, NOW)
    their_message = parse_message(PLAIN)
    their_answer = TextReply(content=ANSWER, message=their_message).render()

    def ours() -> bytes:
        opened = envelope.open(query, body, NOW)
        return envelope.seal(write(reply, read(opened.xml), NOW), NOW, nonce=NONCE)

    def theirs() -> str:
        check_signature(TOKEN, query["signature"], STAMP, NONCE)
        opened = crypto.decrypt_message(body, query["msg_signature"], STAMP, NONCE)
        rendered = TextReply(content=ANSWER, message=parse_message(opened)).render()
        return str(crypto.encrypt_message(rendered, NONCE, STAMP))

    steps: Mapping[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "verify (plain)": (
            lambda: envelope.verify(query),
            lambda: check_signature(TOKEN, query["signature"], STAMP, NONCE),
        ),
        "verify, decrypt": (
            lambda: envelope.open(query, body, NOW),
            lambda: crypto.decrypt_message(body, query["msg_signature"], STAMP, NONCE),
        ),
        "parse": (lambda: read(PLAIN), lambda: parse_message(PLAIN)),
        "reply": (
            lambda: write(reply, message, NOW),
            lambda: TextReply(content=ANSWER, message=their_message).render(),
        ),
        "encrypt, sign": (
            lambda: envelope.seal(answer, NOW, nonce=NONCE),
            lambda: crypto.encrypt_message(their_answer, NONCE, STAMP),
        ),
        "all of it": (ours, theirs),
    }
    print(f"{'one encrypted text message':28}{'ours':>9}{'wechatpy':>10}   µs")
    for name, (our_step, their_step) in steps.items():
        print(f"{name:28}{microseconds(our_step):9.1f}{microseconds(their_step):10.1f}")


if __name__ == "__main__":
    main()
