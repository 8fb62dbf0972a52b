"""A request and the proxies we trust → the address it really came from, and whom the proxy says it comes from."""

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from checker.errors import BadConfig

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@lru_cache(maxsize=8)
def networks(written: tuple[str, ...]) -> tuple[Network, ...]:
    """Addresses and ranges as they are set; raises BadConfig for what is neither."""
    try:
        return tuple(ipaddress.ip_network(one.strip()) for one in written)
    except ValueError as cause:
        raise BadConfig(f"反向代理地址写法不对（{cause}）。请写 IP 地址或网段，例如 10.0.0.0/24。") from cause


def address_of(scope: Scope, proxies: tuple[str, ...]) -> str:
    """Where a request came from: what the nearest proxy that is not ours says is not believed."""
    peer = _peer(scope)
    if not _is_in(peer, proxies):
        return peer
    told = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
    for one in reversed([part.strip() for part in told.split(",") if part.strip()]):
        if not _is_in(one, proxies):
            return one
    return peer


def identity_of(scope: Scope, proxies: tuple[str, ...], header: str) -> str:
    """Whom a proxy of ours says it let in; nobody where another machine says so, or where it is said twice."""
    if not header or not _is_in(_peer(scope), proxies):
        return ""
    told: Collection[str] = Headers(scope=scope).getlist(header)
    if len(told) != 1:
        return ""
    try:  # a header is bytes: names in Chinese come as UTF-8
        return next(iter(told)).encode("latin-1").decode("utf-8").strip()
    except UnicodeError:
        return ""


@dataclass(frozen=True)
class Behind:
    """Whether a request came by https, as the proxy in front of us says, if it is ours."""

    app: ASGIApp
    proxies: tuple[str, ...]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _is_in(_peer(scope), self.proxies):
            told = Headers(scope=scope).get("x-forwarded-proto", "")
            scope["scheme"] = "https" if told.strip().lower() == "https" else scope["scheme"]
        await self.app(scope, receive, send)


def _peer(scope: Scope) -> str:
    return str((scope.get("client") or ("",))[0])


def _is_in(address: str, proxies: tuple[str, ...]) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in networks(proxies))
