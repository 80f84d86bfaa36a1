"""WeChat's callback: verifies, opens, hands the message on, and seals the answer. No error leaves this door.

A WSGI function of its own before Flask, because this is the one path that every message takes and Flask's way to a
view costs as much as opening and sealing the envelope. Bad signature: 403, empty. Over 64 KiB: 413. All else: 200.
"""

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import structlog

from bot.services import Services
from bot.wechat import messages, replies
from bot.wechat.envelope import LARGEST_BODY, BadSignature, Envelope, Opened, Unreadable
from bot.wechat.replies import SUCCESS
from handlers import metrics
from handlers.exchange import Exchange
from handlers.taking import Push
from handlers.windows import windows_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATH = "/wechat"
METHODS = "GET, HEAD, POST"
STATUS = {200: "200 OK", 403: "403 Forbidden", 405: "405 Method Not Allowed", 413: "413 Content Too Large"}
log = structlog.get_logger(__name__)


class Webhook:
    def __init__(self, services: Services, envelope: Envelope | None = None) -> None:
        self._services = services
        self._envelope = envelope or Envelope(services.config.wechat)
        self.exchange = Exchange(services, windows_of(services.config))

    def before(self, application: "WSGI") -> "WSGI":
        """Answers `/wechat` itself and leaves everything else to `application`."""

        def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            if environ.get("PATH_INFO") != PATH:
                return application(environ, start_response)
            status, body = self._answer(environ)
            kind = "application/xml" if body.startswith(b"<xml>") and status == 200 else "text/plain"
            headers = [
                ("Content-Type", f"{kind}; charset=utf-8"),
                ("Content-Length", str(len(body))),
                ("X-Content-Type-Options", "nosniff"),
            ]
            if status == 405:
                headers.append(("Allow", METHODS))
            start_response(STATUS[status], headers)
            return [body]

        return answer

    def _answer(self, environ: "WSGIEnvironment") -> tuple[int, bytes]:
        started = time.monotonic()
        args = arguments(environ.get("QUERY_STRING", ""))
        match environ.get("REQUEST_METHOD"):
            case "POST":
                answered = self._post(environ, args, started)
                metrics.SECONDS.observe(time.monotonic() - started)
                return answered
            case "GET" | "HEAD":
                return self._echo(args)
            case _:
                return 405, b""

    def _echo(self, args: dict[str, str]) -> tuple[int, bytes]:
        """The platform's verification of this address. Sent as plain text: a browser shows no page of it."""
        try:
            self._envelope.verify(args)
        except BadSignature:
            return _refused("signature", 403)
        return 200, args.get("echostr", "").encode("utf-8", "replace")

    def _post(self, environ: "WSGIEnvironment", args: dict[str, str], started: float) -> tuple[int, bytes]:
        try:
            body = _body(environ)
            if body is None:
                return _refused("size", 413)
            now = self._services.now()
            opened = self._envelope.open(args, body, now, self._services.clock.real())
            push = Push(messages.read(opened.xml), _as_text(opened.xml), now)
            return self._reply(push, opened, args, started)
        except BadSignature:
            return _refused("signature", 403)
        except Unreadable as error:
            metrics.UNREADABLE.labels(error.reason).inc()
            log.warning("unreadable", reason=error.reason)
        except OSError as error:
            log.warning("the connection broke", error=type(error).__name__)
        except Exception:
            log.exception("the webhook failed")
        return 200, SUCCESS

    def _reply(self, push: Push, opened: Opened, args: dict[str, str], started: float) -> tuple[int, bytes]:
        if opened.stale:
            known = self.exchange.known_answer(push)
            if known is None:
                return _refused("stale", 403)
            reply = known
        else:
            reply = self.exchange.answer(push, started)
        body = replies.write(reply, push.incoming, push.received_at)
        if opened.encrypted and body != SUCCESS:
            body = self._envelope.seal(body, push.received_at, nonce=args.get("nonce", ""))
        return 200, body


WSGI = Callable[["WSGIEnvironment", "StartResponse"], Iterable[bytes]]


def arguments(query: str) -> dict[str, str]:
    """The query as WeChat writes it: short and plain; anything else takes the long way."""
    if len(query) > 4096:
        return {}
    if "%" in query or "+" in query:
        return dict(parse_qsl(query, keep_blank_values=True, errors="replace"))
    return dict(pair.split("=", 1) for pair in query.split("&") if "=" in pair)


def _body(environ: "WSGIEnvironment") -> bytes | None:
    """None when it is larger than any message; never reads more than one byte over the limit."""
    announced = environ.get("CONTENT_LENGTH") or ""
    if announced.isdecimal() and int(announced) > LARGEST_BODY:
        return None
    most = int(announced) if announced.isdecimal() else LARGEST_BODY + 1
    body: bytes = environ["wsgi.input"].read(most)
    return body if len(body) <= LARGEST_BODY else None


def _as_text(xml: bytes) -> str:
    """PostgreSQL keeps no NUL in a text; the message was read without it, too."""
    return xml.decode("utf-8", "replace").replace("\x00", "")


def _refused(reason: str, status: int) -> tuple[int, bytes]:
    metrics.REFUSED.labels(reason).inc()
    return status, b""
