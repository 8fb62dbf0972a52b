"""The runs there were, one more now, and everything handed in through the pages checked again under today's law."""

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from checker.ledger.listing import run_lines
from checker.web.faces import page
from checker.web.gate import form_of, review
from checker.web.intake import WEB
from checker.web.office import office_of
from checker.web.review_register import moments
from checker.web.submissions import PAGE, clock_of, number_of

router = APIRouter(prefix="/review/runs", include_in_schema=False, dependencies=[Depends(review)])


@router.get("")
def runs(request: Request, number: str = "1", again: str = "") -> Response:
    office = office_of(request)
    asked = number_of(number)
    office.intake.rest()
    found = run_lines(office.ledger, PAGE + 1, (asked - 1) * PAGE)
    return page(
        request, "runs.html", runs=found[:PAGE], more=len(found) > PAGE, number=asked, web=WEB, at=clock_of(office),
        runner=office.runner, state=office.runner.state(), moment=moments(office), law=office.law.version,
        again=number_of(again) if again.isdigit() and again != "0" else 0, said=again.isdigit(),
    )  # fmt: skip


@router.post("")
async def start(request: Request) -> Response:
    """Start a run unless one is on: pressed twice it runs once."""
    await form_of(request)
    await run_in_threadpool(office_of(request).runner.start)
    return RedirectResponse("/review/runs", 303)


@router.post("/again")
async def check_again(request: Request) -> Response:
    await form_of(request)
    files = await run_in_threadpool(office_of(request).intake.check_again)
    return RedirectResponse(f"/review/runs?again={files}", 303)
