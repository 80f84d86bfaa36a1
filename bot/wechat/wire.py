"""What wechatpy's client speaks HTTP through: kept connections of urllib3, at a third of what a session of requests costs.

requests finds the way there once (proxy, certificates, headers), and what goes wrong is told in its exceptions. No
redirect is followed, nothing is tried twice.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast
from urllib.parse import urlencode, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import default_headers, get_environ_proxies
from urllib3 import HTTPConnectionPool, Timeout, encode_multipart_formdata
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProxyError,
    ReadTimeoutError,
    SSLError,
)

FAILURES: tuple[tuple[type[HTTPError], type[requests.RequestException]], ...] = (
    (NewConnectionError, requests.ConnectionError),  # which urllib3 calls a timeout, too
    (ConnectTimeoutError, requests.ConnectTimeout),
    (ReadTimeoutError, requests.ReadTimeout),
    (ProxyError, requests.exceptions.ProxyError),
    (SSLError, requests.exceptions.SSLError),
    (HTTPError, requests.ConnectionError),
)
BAD_REQUEST = 400


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    address: str
    body: bytes = b""
    kind: str = ""  # of the body, where that has to be said
    timeout: tuple[float, float] = (3.0, 8.0)  # seconds: to connect, to answer


@dataclass(frozen=True, slots=True)
class Response:
    """As much of one as wechatpy and we look at."""

    status_code: int
    content: bytes
    request: None = None

    def json(self) -> Any:
        return json.loads(self.content)

    def raise_for_status(self) -> None:
        if self.status_code >= BAD_REQUEST:
            raise requests.HTTPError(f"http {self.status_code}", response=cast("requests.Response", self))


class Wire(Protocol):
    """Carries a request and brings what came back; raises `requests.RequestException`."""

    def carry(self, request: Request) -> Response: ...


class Http:
    """The one method of a session that wechatpy calls."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str | None],
        timeout: tuple[float, float],
        data: bytes = b"",
        files: Mapping[str, tuple[str, bytes]] | None = None,
    ) -> Response:
        """A parameter that is None is left out."""
        asked = urlencode({name: value for name, value in params.items() if value is not None})
        body, kind = encode_multipart_formdata(files) if files else (data, "")
        address = f"{url}?{asked}" if asked else url
        return self._wire.carry(Request(method.upper(), address, body, kind, timeout))


class Pool:
    """Connections to one host, kept for the next request; as many as threads send at once."""

    def __init__(self, api_base: str, connections: int) -> None:
        """The environment's proxy and certificates are looked up here, not for each call."""
        probe = requests.Request("GET", api_base, headers=default_headers()).prepare()
        proxies = get_environ_proxies(api_base)
        verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=connections)
        pool = adapter.get_connection_with_tls_context(probe, verify, proxies)
        adapter.cert_verify(pool, probe.url, verify, None)  # type: ignore[no-untyped-call]
        self._pool = cast("HTTPConnectionPool", pool)
        self._headers = dict(probe.headers)
        # a proxy of plain HTTP is told the whole address, everybody else what stands behind the host
        is_told_all = adapter.request_url(probe, proxies).startswith("http")
        self._host = 0 if is_told_all else len("{0.scheme}://{0.netloc}".format(urlsplit(api_base)))

    def carry(self, request: Request) -> Response:
        kind = {"Content-Type": request.kind} if request.kind else {}
        try:
            answer = self._pool.urlopen(
                request.method,
                request.address[self._host :],
                body=request.body or None,
                headers=self._headers | kind,
                timeout=Timeout(connect=request.timeout[0], read=request.timeout[1]),
                retries=False,
                redirect=False,
                assert_same_host=False,
            )
        except HTTPError as failure:
            raise _told(failure) from None
        return Response(answer.status, answer.data)


def _told(failure: HTTPError) -> requests.RequestException:
    told = next(told for kind, told in FAILURES if isinstance(failure, kind))
    return told(failure)
