"""HTTP to addresses users typed in: only ever to public ones, whatever the name resolves to and however often.

The transport resolves the host itself, checks every address, and connects to a checked address, so a resolver that
answers differently the second time (DNS rebinding) is never asked a second time. TLS still verifies the host's name.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpcore2
import httpx2

from leadlight.kit.config import Network
from leadlight.kit.errors import LeadlightError

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

PUBLIC_V6 = ip_network("2000::/3")

# IANA special-purpose address registries (RFC 6890 and successors), and multicast.
SPECIAL_NETWORKS: dict[Network, str] = {
    ip_network(cidr): name
    for cidr, name in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("2001::/23", "protocol assignments (Teredo, ORCHID)"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
    )
}


class BlockedAddress(LeadlightError):
    """The host leads to an address that is not public. Allow its network with LEADLIGHT_WEBHOOK_ALLOW when that is meant."""

    code = "blocked_address"
    status = 422


def blocked_reason(address: Address, allow: Iterable[Network] = ()) -> str | None:
    """Why `address` must not be connected to; None when it is public or inside one of `allow`."""
    if any(address.version == network.version and address in network for network in allow):
        return None
    if address.version == 6 and address not in PUBLIC_V6:  # loopback, link-local, ULA, mapped, NAT64, multicast ...
        return "not a public IPv6 address"
    return next((name for network, name in SPECIAL_NETWORKS.items() if address in network), None)


async def resolve_host(host: str, port: int) -> list[str]:
    """All addresses of `host` as the system reads it: names, and decimal, octal or hexadecimal numbers."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


async def check_host(host: str, port: int, allow: Iterable[Network] = (), resolve: Resolve = resolve_host) -> list[str]:
    """The addresses of `host`, all of them allowed; raises BlockedAddress if any is not, OSError if there is none."""
    addresses = await resolve(host, port)
    if not addresses:
        raise OSError(f"{host} has no address")
    for text in addresses:
        reason = blocked_reason(ip_address(text.partition("%")[0]), allow)
        if reason:
            raise BlockedAddress(f"{host} leads to {text}: {reason}")
    return list(addresses)


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Opens TCP connections to checked addresses only."""

    def __init__(self, allow: Iterable[Network], resolve: Resolve) -> None:
        self._allow = tuple(allow)
        self._resolve = resolve
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A connection to the first checked address that answers; `timeout` (seconds) holds for each."""
        failure: Exception | None = None
        async with asyncio.timeout(timeout):
            addresses = await self._checked(host, port)
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore2.ConnectError(f"{host} has no address")

    async def _checked(self, host: str, port: int) -> list[str]:
        try:
            return await check_host(host, port, self._allow, self._resolve)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"{host} cannot be resolved: {error}") from error

    async def connect_unix_socket(self, path: str, *_: Any, **__: Any) -> httpcore2.AsyncNetworkStream:
        """Refused always."""
        raise BlockedAddress(f"unix socket {path}")


class GuardedTransport(httpx2.AsyncHTTPTransport):
    """An HTTP transport on a GuardedBackend."""

    def __init__(self, allow: Iterable[Network], resolve: Resolve, max_connections: int) -> None:
        super().__init__(trust_env=False)
        # httpx2 offers no way to hand over a network backend; its pool is replaced before the first request.
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpx2.create_ssl_context(trust_env=False),
            max_connections=max_connections,
            max_keepalive_connections=max_connections,
            keepalive_expiry=30.0,
            network_backend=GuardedBackend(allow, resolve),
        )


def guarded_client(
    allow: Iterable[Network] = (),
    *,
    resolve: Resolve = resolve_host,
    timeout_s: float = 15.0,
    max_connections: int = 64,
) -> httpx2.AsyncClient:
    """An HTTP client that reaches public addresses only (and `allow`), follows no redirect, asks no proxy."""
    return httpx2.AsyncClient(
        transport=GuardedTransport(allow, resolve, max_connections),
        timeout=timeout_s,
        follow_redirects=False,
        trust_env=False,
    )
