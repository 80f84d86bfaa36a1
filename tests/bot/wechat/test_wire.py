"""The wire to the platform, on real sockets of this machine."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.config import WeChat
from bot.values import reply
from bot.values.outcome import Later, Sent
from bot.wechat.client import WeChatClient
from bot.wechat.wire import Http, Pool, Request
from tests.bot.wechat.test_client import ready_keys
from tests.support.servers import free_port

NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
PATIENCE = (2.0, 2.0)


class Heard:
    """What a server was asked, and by how many connections."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.connections: set[int] = set()
        self.hung_up = threading.Semaphore(0)


@contextmanager
def server(
    *, hangs_up: bool = False, status: int = 200, certificate: Path | None = None
) -> Iterator[tuple[str, Heard]]:
    """`hangs_up`: after each answer, which does not say so."""
    heard = Heard()

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            heard.lines.append(self.path)
            heard.headers.append(dict(self.headers))
            heard.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            heard.connections.add(self.client_address[1])
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "13")
            self.end_headers()
            self.wfile.write(b'{"errcode":0}')
            self.close_connection = hangs_up

        def log_message(self, *_: object) -> None:
            return

    class Listening(ThreadingHTTPServer):
        def shutdown_request(self, request: Any) -> None:
            super().shutdown_request(request)
            heard.hung_up.release()

    with Listening(("127.0.0.1", 0), Answers) as listening:
        listening.daemon_threads = True
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            listening.socket = context.wrap_socket(listening.socket, server_side=True)
        threading.Thread(target=listening.serve_forever, args=(0.05,), daemon=True).start()
        scheme = "https" if certificate is not None else "http"
        try:
            yield f"{scheme}://127.0.0.1:{listening.server_address[1]}", heard
        finally:
            listening.shutdown()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of 127.0.0.1, signed by itself; with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, file = serialization.Encoding.PEM, tmp_path / "certificate.pem"
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(made.public_bytes(pem) + secret)
    return file


def client_of(address: str) -> WeChatClient:
    settings = {"app_id": "wx1", "app_secret": "s-secret", "token": "t", "api_base": address}
    return WeChatClient(WeChat.model_validate(settings), ready_keys())


def test_one_connection_carries_one_request_after_another() -> None:
    with server() as (address, heard):
        client = client_of(address)
        assert [client.send("o-li", reply.Text("您好"), NOW) for _ in range(3)] == [Sent()] * 3
    assert heard.lines == ["/cgi-bin/message/custom/send?access_token=t1"] * 3
    assert "您好".encode() in heard.bodies[0]
    assert len(heard.connections) == 1


def test_a_connection_the_server_has_hung_up_on_is_not_used_again() -> None:
    with server(hangs_up=True) as (address, heard):
        client = client_of(address)
        assert client.send("o-li", reply.Text("您好"), NOW) == Sent()
        assert heard.hung_up.acquire(timeout=60)
        assert client.send("o-li", reply.Text("您好"), NOW) == Sent()
    assert len(heard.connections) == 2


def test_a_redirect_is_an_answer() -> None:
    with server(status=302) as (address, heard):
        assert Pool(address, 1).carry(Request("POST", f"{address}/a", b"{}")).status_code == 302
    assert heard.lines == ["/a"]


def test_an_error_of_the_server_is_told_when_asked_for() -> None:
    with server(status=500) as (address, _):
        answer = Pool(address, 1).carry(Request("POST", f"{address}/a", b"{}"))
    with pytest.raises(requests.HTTPError) as told:
        answer.raise_for_status()
    assert told.value.response is answer


def test_a_file_goes_as_a_form_and_what_is_none_does_not_go() -> None:
    with server() as (address, heard):
        http = Http(Pool(address, 1))
        asked = {"type": "image", "access_token": None}
        files = {"media": ("茶.jpg", b"\xff\xd8")}
        answer = http.request("post", f"{address}/upload", params=asked, timeout=PATIENCE, files=files)
    assert answer.json() == {"errcode": 0}
    assert heard.lines == ["/upload?type=image"]
    assert heard.headers[0]["Content-Type"].startswith("multipart/form-data; boundary=")
    assert 'name="media"; filename="茶.jpg"'.encode() in heard.bodies[0]
    assert b"\xff\xd8" in heard.bodies[0]


def test_a_certificate_nobody_vouches_for_is_refused_before_anything_leaves(certificate: Path) -> None:
    with server(certificate=certificate) as (address, heard):
        outcome = client_of(address).send("o-li", reply.Text("您好"), NOW)
    assert isinstance(outcome, Later)
    assert outcome.reason == "wechat unreached SSLError"
    assert heard.lines == []


def test_a_certificate_the_environment_vouches_for_is_taken(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with server(certificate=certificate) as (address, _):
        assert client_of(address).send("o-li", reply.Text("您好"), NOW) == Sent()


def test_the_proxy_of_the_environment_is_told_the_whole_address(monkeypatch: pytest.MonkeyPatch) -> None:
    with server() as (proxy, heard):
        monkeypatch.setenv("http_proxy", proxy.replace("http://", "http://user:word@"))
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert client_of("http://wechat.invalid").send("o-li", reply.Text("您好"), NOW) == Sent()
    assert heard.lines == ["http://wechat.invalid/cgi-bin/message/custom/send?access_token=t1"]
    assert heard.headers[0]["Proxy-Authorization"].startswith("Basic ")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_behind_a_proxy_that_is_away_nothing_was_reached(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"{scheme}_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    outcome = client_of(f"{scheme}://wechat.invalid").send("o-li", reply.Text("您好"), NOW)
    assert isinstance(outcome, Later)
    assert outcome.reason == "wechat unreached ProxyError"
