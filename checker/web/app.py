"""Settings → the application: its routes, what guards them, and what is said when something goes wrong."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from os import PathLike, stat_result
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from checker import __version__, faults
from checker.errors import CheckerError, Lost
from checker.store import LOST
from checker.web import (
    administration,
    api,
    api_submissions,
    checking,
    forms,
    law,
    login,
    manual,
    review,
    review_figures,
    review_register,
    review_runs,
    submissions,
)
from checker.web.faces import LANGUAGES, STATIC, page
from checker.web.gate import MustRenew, NotLoggedIn
from checker.web.guards import Door, StrictHeaders, TooLarge
from checker.web.office import Office, open_office
from checker.web.peers import Behind
from checker.web.scanner import Infected
from checker.web.settings import MEGABYTE, Settings
from checker.web.witness import Witness

_SWEEP_SECONDS = 30.0
_FORM_BYTES = MEGABYTE  # what a form takes besides its files


def create(settings: Settings) -> FastAPI:
    """The application; what it needs is opened now, so that a mistake in the settings is said at once."""
    office = open_office(settings)
    settings = office.settings
    app = FastAPI(
        title="预算级次核查",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        lifespan=_lifespan,
    )
    app.state.office = office
    app.state.is_stopping = lambda: False  # whoever runs the server knows
    app.mount("/static", Assets(directory=STATIC), name="static")
    for part in (
        login, checking, submissions, review, review_figures, review_register, review_runs, forms, law, api,
        api_submissions, manual, administration,
    ):  # fmt: skip
        app.include_router(part.router)
    app.add_api_route("/language/{language}", _speak, include_in_schema=False)
    app.add_api_route("/healthz", lambda: {"status": "ok"}, include_in_schema=False)
    app.exception_handlers |= {
        NotLoggedIn: _log_in, MustRenew: _renew, HTTPException: _refused, RequestValidationError: _malformed,
        CheckerError: _said,
    }  # fmt: skip
    app.add_middleware(Witness, office=lambda: office)
    app.add_middleware(Unforeseen)
    most = settings.upload_bytes + _FORM_BYTES
    app.add_middleware(Door, most=most, names=settings.names, refuse=lambda status: _Refusal(app, status))
    app.add_middleware(StrictHeaders, secure=settings.secure)
    app.add_middleware(Behind, proxies=settings.proxies)
    manual.with_tokens(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    office: Office = app.state.office
    office.workers.warm()
    office.resume()
    sweeping = asyncio.create_task(_sweep(office))
    yield
    sweeping.cancel()
    with suppress(asyncio.CancelledError):
        await sweeping
    office.close()


async def _sweep(office: Office) -> None:
    while True:
        await asyncio.to_thread(office.tend)
        await asyncio.sleep(_SWEEP_SECONDS)


def _speak(request: Request, language: str) -> Response:
    """Go back where the reader came from, in the language chosen."""
    if language not in LANGUAGES:
        raise HTTPException(404)
    came_from = request.headers.get("referer", "")
    here = str(request.base_url)
    place = came_from.removeprefix(here).lstrip("/\\") if came_from.startswith(here) else ""  # //host is elsewhere
    answer = RedirectResponse(f"/{place}", 303)
    answer.set_cookie("language", language, max_age=365 * 86400, httponly=True, samesite="lax")
    return answer


def refusal(
    request: Request,
    status: int,
    what: str = "",
    number: str = "",
    said: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A page, or JSON for a program, that says what to do; never what broke."""
    if request.url.path.startswith("/api/"):
        told = said or {404: "没有这个地址或编号。", 413: "文件过大。"}.get(status, "请求有误，请对照接口说明。")
        error = {"code": what or str(status), "message": told} | ({"number": number} if number else {})
        return JSONResponse({"error": error}, status, headers)
    return page(request, "refused.html", status, what=what, number=number, said=said)


def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    what = error.detail if isinstance(error, HTTPException) and not isinstance(error, TooLarge) else ""
    headers = error.headers if isinstance(error, HTTPException) else None
    return refusal(request, status, what if what.islower() and " " not in what else "", headers=headers)


def _malformed(request: Request, _: Exception) -> Response:
    return refusal(request, 422)


def _said(request: Request, error: Exception) -> Response:
    """What the ledger or a declaration is wanting, or a file was found to hold, in the words it comes with."""
    status = 422 if isinstance(error, Infected) else 503
    return refusal(request, status, said=_without_places(request.app.state.office, error))


def _without_places(office: Office, error: Exception) -> str:
    """Where ledger and store lie is for those who run the server; who is alone at this machine is the same person."""
    if isinstance(error, Lost):
        return LOST[1]
    said, folder = str(error), office.store.folder
    if office.settings.accounts:
        for place in filter(None, (folder.url, folder.root, office.ledger.name, str(office.settings.home))):
            said = said.replace(place, "…")
    return said


def _log_in(request: Request, _: Exception) -> Response:
    if request.url.path.startswith("/api/"):
        error = {"code": "401", "message": "请在 Authorization 头中给出访问令牌：Bearer 加令牌。"}
        return JSONResponse({"error": error}, 401, {"WWW-Authenticate": "Bearer"})
    return RedirectResponse(f"/login?to={quote(_came_for(request))}", 303)


def _came_for(request: Request) -> str:
    """What to show after the login: the page asked for, or the one that a form was on."""
    if request.method in {"GET", "HEAD"}:
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    came_from = urlsplit(request.headers.get("referer", ""))
    return came_from.path if came_from.netloc == request.headers.get("host") else "/"


def _renew(*_: object) -> Response:
    return RedirectResponse("/password", 303)


class Assets(StaticFiles):
    """What is asked for by the address that names its contents may be kept for good, and is there without us."""

    def file_response(self, path: str | PathLike[str], about: stat_result, scope: Scope, code: int = 200) -> Response:
        answer = super().file_response(path, about, scope, code)
        if scope["query_string"]:
            answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return answer


class _Refusal:
    """The page that says no, as an application of its own for what is refused before the others see it."""

    def __init__(self, app: FastAPI, status: int) -> None:
        self.app, self.status = app, status

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self.app
        await refusal(Request(scope, receive), self.status)(scope, receive, send)


class Unforeseen:
    """The last line of defence: an exception nobody foresaw is recorded in full, and told as a number."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def watched(message: dict[str, object]) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001 see above
            number = await asyncio.to_thread(faults.keep, error)
            if not begun:
                await refusal(Request(scope, receive), 500, number=number)(scope, receive, send)
