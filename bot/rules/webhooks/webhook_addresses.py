"""Where an outgoing webhook may go: to http and https, and not into our own network unless the settings say so."""

import ipaddress
from urllib.parse import urlsplit

LONGEST = 2_000
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_UNICAST = ipaddress.IPv6Network(
    "2000::/3"
)  # all that is given out of IPv6; what old ways map into our own is outside
_SPECIAL = (ipaddress.IPv4Network("192.0.0.0/24"), ipaddress.IPv6Network("3fff::/20"))


def objection(url: str) -> str | None:
    """What is wrong with the address, in a few words that begin with what was expected."""
    if len(url) > LONGEST:
        return f"expected at most {LONGEST} characters"
    if not url.isascii() or not url.isprintable() or " " in url:
        return "expected ASCII without spaces; percent-encode the rest, and write the host in punycode"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return f"expected an address such as https://example.com/hook: {error}"
    if parts.scheme not in {"http", "https"} or not _is_host(parts.hostname or "") or port == 0:
        return "expected an address such as https://example.com/hook"
    if "@" in parts.netloc:
        return "expected no user and password in it: calls are signed instead"
    return "expected no #fragment" if parts.fragment else None


def is_public_or_name(url: str) -> bool:
    """False only for an address written out that is not public; a name is judged when it is resolved."""
    host = urlsplit(url).hostname or ""
    try:
        return is_public(host)
    except ValueError:
        return host != "localhost"


def _is_host(name: str) -> bool:
    labels = name.removesuffix(".").split(".")
    return len(name) <= 253 and all(0 < len(label) <= 63 for label in labels)


def is_public(address: str) -> bool:
    """Of an IP address as the resolver gives it. Addresses that stand for an IPv4 address are judged by that."""
    ip = ipaddress.ip_address(address.split("%", maxsplit=1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip not in _UNICAST:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _SPECIAL)
