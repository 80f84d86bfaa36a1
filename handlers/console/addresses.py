"""Where a request comes from, also behind reverse proxies: for what is counted by address."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from flask import Request

from bot.config import Server, networks_in

OF_ONE_PERSON = 64  # bits of an IPv6 address: the rest they choose themselves


def address_of(request: Request, server: Server) -> str:
    """The nearest that is no proxy of ours: what stands further from us in `X-Forwarded-For` anybody may have written."""
    proxies = networks_in(server.proxies)
    named = ",".join(request.headers.getlist("X-Forwarded-For")).split(",")
    nearest = request.remote_addr or ""
    for further in reversed(named):
        if not _is_among(nearest, proxies) or not _is_address(further.strip()):
            break
        nearest = further.strip()
    return _of_one_person(nearest)


def _is_among(address: str, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _of_one_person(address: str) -> str:
    if not _is_address(address):
        return address
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return str(IPv6Network((parsed, OF_ONE_PERSON), strict=False))
    return str(parsed)
