"""Callbacks over real HTTP, against a server of the test's own."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from bot.sandbox.http_transport import http_transport
from tests.support.servers import free_port


@contextmanager
def answering(answer: Callable[[Request], Response]) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, Request.application(answer))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}/wechat"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_query_and_body_arrive_and_the_answer_comes_back() -> None:
    def echo(request: Request) -> Response:
        return Response(
            f"{request.method} {request.path} {request.args['nonce']} {request.get_data(as_text=True)}", 201
        )

    with answering(echo) as webhook:
        assert http_transport(webhook)({"nonce": "a&b=c"}, "<xml>您好</xml>".encode()) == (
            201,
            "POST /wechat a&b=c <xml>您好</xml>".encode(),
        )


def test_a_refused_connection_is_an_os_error() -> None:
    with pytest.raises(OSError, match="refused"):
        http_transport(f"http://127.0.0.1:{free_port()}/wechat")({}, b"<xml/>")


@pytest.mark.parametrize("words", [b"", b"good day\r\n\r\n"], ids=["hung up", "no HTTP at all"])
def test_what_is_no_answer_is_an_os_error(words: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def be_rude() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(words)

        thread = threading.Thread(target=be_rude)
        thread.start()
        with pytest.raises(OSError, match=r".*"):
            http_transport(f"http://127.0.0.1:{listening.getsockname()[1]}/wechat")({}, b"<xml/>")
        thread.join()
