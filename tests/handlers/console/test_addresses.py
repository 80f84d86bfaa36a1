import pytest
from flask import Flask, request

from bot.config import Server
from handlers.console.addresses import address_of


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        pytest.param("203.0.113.7", [], "203.0.113.7", id="nobody between"),
        pytest.param("203.0.113.7", ["198.51.100.1"], "203.0.113.7", id="a stranger is not believed"),
        pytest.param("127.0.0.1", ["203.0.113.7"], "203.0.113.7", id="our proxy is"),
        pytest.param(
            "127.0.0.1", ["6.6.6.6, 203.0.113.7"], "203.0.113.7", id="what came with the request is not"
        ),
        pytest.param("127.0.0.1", ["203.0.113.7, 10.1.2.3"], "203.0.113.7", id="two proxies of ours"),
        pytest.param("127.0.0.1", ["203.0.113.7", "10.1.2.3"], "203.0.113.7", id="in two headers"),
        pytest.param("127.0.0.1", ["unknown"], "127.0.0.1", id="a word is no address"),
        pytest.param("127.0.0.1", [""], "127.0.0.1", id="an empty header"),
        pytest.param("::1", ["2001:db8:1:2:3::4"], "2001:db8:1:2::/64", id="a whole network is one person's"),
        pytest.param("", [], "", id="a socket without addresses"),
    ],
)
def test_where_a_request_comes_from(peer: str, forwarded: list[str], expected: str) -> None:
    server = Server(proxies="127.0.0.1, ::1 10.0.0.0/8")
    headers = [("X-Forwarded-For", one) for one in forwarded]
    with Flask(__name__).test_request_context(headers=headers, environ_base={"REMOTE_ADDR": peer}):
        assert address_of(request, server) == expected
