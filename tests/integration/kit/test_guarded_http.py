"""The guard against requests to private addresses, with a loopback listener as witness."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address, ip_network

import httpcore2
import httpx2
import pytest

from leadlight.kit.guarded_http import BlockedAddress, blocked_reason, check_host, guarded_client

HOSTILE = [
    "127.0.0.1",
    "127.1",
    "127.8.9.10",
    "2130706433",  # 127.0.0.1 in decimal
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "0",
    "0.0.0.0",
    "localhost",
    "LOCALHOST",
    "10.0.0.1",
    "10.1",
    "172.16.0.1",
    "172.31.255.254",
    "192.168.1.1",
    "3232235777",  # 192.168.1.1
    "100.64.0.1",
    "169.254.169.254",
    "0xa9fea9fe",
    "192.0.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "[::]",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:8.8.8.8]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::a00:1]",
    "[64:ff9b:1::1]",
    "[100::1]",
    "[2001::1]",
    "[2001:10::1]",
    "[2001:db8::1]",
    "[2002:7f00:1::]",
    "[2002:a00:1::]",
    "[3fff::1]",
    "[5f00::1]",
    "[fc00::1]",
    "[fd12:3456::1]",
    "[fe80::1]",
    "[fec0::1]",
    "[ff02::1]",
]


@asynccontextmanager
async def listener() -> AsyncIterator[tuple[int, list[bytes]]]:
    """A loopback server that answers 200 and keeps the first bytes of every connection it saw."""
    seen: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.read(4096))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], seen


@pytest.mark.parametrize("host", HOSTILE)
async def test_a_hostile_host_is_never_connected_to(host: str) -> None:
    async with listener() as (port, seen), guarded_client() as client:
        with pytest.raises((BlockedAddress, httpx2.ConnectError, httpx2.InvalidURL)):
            await client.get(f"http://{host}:{port}/")
    assert seen == []


@pytest.mark.parametrize(
    "host", ["①②⑦.⓪.⓪.①", "127。0。0。1", "loc\u00adalhost", "127.0.0.1.", "%31%32%37.0.0.1", "127.0.0.1%00.example"]
)
async def test_a_disguised_host_is_never_connected_to(host: str) -> None:
    async with listener() as (port, seen), guarded_client() as client:
        with pytest.raises((BlockedAddress, httpx2.ConnectError, httpx2.InvalidURL)):
            await client.get(f"http://{host}:{port}/")
    assert seen == []


async def test_rebinding_connects_to_the_checked_address_only() -> None:
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return answers[len(asked) - 1]

    tried: list[str] = []
    async with listener() as (port, seen), guarded_client(resolve=resolve, timeout_s=1) as client:
        backend = client._transport._pool._network_backend  # type: ignore[attr-defined]

        async def refuse(host: str, *_: object) -> None:
            tried.append(host)
            raise httpcore2.ConnectError("not in a test")

        backend._inner.connect_tcp = refuse
        with pytest.raises(httpx2.ConnectError):
            await client.get(f"http://rebind.example:{port}/")
        with pytest.raises(BlockedAddress):
            await client.get(f"http://rebind.example:{port}/")
    assert tried == ["93.184.216.34"]
    assert asked == ["rebind.example", "rebind.example"]
    assert seen == []


async def test_one_private_address_among_public_ones_refuses_the_host() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["93.184.216.34", "10.0.0.5"]

    async with guarded_client(resolve=resolve) as client:
        with pytest.raises(BlockedAddress, match=r"10\.0\.0\.5: private"):
            await client.get("http://mixed.example/")


async def test_an_allowed_network_is_reached_under_its_own_name() -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with listener() as (port, seen), guarded_client([ip_network("127.0.0.0/8")], resolve=resolve) as client:
        answer = await client.get(f"http://receiver.internal:{port}/hook")
    assert answer.status_code == 200
    assert f"Host: receiver.internal:{port}".encode().lower() in seen[0].lower()


async def test_a_proxy_from_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listener() as (port, seen):
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{port}")
        async with guarded_client() as client:
            with pytest.raises(BlockedAddress):
                await client.get("http://10.0.0.1/")
    assert seen == []


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:82a::200e"])
def test_public_addresses_pass(address: str) -> None:
    assert blocked_reason(ip_address(address)) is None


@pytest.mark.parametrize(
    "host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "017700000001", "0", "::1", "::ffff:7f00:1"]
)
async def test_numbers_are_checked_as_the_resolver_reads_them(host: str) -> None:
    with pytest.raises(BlockedAddress):
        await check_host(host, 80)
