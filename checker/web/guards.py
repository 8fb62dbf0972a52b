"""Requests → only those that may come in: known host, same origin, not too large; and headers on what goes out."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# No script, style, picture or connection but our own; nobody may frame us; forms go nowhere else.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_SAFE = {"GET", "HEAD", "OPTIONS"}
_DRAINED = 4  # so many times the limit is read and thrown away, so that the browser gets to see our answer


class TooLarge(HTTPException):
    """A request whose body is larger than it may be."""

    def __init__(self) -> None:
        super().__init__(413)


@dataclass(frozen=True)
class StrictHeaders:
    """Every answer carries the strict headers; pages are not kept by anybody on the way."""

    app: ASGIApp
    secure: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
                if self.secure:
                    headers["Strict-Transport-Security"] = "max-age=31536000"
            await send(message)

        await self.app(scope, receive, send_with_headers)


@dataclass(frozen=True)
class Door:
    """Refuses what another site may have sent, and what is too large before it is read; refuse makes the answer."""

    app: ASGIApp
    most: int
    names: Collection[str]
    refuse: Callable[[int], ASGIApp]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if self.names and _host(headers) not in self.names:
            await self.refuse(421)(scope, receive, send)
        elif scope["method"] not in _SAFE and _is_foreign(headers):
            await self.refuse(403)(scope, receive, send)
        elif _declared(headers) > self.most:
            await _drain(receive, self.most * _DRAINED)
            await self.refuse(413)(scope, receive, send)
        else:
            await self.app(scope, _counted(receive, self.most), send)


def _host(headers: Headers) -> str:
    """The name we were called by, without its port."""
    host = headers.get("host", "").lower()
    return host.partition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]


def _is_foreign(headers: Headers) -> bool:
    """Whether a browser says that another site's page sent this; programs say neither."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site:
        return site not in {"same-origin", "none"}
    return bool(origin) and urlsplit(origin or "").netloc != headers.get("host", "")


def _declared(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isdigit() else 0


def _counted(receive: Receive, most: int) -> Receive:
    """The same messages, until there are too many bytes in them: a body need not say how long it is."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise TooLarge
        return message

    return counted


async def _drain(receive: Receive, most: int) -> None:
    seen, more = 0, True
    while more and seen <= most:
        message = await receive()
        seen += len(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)
