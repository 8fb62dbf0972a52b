"""The plans and the finding codes, to read: every clause side by side, and what every code means."""

from fastapi import APIRouter, Depends, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from checker.checks import CHECKS, FAMILIES
from checker.documentation import WAYS, unreadable
from checker.web.examples import examples
from checker.web.faces import page
from checker.web.gate import enter

router = APIRouter(include_in_schema=False, dependencies=[Depends(enter)])


@router.get("/plans")
def plans(request: Request) -> Response:
    return page(request, "plans.html")


@router.get("/plans/{key}")
def plan(request: Request, key: str) -> Response:
    found = request.app.state.office.rulebook.plan(key)
    if found is None:
        raise HTTPException(404, "plan")
    return page(request, "plan.html", plan=found, ways=WAYS)


@router.get("/codes")
def codes(request: Request) -> Response:
    families = {
        name: [check for check in CHECKS.values() if check.code.startswith(family)] for family, name in FAMILIES.items()
    }
    return page(request, "codes.html", families=families, unreadable=unreadable())


@router.get("/codes/{code}")
def code(request: Request, code: str) -> Response:
    check = CHECKS.get(code.upper())
    if check is None:
        raise HTTPException(404, "code")
    return page(request, "code.html", check=check, examples=examples(check.code))
