"""The way of the accountant, continued: hand in what was checked, and find it again with what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from checker.batch.work import Answer
from checker.documentation import unreadable
from checker.ledger import Comment, Job, comments_on
from checker.ledger.listing import Wanted, count, editions, find, inbox_of, listed, newest_of, ordinals
from checker.standing import report_of
from checker.terms import Verdict
from checker.web.checking import Asking, Own
from checker.web.downloads import attachment
from checker.web.faces import page
from checker.web.folders import folder, folder_of, own_folder, place, tame
from checker.web.gate import NotLoggedIn, Person, enter_with_upload, form_of
from checker.web.intake import WEB
from checker.web.office import Office, office_of
from checker.web.result import shown
from checker.web.shapes import Number, SubmissionKey
from checker.web.trials import Gist, Trial, file_name

router = APIRouter(include_in_schema=False)
PAGE = 50


def clock_of(office: Office) -> Callable[[datetime], str]:
    """Moments as the office's clock on the wall shows them."""
    zone = ZoneInfo(office.settings.config.batch.timezone)
    return lambda moment: moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def may_see(office: Office, person: Person, job: Job) -> bool:
    """Reviewers see everything; a bureau what was handed in through the pages for it, whatever a workbook says."""
    if person.may_review:
        return True
    return inbox_of(office.ledger, job) == WEB and folder_of(job) == tame(folder(person))


def own_submission(request: Request, key: SubmissionKey, person: Asking) -> Job:
    """The submission in the address; one that the reader may not see does not exist for them."""
    office = office_of(request)
    job = newest_of(office.ledger, int(key)) if key.isascii() and key.isdigit() and len(key) < 10 else None
    if job is None or not may_see(office, person, job):
        raise HTTPException(404, "submission")
    return job


Mine = Annotated[Job, Depends(own_submission)]


def gist_of(job: Job) -> Gist | None:
    """What a list says of a submission; None while it is not checked."""
    if job.result is None:
        return None
    lines = sum(job.result.counts.get(verdict, 0) for verdict in Verdict)
    return Gist(job.result.error[1] if job.result.error else None, job.result.counts, lines, bool(job.marked))


def number_of(text: str) -> int:
    """The number of a page, from an address bar."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 7 else 1


@dataclass(frozen=True)
class Pages:
    """Which page of how many, and where it begins."""

    number: int
    pages: int
    total: int

    @property
    def start(self) -> int:
        return (self.number - 1) * PAGE


def pages_of(total: int, asked: str) -> Pages:
    pages = max(1, -(-total // PAGE))
    return Pages(min(number_of(asked), pages), pages, total)


def mine(person: Person, text: str = "") -> Wanted:
    """What somebody handed in: a bureau's own, of all bureaus for those who review."""
    under = None if person.may_review else tame(folder(person))
    return Wanted(text=text.strip(), inbox=WEB, under=under)


@router.get("/submissions")
def submissions(request: Request, person: Asking, text: str = "", number: str = "1", problem: str = "") -> Response:
    office = office_of(request)
    wanted = mine(person, text)
    pages = pages_of(count(office.ledger, wanted), number)
    jobs = listed(office.ledger, wanted, PAGE, pages.start)
    said = {one.submission_id for one in comments_on(office.ledger, [job.submission.id for job in jobs])}
    return page(
        request, "submissions.html", 422 if problem else 200, jobs=jobs, pages=pages, text=text.strip(),
        problem=problem, gist=gist_of, commented=said, at=clock_of(office), base=file_of,
        editions=ordinals(office.ledger, jobs), is_open=any(job.result is None for job in jobs),
    )  # fmt: skip


@router.post("/submissions")
async def hand_in(request: Request, person: Annotated[Person, Depends(enter_with_upload)]) -> Response:
    """Take every file of the form in for good; each is checked when its turn comes.

    Somebody whose session ended meanwhile finds the files kept as checks, and hands them in after logging in.
    """
    office = office_of(request)
    form = await form_of(request, office.settings.files_at_once)
    files = [file for file in form.getlist("files") if isinstance(file, UploadFile) and file.filename]
    request.state.about = "、".join(file_name(file.filename) for file in files)
    if not files and person.is_lapsed:
        raise NotLoggedIn
    if not files:
        return await run_in_threadpool(submissions, request, person, problem="nothing")
    contents = [(file.filename or "", await file.read()) for file in files]
    if person.is_lapsed:
        for name, content in contents:
            await run_in_threadpool(office.take, name, content, person.name, person.bureau)
        return RedirectResponse(f"/login?kept={len(files)}&to=/checks", 303)
    jobs = [await run_in_threadpool(take, office, person, name, content) for name, content in contents]
    return RedirectResponse(f"/submissions/{jobs[0].submission.id}" if len(jobs) == 1 else "/submissions", 303)


def take(office: Office, person: Person, name: str, content: bytes) -> Job:
    """One workbook handed in without being checked before; raises Infected."""
    office.examine(file_name(name), content)
    return office.intake.hand_in(place(folder(person), file_name(name)), content, person.name)


@router.post("/checks/{key}/submit")
async def submit(request: Request, trial: Own, person: Asking) -> Response:
    await form_of(request)
    request.state.about = trial.name
    job = await run_in_threadpool(hand_in_checked, office_of(request), person, trial)
    return RedirectResponse(f"/submissions/{job.submission.id}" if job else f"/checks/{trial.id}", 303)


def hand_in_checked(office: Office, person: Person, trial: Trial) -> Job | None:
    """Hand in what was checked, with the result it has; None of a file that has none, or that nobody can read."""
    outcome = office.outcome(trial)
    if outcome is None or outcome.report is None:
        return None
    trials = office.trials
    answer = Answer(outcome, trials.report(trial) or b"", trials.marked(trial) or b"")
    name = place(folder(person, outcome.report), trial.name)
    job = office.intake.hand_in(name, trials.upload(trial), person.name, answer)
    trials.handed_in(trial, job.id)
    return job


@router.get("/submissions/of/{key}")
def of_job(request: Request, key: Number, person: Asking) -> Response:
    """Where a check went that was handed in."""
    office = office_of(request)
    job = find(office.ledger, key)
    if job is None or not may_see(office, person, job):
        raise HTTPException(404, "submission")
    return RedirectResponse(f"/submissions/{job.submission.id}", 303)


@router.get("/submissions/{key}")
def submission(request: Request, job: Mine, person: Asking, show: str = "", number: str = "1") -> Response:
    office = office_of(request)
    report = report_of(office.store, job)
    changes = office.intake.changes(job, report) if report else None
    others = editions(office.ledger, job)
    edition = [one.submission.id for one in others].index(job.submission.id) + 1
    return page(
        request, "submission.html", job=job, report=report, told=gist_of(job), others=others, edition=edition,
        at=clock_of(office),
        view=shown(report, show, number_of(number)) if report else None, base=file_of, changes=changes,
        comments=said_of(office, others), why=_why(job), other_bureau=_other_bureau(job), may_review=person.may_review,
    )  # fmt: skip


def said_of(office: Office, jobs: tuple[Job, ...]) -> tuple[Comment, ...]:
    """What reviewers said of any of these files, the last first."""
    return tuple(reversed(comments_on(office.ledger, [job.submission.id for job in jobs])))


def _why(job: Job) -> dict[str, str] | None:
    """Why a file could not be checked, and what to do."""
    if job.result is None or job.result.error is None:
        return None
    code, message = job.result.error
    return {"title": unreadable()[code]["title"] if code in unreadable() else "", "message": message, "code": code}


def _other_bureau(job: Job) -> str:
    """The bureau a workbook names, where it is not the one it was handed in for; who hands in for any has none."""
    named, by = job.submission.bureau, job.submission.sender
    for_a_bureau = by and folder_of(job) != tame(own_folder(by))
    return named if named and for_a_bureau and tame(named) != folder_of(job) else ""


@router.get("/submissions/{key}/original")
def original(request: Request, job: Mine) -> Response:
    content = office_of(request).store.read(job.submission.sha256)
    return attachment(content, file_of(job), "application/octet-stream")


@router.get("/submissions/{key}/marked")
def marked(request: Request, job: Mine) -> Response:
    if not job.marked:
        raise HTTPException(404, "submission")
    return attachment(office_of(request).store.read(job.marked), marked_name(job))


@router.get("/submissions/{key}/report.json")
def report(request: Request, job: Mine) -> Response:
    if job.result is None or not job.result.report:
        raise HTTPException(404, "submission")
    return attachment(office_of(request).store.read(job.result.report), f"{file_of(job)}.json", "application/json")


def file_of(job: Job) -> str:
    """The name of the workbook itself."""
    return PurePosixPath(job.submission.name).name


def marked_name(job: Job) -> str:
    path = PurePosixPath(file_of(job))
    return f"{path.stem}.checked{'.xlsm' if path.suffix.lower() == '.xlsm' else '.xlsx'}"


def links(job: Job) -> tuple[str, ...]:
    """The parts of a submission that there are."""
    parts = {"original": True, "marked": bool(job.marked), "report": bool(job.result and job.result.report)}
    return tuple(part for part, there in parts.items() if there)
