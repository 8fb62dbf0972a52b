"""The way of the reviewer: every submission, who is missing, a word to the bureau, one workbook of what is chosen."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from checker import mail
from checker.batch.work import law_of
from checker.checks import CHECKS
from checker.desk import render
from checker.ledger import Job, comment, comments_on
from checker.ledger.listing import (
    FAULTY,
    PASSED,
    UNREADABLE,
    WAITING,
    Wanted,
    choices,
    count,
    editions,
    listed,
    newest_of,
    ordinals,
)
from checker.places import divisions, find
from checker.standing import Standing, changes_since, outcome_of
from checker.terms import Verdict
from checker.text import normalise
from checker.web.downloads import attachment
from checker.web.faces import page
from checker.web.gate import Person, form_of, review
from checker.web.office import Office, office_of
from checker.web.shapes import Number
from checker.web.submissions import PAGE, clock_of, file_of, gist_of, pages_of

router = APIRouter(prefix="/review", include_in_schema=False, dependencies=[Depends(review)])
Reviewing = Annotated[Person, Depends(review)]
MOST = 5000  # submissions whose figures are shown together; the cut is said
_MOST_IN_SUMMARY = 2000
_LONGEST = 2000
STATES = (WAITING, PASSED, FAULTY, UNREADABLE)


def chosen(
    text: str = "",
    bureau: str = "",
    division: str = "",
    year: str = "",
    state: str = "",
    verdict: str = "",
    code: str = "",
) -> Wanted:
    """What the filters of an address say; what cannot be meant is left out."""
    return Wanted(
        text=text.strip(),
        bureau=bureau.strip(),
        division=division,
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
        state=state if state in STATES else "",
        verdict=verdict if verdict in set(Verdict) else "",
        code=code.strip().upper(),
    )


Chosen = Annotated[Wanted, Depends(chosen)]


def query(wanted: Wanted) -> str:
    """The same filters as an address says them."""
    return urlencode({name: value for name, value in vars(wanted).items() if value})


def place_name(division: str) -> str:
    """A division as people call it."""
    found = find(division) if division else None
    return found.name if found else division


@router.get("")
def submissions(request: Request, wanted: Chosen, number: str = "1") -> Response:
    office = office_of(request)
    pages = pages_of(count(office.ledger, wanted), number)
    jobs = listed(office.ledger, wanted, PAGE, pages.start)
    said = {one.submission_id for one in comments_on(office.ledger, [job.submission.id for job in jobs])}
    return page(
        request, "review.html", jobs=jobs, pages=pages, wanted=wanted, query=query(wanted), at=clock_of(office),
        choices=choices(office.ledger), place=place_name, gist=gist_of, base=file_of, commented=said, states=STATES,
        editions=ordinals(office.ledger, jobs),
        verdicts=tuple(Verdict), problem=office.law.problem, codes=CHECKS,
    )  # fmt: skip


@router.post("/submissions/{key}/comment")
async def remark(request: Request, key: Number, person: Reviewing) -> Response:
    """A word to the bureau; sent twice it stands there once."""
    form = await form_of(request)
    words = str(form.get("words", "")).strip()[:_LONGEST]
    office = office_of(request)
    if await run_in_threadpool(newest_of, office.ledger, key) is None:
        raise HTTPException(404, "submission")
    if words:
        await run_in_threadpool(comment, office.ledger, key, person.name, words)
    return RedirectResponse(f"/submissions/{key}#comments", 303)


@dataclass(frozen=True)
class Expected:
    """A bureau that ought to hand in, and what it last did; place is its division, if told."""

    bureau: str
    place: str
    job: Job | None


@router.get("/missing")
def missing(request: Request, year: str = "") -> Response:
    office = office_of(request)
    years = choices(office.ledger).years
    wanted = chosen(year=year or (str(years[-1]) if years else ""))
    expected = tuple(_expected(office, wanted))
    absent = [one for one in expected if one.job is None]
    return page(
        request, "missing.html", expected=expected, absent=absent, years=years, year=wanted.year, at=clock_of(office),
        base=file_of,
    )  # fmt: skip


def _expected(office: Office, wanted: Wanted) -> Iterator[Expected]:
    """Every bureau of the address book and of the accounts, in the order of the code list."""
    came: dict[tuple[str, str], Job] = {}
    for job in reversed(listed(office.ledger, wanted, MOST)):
        came[normalise(job.submission.bureau), job.submission.division] = job
    order = {division.id: place for place, division in enumerate(divisions())}
    for bureau, place in sorted(_bureaus(office), key=lambda one: (order.get(one[1], len(order)), one[0])):
        yield Expected(bureau, place_name(place), _last(came, normalise(bureau), place))


def _last(came: Mapping[tuple[str, str], Job], bureau: str, place: str) -> Job | None:
    """What a bureau handed in; offices of one name in several counties are told apart where the file says its place."""
    if place:
        return came.get((bureau, place)) or came.get((bureau, ""))
    return next((job for (name, _), job in came.items() if name == bureau), None)


def _bureaus(office: Office) -> set[tuple[str, str]]:
    book = office.settings.config.mail.address_book
    written = mail.load(Path(book).expanduser()).entries if book else {}
    known = {(bureau, place) for bureau, place in written if bureau not in {"", mail.addresses.ANY}}
    named = {normalise(bureau) for bureau, _ in known}
    accounts = office.accounts.bureaus() if office.settings.accounts else ()
    return known | {(bureau, "") for bureau in accounts if bureau and normalise(bureau) not in named}


@router.get("/summary.xlsx")
def summary(request: Request, wanted: Chosen) -> Response:
    """The summary workbook of a batch, of whatever the filters leave."""
    office = office_of(request)
    jobs = listed(office.ledger, wanted, _MOST_IN_SUMMARY + 1)
    if len(jobs) > _MOST_IN_SUMMARY:
        return page(request, "too-many.html", 422, most=_MOST_IN_SUMMARY, query=query(wanted))
    today = datetime.now(ZoneInfo(office.settings.config.batch.timezone)).date()
    content = render(_standings(office, jobs), law_of(office.law.packed)[0], on=today)
    return attachment(content, f"预算级次核查汇总-{today:%Y%m%d}.xlsx")


def _standings(office: Office, jobs: tuple[Job, ...]) -> Iterator[Standing]:
    """One report at a time in memory."""
    for job in jobs:
        if job.result:
            outcome = outcome_of(office.store, job)
            report = outcome.report
            changes = changes_since(office.ledger, office.store, job, report) if report else None
            earlier = (one.submission.name for one in editions(office.ledger, job) if one.id < job.id)
            replaced = tuple(dict.fromkeys(name for name in earlier if name != job.submission.name))
            yield Standing(job, replace(outcome, marked=job.returned_to), changes, replaced)
