"""The way of the accountant: upload, wait, read the result, take the marked workbook home."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response, StreamingResponse

from checker.documentation import unreadable
from checker.report.outcome import conclusion
from checker.web.downloads import attachment
from checker.web.faces import page
from checker.web.gate import Person, enter, form_of
from checker.web.office import Office
from checker.web.result import shown
from checker.web.trials import Trial

router = APIRouter(include_in_schema=False)
Asking = Annotated[Person, Depends(enter)]
_LOOK_SECONDS = 0.3
_LONGEST_STREAM = 600.0
# What is put right by taking the standard workbook anew.
_WANTS_TEMPLATE = {"wrong-template", "older-template", "no-lines"}


def _office(request: Request) -> Office:
    office: Office = request.app.state.office
    return office


def own_trial(request: Request, key: str, person: Asking) -> Trial:
    """The check in the address; one of somebody else does not exist for this reader."""
    trial = _office(request).trials.find(key)
    if trial is None or not person.owns(trial):
        raise HTTPException(404, "check")
    return trial


Own = Annotated[Trial, Depends(own_trial)]


@router.get("/")
def home(request: Request, person: Asking) -> Response:
    return page(request, "home.html", trials=_of(request, person)[:5])


@router.post("/checks")
async def upload(request: Request, person: Asking) -> Response:
    """Take every file of the form in; what each is worth is said on its own page."""
    office = _office(request)
    form = await form_of(request, office.settings.files_at_once)
    files = [file for file in form.getlist("files") if isinstance(file, UploadFile) and file.filename]
    if not files:
        return page(request, "home.html", 422, trials=_of(request, person)[:5], problem="nothing")
    taken = []
    for file in files:
        content = await file.read()
        taken.append(await run_in_threadpool(office.take, file.filename, content, person.name, person.bureau))
    return RedirectResponse(f"/checks/{taken[0].id}" if len(taken) == 1 else "/checks", 303)


@router.get("/checks")
def mine(request: Request, person: Asking) -> Response:
    trials = _of(request, person)
    outcomes = {trial.id: _office(request).outcome(trial) for trial in trials}
    return page(request, "checks.html", trials=trials, outcomes=outcomes, conclusion=conclusion)


@router.get("/checks/events")
def events(request: Request, person: Asking) -> StreamingResponse:
    """How far each of the reader's checks is, told whenever it changes."""
    return StreamingResponse(_states(request, person), media_type="text/event-stream")


async def _states(request: Request, person: Person) -> AsyncIterator[str]:
    trials, told = _office(request).trials, None
    for _ in range(int(_LONGEST_STREAM / _LOOK_SECONDS)):
        states = await run_in_threadpool(
            lambda: {trial.id: trials.is_done(trial) for trial in trials.all() if person.owns(trial)}
        )
        if states != told:
            told = states
            yield f"data: {json.dumps(states)}\n\n"
        if all(states.values()) or await request.is_disconnected():
            return
        await asyncio.sleep(_LOOK_SECONDS)


@router.get("/checks/{key}")
def result(request: Request, trial: Own, show: str = "", number: int = 1) -> Response:
    outcome = _office(request).outcome(trial)
    if outcome is None:
        return page(request, "waiting.html", trial=trial)
    if outcome.report is None:
        return _unreadable(request, trial, *(outcome.error or ("internal", "")))
    sentence, view = conclusion(outcome), shown(outcome.report, show, number)
    return page(request, "result.html", trial=trial, outcome=outcome, conclusion=sentence, view=view)


def _unreadable(request: Request, trial: Trial, code: str, message: str) -> Response:
    title = unreadable()[code]["title"] if code in unreadable() else ""
    wants_template = code in _WANTS_TEMPLATE
    return page(
        request, "unreadable.html", trial=trial, code=code, title=title, message=message, wants_template=wants_template
    )


@router.get("/checks/{key}/marked")
def marked(request: Request, trial: Own) -> Response:
    content = _office(request).trials.marked(trial)
    if not content:
        raise HTTPException(404, "marked")
    return attachment(content, trial.marked_name)


@router.get("/checks/{key}/original")
def original(request: Request, trial: Own) -> Response:
    return attachment(_office(request).trials.upload(trial), trial.name, "application/octet-stream")


@router.get("/checks/{key}/report.json")
def report(request: Request, trial: Own) -> Response:
    content = _office(request).trials.report(trial)
    if content is None:
        raise HTTPException(404, "check")
    return attachment(content, f"{trial.name}.json", "application/json")


@router.post("/checks/{key}/drop")
async def drop(request: Request, trial: Own) -> Response:
    await form_of(request)
    _office(request).trials.drop(trial)
    return RedirectResponse("/checks", 303)


def _of(request: Request, person: Person) -> list[Trial]:
    return [trial for trial in _office(request).trials.all() if person.owns(trial)]
