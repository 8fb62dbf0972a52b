"""Something another thread does → waited for without holding up anybody, least of all the end of the server."""

import asyncio
import time
from concurrent.futures import Future
from math import inf

from starlette.requests import Request

_LOOK_SECONDS = 0.5  # how soon a server that stops is noticed


async def until_done(awaited: "Future[None]", request: Request, seconds: float = inf) -> None:
    """Return as soon as it is done, or the server stops, or the time is over."""
    over = time.monotonic() + seconds
    done = asyncio.wrap_future(awaited)
    while not (done.done() or request.app.state.is_stopping() or time.monotonic() > over):
        await asyncio.wait({done}, timeout=_LOOK_SECONDS)
