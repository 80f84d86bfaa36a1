"""One call to the platform on wechatpy's client: pooled, timed, tried twice at most. Ends in an answer or an error.

wechatpy's own retry of a refused token never ends, and its token fetch has neither timeout nor lock: both are
switched off here. No token and no secret gets into an error or a log.
"""

import logging
import ssl
from collections.abc import Mapping
from typing import Any

import requests
from urllib3.exceptions import ConnectTimeoutError, ProxyError, SSLError
from wechatpy import WeChatClient as Wechatpy
from wechatpy.exceptions import WeChatClientException

from bot.config import WeChat
from bot.wechat.answers import Answer
from bot.wechat.errors import REACTIONS, Lost, Reaction, Unreached, WeChatError
from bot.wechat.tokens import Fetched, Keys, Tokens
from bot.wechat.wire import Http, Pool, Response, Wire

TIMEOUT = (3.0, 8.0)  # seconds: to connect, to answer
UPLOAD_TIMEOUT = (3.0, 60.0)
REFUSED_TOKEN = frozenset(code for code, meaning in REACTIONS.items() if meaning.reaction is Reaction.REFRESH)


class Transport:
    """One per process, shared by its threads. `wire` stands in for the network: for tests."""

    def __init__(
        self, settings: WeChat, keys: Keys, *, connections: int = 16, wire: Wire | None = None
    ) -> None:
        logging.getLogger("urllib3.connectionpool").setLevel(
            logging.INFO
        )  # at DEBUG it logs addresses with the token
        self._settings = settings
        self.tokens = Tokens(keys, settings.app_id, self._fetch_token)
        self._client = _Client(settings, Http(wire or Pool(settings.api_base, connections)), self.tokens)

    def get(self, path: str, **params: str) -> Answer:
        return self._call("get", path, params=params)

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """`path` is below /cgi-bin/, or begins with a slash: below the host."""
        return self._call("post", path, data=dict(body))

    def upload(self, path: str, filename: str, content: bytes, **params: str) -> Answer:
        return self._call(
            "post", path, params=params, files={"media": (filename, content)}, timeout=UPLOAD_TIMEOUT
        )

    def post_without_token(self, path: str, body: Mapping[str, Any]) -> Answer:
        return self._once("post", path, data=dict(body), params={"access_token": None})

    def get_without_token(self, path: str, **params: str) -> Answer:
        return self._once("get", path, params={**params, "access_token": None})

    def _call(self, method: str, path: str, **options: Any) -> Answer:
        """Raises `WeChatError`; a refused token is asked for anew once and the call made once more, never again."""
        token = self.tokens.token()
        params = options.pop("params", {})
        try:
            return self._once(method, path, params={**params, "access_token": token}, **options)
        except WeChatError as error:
            if error.code not in REFUSED_TOKEN:
                raise
            fresh = self.tokens.after_refusal(token)
        return self._once(method, path, params={**params, "access_token": fresh}, **options)

    def _once(self, method: str, path: str, **options: Any) -> Answer:
        address = f"{self._settings.api_base}{path}" if path.startswith("/") else path
        try:
            answer = getattr(self._client, method)(address, **options)
        except WeChatClientException as refusal:
            raise _refused(refusal) from None
        except requests.RequestException as failure:
            name = type(failure).__name__
            raise (
                Unreached(None, f"unreached {name}") if _never_left(failure) else Lost(None, f"lost {name}")
            ) from None
        except (ValueError, TypeError, RecursionError):  # of JSON that goes thousands of levels down
            raise Lost(None, "lost garbage") from None
        if not isinstance(answer, dict):
            raise Lost(None, "lost garbage")
        return answer

    def _fetch_token(self, force: bool) -> Fetched:
        """Whatever goes wrong here, the call that wanted the token has not been made."""
        body = {
            "grant_type": "client_credential",
            "appid": self._settings.app_id,
            "secret": self._settings.app_secret.get_secret_value(),
            "force_refresh": force,
        }
        try:
            answer = self.post_without_token("stable_token", body)
        except Lost as lost:
            raise Unreached(None, lost.message) from None
        token, expires_in = answer.get("access_token"), answer.get("expires_in")
        if not (isinstance(token, str) and token and isinstance(expires_in, int)):
            raise Unreached(None, "unreached no_token_in_answer")
        return Fetched(token, expires_in)


class _Client(Wechatpy):  # type: ignore[misc]
    """wechatpy's client with our session, our token and no retry of its own."""

    def __init__(self, settings: WeChat, http: Http, tokens: Tokens) -> None:
        super().__init__(settings.app_id, secret="", timeout=TIMEOUT, auto_retry=False)
        self._http = http
        self._tokens = tokens
        self.API_BASE_URL = f"{settings.api_base}/cgi-bin/"

    def fetch_access_token(self) -> None:
        self._tokens.token()

    @property
    def access_token(self) -> str:
        return self._tokens.token()


def _refused(refusal: WeChatClientException) -> WeChatError:
    if refusal.errcode is not None:
        return WeChatError(refusal.errcode, str(refusal.errmsg), _answer_in(refusal.response))
    status = refusal.response.status_code
    return Lost(None, f"lost http {status}") if status >= 500 else Unreached(None, f"unreached http {status}")


def _answer_in(response: Response) -> Answer:
    try:
        answer = response.json()
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _never_left(failure: requests.RequestException) -> bool:
    """True only where no connection came about: a broken one may have carried the request."""
    if isinstance(failure, requests.ConnectTimeout):
        return True
    reason = failure.args[0] if failure.args else None
    if isinstance(reason, SSLError):
        return bool(reason.args) and isinstance(reason.args[0], ssl.SSLCertVerificationError)
    return isinstance(reason, ConnectTimeoutError | ProxyError)
