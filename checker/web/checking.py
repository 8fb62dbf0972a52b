"""The way of the accountant: upload, wait, read the result, take the marked workbook home."""

import asyncio
import json
from collections.abc import AsyncIterator
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response, StreamingResponse

from checker.documentation import unreadable
from checker.web.downloads import attachment
from checker.web.faces import page
from checker.web.gate import NotLoggedIn, Person, enter, enter_with_upload, form_of
from checker.web.office import office_of
from checker.web.shapes import CheckKey
from checker.web.trials import Trial

router = APIRouter(include_in_schema=False)
Asking = Annotated[Person, Depends(enter)]
_SHOWN = 50
_LOOK_SECONDS = 0.3
_LONGEST_STREAM = 600.0
# What is put right by taking the standard workbook anew.
_WANTS_TEMPLATE = {"wrong-template", "older-template", "no-lines"}


def own_trial(request: Request, key: CheckKey, person: Asking) -> Trial:
    """The check in the address; one of somebody else does not exist for this reader."""
    trial = office_of(request).trials.find(key)
    if trial is None or not person.owns(trial):
        raise HTTPException(404, "check")
    return trial


Own = Annotated[Trial, Depends(own_trial)]


@router.get("/")
def home(request: Request, person: Asking) -> Response:
    return page(request, "home.html", trials=_of(request, person, 5))


@router.post("/checks")
async def upload(request: Request, person: Annotated[Person, Depends(enter_with_upload)]) -> Response:
    """Take every file of the form in; what each is worth is said on its own page."""
    office = office_of(request)
    form = await form_of(request, office.settings.files_at_once)
    files = [file for file in form.getlist("files") if isinstance(file, UploadFile) and file.filename]
    if not files and person.is_lapsed:
        raise NotLoggedIn
    if not files:
        return page(request, "home.html", 422, trials=_of(request, person, 5), problem="nothing")
    taken = []
    for file in files:
        content = await file.read()
        taken.append(await run_in_threadpool(office.take, file.filename, content, person.name, person.bureau))
    request.state.about = "、".join(trial.name for trial in taken)
    there = f"/checks/{taken[0].id}" if len(taken) == 1 else "/checks"
    return RedirectResponse(f"/login?kept={len(taken)}&to={there}" if person.is_lapsed else there, 303)


@router.get("/checks")
def mine(request: Request, person: Asking) -> Response:
    office, trials = office_of(request), _of(request, person, _SHOWN + 1)
    several = [
        {"trial": trial, "step": office.step(trial), "told": office.trials.gist(trial)} for trial in trials[:_SHOWN]
    ]
    done = sum(one["step"] == "done" for one in several)
    return page(request, "checks.html", several=several, done=done, more=len(trials) > _SHOWN)


@router.get("/checks/events")
def events(request: Request, person: Asking) -> StreamingResponse:
    """How far each of the reader's checks is, told whenever it changes."""
    return StreamingResponse(
        _steps(request, person), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


async def _steps(request: Request, person: Person) -> AsyncIterator[str]:
    office, told = office_of(request), None
    for _ in range(int(_LONGEST_STREAM / _LOOK_SECONDS)):
        steps = {trial.id: office.step(trial) for trial in _of(request, person, _SHOWN)}
        if steps != told:
            told = steps
            yield f"data: {json.dumps(steps)}\n\n"
        is_over = set(steps.values()) <= {"done"} or request.app.state.is_stopping()
        if is_over or await request.is_disconnected():
            return
        await asyncio.sleep(_LOOK_SECONDS)


@router.get("/checks/{key}")
def result(request: Request, trial: Own, person: Asking, show: str = "", number: int = 1) -> Response:
    office = office_of(request)
    told = office.trials.gist(trial)
    if told is None:
        return page(request, "waiting.html", trial=trial, step=office.step(trial))
    viewed = office.view(trial, show, number)
    if viewed is None:
        outcome = office.outcome(trial)
        return _unreadable(request, trial, *((outcome and outcome.error) or ("internal", "")))
    report = viewed[0].report
    changes = office.changes(person, trial, report) if report else None
    return page(request, "result.html", trial=trial, outcome=viewed[0], told=told, view=viewed[1], changes=changes)


def _unreadable(request: Request, trial: Trial, code: str, message: str) -> Response:
    title = unreadable()[code]["title"] if code in unreadable() else ""
    wants_template = code in _WANTS_TEMPLATE
    return page(
        request, "unreadable.html", trial=trial, code=code, title=title, message=message, wants_template=wants_template
    )


@router.get("/checks/{key}/marked")
def marked(request: Request, trial: Own) -> Response:
    content = office_of(request).trials.marked(trial)
    if not content:
        raise HTTPException(404, "marked")
    return attachment(content, trial.marked_name)


@router.get("/checks/{key}/original")
def original(request: Request, trial: Own) -> Response:
    return attachment(office_of(request).trials.upload(trial), trial.name, "application/octet-stream")


@router.get("/checks/{key}/report.json")
def report(request: Request, trial: Own) -> Response:
    content = office_of(request).trials.report(trial)
    if content is None:
        raise HTTPException(404, "check")
    return attachment(content, f"{trial.name}.json", "application/json")


@router.post("/checks/{key}/drop")
async def drop(request: Request, trial: Own) -> Response:
    await form_of(request)
    office_of(request).trials.drop(trial)
    return RedirectResponse("/checks", 303)


def _of(request: Request, person: Person, most: int) -> list[Trial]:
    """The reader's newest checks."""
    return list(islice(filter(person.owns, office_of(request).trials.all()), most))
