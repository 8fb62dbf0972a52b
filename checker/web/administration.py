"""The administrator's pages: who may come in, and who did what."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from checker.ledger import accounts as kept
from checker.ledger import audit
from checker.web.accounts import invented
from checker.web.faces import page
from checker.web.gate import Person, Role, administer, form_of
from checker.web.office import accounts_of
from checker.web.shapes import LARGEST
from checker.web.submissions import clock_of
from checker.web.witness import DEEDS, label

router = APIRouter(include_in_schema=False, dependencies=[Depends(administer)])
Asking = Annotated[Person, Depends(administer)]
_PAGE = 100
Before = Annotated[int | None, Query(ge=1, le=LARGEST)]


@router.get("/accounts")
def everybody(request: Request) -> Response:
    return _shown(request)


def _shown(request: Request, status: int = 200, problem: str = "", given: tuple[str, str] = ("", "")) -> Response:
    """The list; given is a name and the password made for it, told this once."""
    book = accounts_of(request).ledger
    return page(
        request,
        "accounts.html",
        status,
        users=kept.users_of(book),
        inside=kept.open_sessions(book),
        tokens=kept.valid_tokens(book),
        roles=Role,
        at=clock_of(request.app.state.office),
        problem=problem,
        given=given,
    )


@router.post("/accounts")
async def add(request: Request) -> Response:
    form = await form_of(request)
    name, role, bureau = (str(form.get(field, "")).strip() for field in ("name", "role", "bureau"))
    if role not in set(Role):
        raise HTTPException(422)
    request.state.about = f"{name} {role} {bureau}"
    password = invented()
    accounts = accounts_of(request)
    problem = await run_in_threadpool(accounts.add, name, Role(role), bureau, password, renew=True)
    given = ("", "") if problem else (name, password)
    return await run_in_threadpool(_shown, request, 422 if problem else 200, problem, given)


@router.post("/accounts/{name}/password")
async def reset(request: Request, name: str) -> Response:
    await form_of(request)
    password = invented()
    problem = await run_in_threadpool(accounts_of(request).reset, name, password, renew=True)
    given = ("", "") if problem else (name, password)
    return await run_in_threadpool(_shown, request, 404 if problem else 200, problem, given)


@router.post("/accounts/{name}/logout")
async def end(request: Request, name: str) -> Response:
    await form_of(request)
    await run_in_threadpool(kept.lock_out, accounts_of(request).ledger, name)
    return RedirectResponse("/accounts", 303)


@router.post("/accounts/{name}/remove")
async def remove(request: Request, person: Asking, name: str) -> Response:
    await form_of(request)
    if name == person.name:
        return await run_in_threadpool(_shown, request, 422, "不能删除自己的账号；请由另一位管理员删除。")
    await run_in_threadpool(kept.remove_user, accounts_of(request).ledger, name)
    return RedirectResponse("/accounts", 303)


@router.get("/audit")
def deeds(request: Request, who: str = "", what: str = "", before: Before = None) -> Response:
    found = audit.entries(accounts_of(request).ledger, who, what, before, _PAGE + 1)
    return page(
        request,
        "audit.html",
        entries=found[:_PAGE],
        older=found[_PAGE - 1].id if len(found) > _PAGE else None,
        who=who,
        what=what,
        deeds=DEEDS,
        at=_to_the_second(request),
        label=label,
        days=request.app.state.office.settings.audit_days,
    )


def _to_the_second(request: Request) -> Callable[[datetime], str]:
    zone = ZoneInfo(request.app.state.office.settings.config.batch.timezone)
    return lambda moment: moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
