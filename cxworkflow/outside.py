"""Addresses of other programs: what may be asked at all, and which machine on the internet a name stands for now.

Whoever can name an address that this system asks must not reach through it what only this system can reach. So a name
is resolved here, all that it stands for is looked at, and what is connected to is what was looked at, not the name.
"""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from cxworkflow.errors import Fault, InvalidInput

LONGEST = 500  # characters
# Public by their number, and yet not on the internet: the metadata of a cloud, and ways in IPv6 to write any address
# of IPv4.
NEVER = (
    ip_network("168.63.129.16/32"),
    ip_network("64:ff9b::/96"),
    ip_network("64:ff9b:1::/48"),
    ip_network("2001::/32"),
    ip_network("2002::/16"),
    ip_network("::/96"),
)

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]


class NoWayThere(InvalidInput):
    """Nothing may be sent to this address, or nothing can be."""


@dataclass(frozen=True)
class Target:
    """Where a request goes: the name stands in the request and in the certificate, the line leads to `ip`."""

    scheme: str
    host: str
    port: int
    path: str
    ip: str


def resolved(host: str, port: int) -> list[str]:
    """What a name stands for, as the machine's own resolver answers; raises OSError where it has no answer."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def target(url: str, *, loopback: bool, resolve: Resolve = resolved) -> Target:
    """Where a request to this address goes; raises NoWayThere where it may not be asked.

    `loopback` lets it be on this very machine, and then without TLS: for the demo. One address among those of the name
    that is not on the internet is enough to refuse it.
    """
    parts = _written(url, loopback=loopback)
    host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = [ip_address(each) for each in resolve(host, port)]
    except (OSError, UnicodeError, ValueError):
        found = []
    if not found:
        _refuse(f"The name {host} stands for no machine at present. Check it, or try again later.")
    for each in found:
        if not (_public(each) or (loopback and _bare(each).is_loopback)):
            _refuse(f"{host} stands for {each}, which is not on the internet. Use an address that is.")
    if parts.scheme == "http" and not all(_bare(each).is_loopback for each in found):
        _refuse("It has to begin with https://, since everybody on the way could read the rest.")
    asked = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, asked, str(found[0]))


def _written(url: str, *, loopback: bool) -> SplitResult:
    if len(url) > LONGEST or not url.isascii() or any(each <= " " for each in url):
        _refuse(f"Write it as https://host/path, in at most {LONGEST} plain characters without spaces.")
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  # reading it checks it
    except ValueError:
        _refuse("Write it as https://host/path.")
    if parts.scheme not in (("https", "http") if loopback else ("https",)) or not parts.hostname:
        _refuse("It has to begin with https://, followed by the name of a machine.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        _refuse("Leave out names, passwords and what follows a #: what is sent is signed instead.")
    return parts


def _refuse(reason: str) -> NoReturn:
    raise NoWayThere(None, [Fault("url", reason)])


def _public(address: Address) -> bool:
    bare = _bare(address)
    if bare.is_multicast or not bare.is_global:
        return False
    return not any(bare in net for net in NEVER if isinstance(net, IPv6Network) == isinstance(bare, IPv6Address))


def _bare(address: Address) -> Address:
    """The address of IPv4 that one of IPv6 stands for (::ffff:10.0.0.1), else itself."""
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
