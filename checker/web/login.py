"""Coming in and going out: log in, log out, choose a password, make tokens for programs."""

import secrets
from collections.abc import Callable
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from checker.ledger import accounts as kept
from checker.web.accounts import TooMany
from checker.web.faces import page
from checker.web.gate import Person, enter, form_of, token
from checker.web.office import accounts_of
from checker.web.settings import is_loopback
from checker.web.shapes import Number
from checker.web.submissions import clock_of

router = APIRouter(include_in_schema=False)
Asking = Annotated[Person, Depends(enter)]
Answer = TypeVar("Answer")
_VISITOR = "visitor"


def with_accounts(request: Request) -> None:
    """These pages are there where there are accounts."""
    if not request.app.state.office.settings.accounts:
        raise HTTPException(404)


@router.get("/login", dependencies=[Depends(with_accounts)])
def ask(request: Request, to: str = "/", kept: int = 0) -> Response:
    visitor = request.cookies.get(_VISITOR) or secrets.token_urlsafe(16)
    _sign(request, visitor)
    answer = page(request, "login.html", to=inside(to), kept=kept, problem="", name="")
    answer.set_cookie(_VISITOR, visitor, httponly=True, samesite="lax", secure=request.app.state.office.settings.secure)
    return answer


@router.post("/login", dependencies=[Depends(with_accounts)])
async def log_in(request: Request) -> Response:
    _sign(request, request.cookies.get(_VISITOR, ""))
    if _cannot_stay(request):
        return _asked_again(request, {}, 400, "http")
    form = await form_of(request)
    name, password = _text(form, "name"), _text(form, "password")
    try:
        secret = await _in_turn(request, lambda: accounts_of(request).log_in(request, name, password))
    except TooMany:
        return _asked_again(request, form, 429, "many")
    if secret is None:
        return _asked_again(request, form, 401, "wrong")
    return _with_session(request, RedirectResponse(inside(_text(form, "to")), 303), secret)


def _sign(request: Request, visitor: str) -> None:
    """Forms of somebody who is not logged in are signed with a cookie that says nothing else."""
    request.state.csrf = token(request.app.state.office.settings.home, f"visitor:{visitor}")


def _asked_again(request: Request, form: FormData | dict[str, str], status: int, problem: str) -> Response:
    to, name = inside(_text(form, "to")), _text(form, "name")
    return page(request, "login.html", status, to=to, kept=0, problem=problem, name=name)


def _cannot_stay(request: Request) -> bool:
    """Whether the browser would throw our cookie away, because it came by http where only https will do."""
    origin = urlsplit(request.headers.get("origin", ""))
    secure = request.app.state.office.settings.secure
    return bool(secure and origin.scheme == "http" and not is_loopback(origin.hostname or ""))


async def _in_turn(request: Request, work: Callable[[], Answer]) -> Answer:
    """A password costs time and memory to look at: few at once, however many ask."""
    async with accounts_of(request).turn:
        return await run_in_threadpool(work)


def _with_session(request: Request, answer: Response, secret: str) -> Response:
    answer.set_cookie(
        accounts_of(request).cookie,
        secret,
        max_age=int(request.app.state.office.settings.session_seconds) + 86400,  # a lapsed one still says whose it was
        httponly=True,
        samesite="lax",
        secure=request.app.state.office.settings.secure,
    )
    return answer


@router.post("/logout", dependencies=[Depends(with_accounts)])
async def log_out(request: Request, person: Asking) -> Response:
    await form_of(request)
    await run_in_threadpool(accounts_of(request).log_out, request)
    await run_in_threadpool(
        accounts_of(request).note, person.name, "logout", address=accounts_of(request).address(request)
    )
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(accounts_of(request).cookie, secure=request.app.state.office.settings.secure, httponly=True)
    return answer


@router.get("/password", dependencies=[Depends(with_accounts)])
def ask_password(request: Request, person: Asking, done: int = 0) -> Response:
    return _password_page(request, person, done=bool(done))


def _password_page(
    request: Request, person: Person, status: int = 200, problem: str = "", *, done: bool = False
) -> Response:
    user = kept.user_named(accounts_of(request).ledger, person.name)
    renew = bool(user and user.renew)
    return page(request, "password.html", status, problem=problem, done=done, renew=renew)


@router.post("/password", dependencies=[Depends(with_accounts)])
async def change_password(request: Request, person: Asking) -> Response:
    form = await form_of(request)
    accounts, new = accounts_of(request), _text(form, "new")
    if new != _text(form, "again"):
        return await run_in_threadpool(_password_page, request, person, 422, "两次输入的新口令不一样，请重新输入。")
    try:
        address = accounts.address(request)
        user = await _in_turn(request, lambda: accounts.prove(person.name, _text(form, "old"), address))
    except TooMany:
        return await run_in_threadpool(_password_page, request, person, 429, "输错次数太多，请一刻钟后再试。")
    if user is None:
        return await run_in_threadpool(_password_page, request, person, 401, "现在的口令不对。")
    problem = "新口令不能和现在的一样。" if new == _text(form, "old") else ""
    problem = problem or await _in_turn(request, lambda: accounts.change(person.name, new, instead_of=user.password))
    if problem:
        return await run_in_threadpool(_password_page, request, person, 422, problem)
    secret = await run_in_threadpool(accounts.begin, person.name)
    return _with_session(request, RedirectResponse("/password?done=1", 303), secret)


@router.get("/tokens", dependencies=[Depends(with_accounts)])
def tokens(request: Request, person: Asking) -> Response:
    return _tokens_page(request, person)


def _tokens_page(request: Request, person: Person, secret: str = "") -> Response:
    """What there is; a new one is told this once."""
    at = clock_of(request.app.state.office)
    return page(request, "tokens.html", tokens=accounts_of(request).tokens(person.name), secret=secret, at=at)


@router.post("/tokens", dependencies=[Depends(with_accounts)])
async def make_token(request: Request, person: Asking) -> Response:
    form = await form_of(request)
    request.state.about = _text(form, "label")
    secret = await run_in_threadpool(accounts_of(request).give_token, person.name, _text(form, "label"))
    return await run_in_threadpool(_tokens_page, request, person, secret)


@router.post("/tokens/{number}/revoke", dependencies=[Depends(with_accounts)])
async def revoke(request: Request, person: Asking, number: Number) -> Response:
    await form_of(request)
    accounts = accounts_of(request)
    if not await run_in_threadpool(kept.revoke_token, accounts.ledger, person.name, number):
        raise HTTPException(404)
    return RedirectResponse("/tokens", 303)


def inside(to: str) -> str:
    """Where to go next, if it is a page of ours; else the first page."""
    is_ours = to.startswith("/") and not to.startswith(("//", "/\\", "/login", "/logout"))
    return to if is_ours and to.isprintable() and "\\" not in to else "/"


def _text(form: FormData | dict[str, str], name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
