"""The register in the browser: what stands in it, a new entry, and what it would change before it is switched on."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated

import yaml
from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from yaml import YAMLError

from checker import register
from checker.definition import TableDefinition
from checker.errors import BadDeclaration, CheckerError, UnreadableWorkbook
from checker.files import SCHEMAS
from checker.register.sheets import DETERMINATIONS, WAIVERS
from checker.vocabulary_file import vocabulary_of
from checker.web.downloads import attachment
from checker.web.drafts import OPEN, PLAN, Draft
from checker.web.entry import shown
from checker.web.faces import page
from checker.web.gate import form_of, review
from checker.web.office import Office, office_of
from checker.web.registrar import CAP
from checker.web.review import Reviewing
from checker.web.settings import MEGABYTE
from checker.web.submissions import clock_of
from checker.web.trials import file_name

router = APIRouter(prefix="/review", include_in_schema=False, dependencies=[Depends(review)])
TABLES = {"determinations": DETERMINATIONS, "waivers": WAIVERS}
_LONGEST = 1000
_LATEST = 30
_LONGEST_SOURCE = 255  # bytes of a name that every file system takes


def table_of(table: str) -> TableDefinition:
    if table not in TABLES:
        raise HTTPException(404)
    return register.definitions()[TABLES[table]]


Table = Annotated[TableDefinition, Depends(table_of)]


def draft_of(request: Request, key: str) -> Draft:
    draft = office_of(request).registrar.drafts.find(key)
    if draft is None:
        raise HTTPException(404)
    return draft


Drafted = Annotated[Draft, Depends(draft_of)]


@router.get("/register")
def entries(request: Request) -> Response:
    office = office_of(request)
    office.law.refresh()
    drafts = [one for one in office.registrar.drafts.all() if one.table != PLAN][:_LATEST]
    return page(
        request, "register.html", entries=shown(office.law.content), tables=register.definitions(), drafts=drafts,
        history=[path.name for path in office.registrar.history()][:_LATEST], law=office.law, at=moments(office),
        addresses={id_: name for name, id_ in TABLES.items()},
    )  # fmt: skip


@router.get("/register/workbook")
def workbook(request: Request) -> Response:
    law = office_of(request).law
    if law.content is None:
        raise HTTPException(404)
    return attachment(law.content, law.path.name)


@router.get("/register/history/{name}")
def old_workbook(request: Request, name: str) -> Response:
    found = next((path for path in office_of(request).registrar.history() if path.name == name), None)
    if found is None:
        raise HTTPException(404)
    return attachment(found.read_bytes(), found.name)


@router.get("/register/{table}")
def blank(request: Request, table: str, definition: Table) -> Response:
    """The form, filled in with what the address says: that of an undecided line."""
    given = {column.field: request.query_params.get(column.field, "")[:_LONGEST] for column in definition.columns}
    return _form(request, table, definition, given)


@router.post("/register/{table}")
async def propose(request: Request, table: str, definition: Table, person: Reviewing) -> Response:
    """Keep an entry as a draft; what the register refuses is said in its own words."""
    form = await form_of(request)
    values = {column.field: _text(form, column.field) for column in definition.columns}
    try:
        draft = await run_in_threadpool(office_of(request).registrar.draft, definition.id, values, person.name)
    except UnreadableWorkbook as error:
        return await run_in_threadpool(_form, request, table, definition, values, error.message)
    return RedirectResponse(f"/review/drafts/{draft.id}", 303)


def _text(form: FormData, name: str) -> str:
    return " ".join(str(form.get(name, "")).split())[:_LONGEST]


def _form(
    request: Request, table: str, definition: TableDefinition, values: Mapping[str, str], fault: str = ""
) -> Response:
    rules = office_of(request).rulebook
    named = register.listed(values.get("wording", ""), rules) if values.get("wording") else None
    domains = list(dict.fromkeys(vocabulary_of(plan).name for plan in rules.plans))
    return page(
        request, "entry.html", 422 if fault else 200, table=table, definition=definition, values=values, fault=fault,
        lists={"plans": domains}, named=named,
    )  # fmt: skip


@router.get("/drafts/{key}")
def draft(request: Request, found: Drafted) -> Response:
    office = office_of(request)
    definition = register.definitions().get(found.table)
    return page(
        request, "draft.html", draft=found, effect=office.registrar.drafts.effect(found), definition=definition,
        at=moments(office), cap=CAP,
    )  # fmt: skip


@router.post("/drafts/{key}/on")
async def switch_on(request: Request, found: Drafted, person: Reviewing) -> Response:
    await form_of(request)
    await run_in_threadpool(office_of(request).registrar.switch_on, found, person.name)
    return RedirectResponse(f"/review/drafts/{found.id}", 303)


@router.post("/drafts/{key}/drop")
async def drop(request: Request, found: Drafted) -> Response:
    await form_of(request)
    await run_in_threadpool(office_of(request).registrar.drop, found)
    return RedirectResponse("/review/plans" if found.table == PLAN else "/review/register", 303)


@router.get("/plans")
def plans(request: Request) -> Response:
    return _plans(request)


@router.post("/plans")
async def try_plan(request: Request, person: Reviewing) -> Response:
    """Keep a plan file with its sources beside those in force, and see what it would change."""
    form = await form_of(request, 10)
    files = [file for file in form.getlist("files") if isinstance(file, UploadFile) and file.filename]
    try:
        name, kept = _placed({file_name(file.filename): await file.read() for file in files})
        draft = await run_in_threadpool(office_of(request).registrar.draft_plan, name, kept, person.name)
    except CheckerError as error:
        return await run_in_threadpool(_plans, request, str(error))
    return RedirectResponse(f"/review/drafts/{draft.id}", 303)


def _placed(files: dict[str, bytes]) -> tuple[str, dict[str, bytes]]:
    """One plan file, and beside it the sources it quotes: those sent, else the archived ones."""
    declared = [name for name in files if name.lower().endswith((".yaml", ".yml"))]
    if len(declared) != 1 or sum(map(len, files.values())) > MEGABYTE:
        raise BadDeclaration("请选择一个划分方案文件（.yaml），连同它引用的原文（.md），合计不超过 1 MB。")
    [name] = declared
    wanted = _source(files[name])
    archived = SCHEMAS / "sources" / wanted
    source = files.get(wanted, archived.read_bytes() if wanted and archived.is_file() else None)
    return name, {"plans/plan.yaml": files[name]} | ({f"sources/{wanted}": source} if source is not None else {})


def _source(content: bytes) -> str:
    """The name of the source a plan file quotes; a plan says no path, so that no other file is ever read for it."""
    try:
        source = str(yaml.safe_load(content)["document"]["source"])
    except (YAMLError, UnicodeDecodeError, KeyError, TypeError, RecursionError):
        return ""  # what is wrong with it is said by those who read it in earnest
    if source != file_name(source) or source in {".", ".."} or len(source.encode("utf-8", "replace")) > _LONGEST_SOURCE:
        raise BadDeclaration(f"方案里的原文 source 应是不太长的文件名，不能带路径：{source[:80]}")
    return source


def _plans(request: Request, fault: str = "") -> Response:
    office = office_of(request)
    drafts = [one for one in office.registrar.drafts.all() if one.table == PLAN and one.state == OPEN][:_LATEST]
    return page(
        request, "plan-drafts.html", 422 if fault else 200, drafts=drafts, fault=fault, at=moments(office), cap=CAP
    )


def moments(office: Office) -> Callable[[float], str]:
    """Seconds since 1970 as the office's clock shows them."""
    shown_at = clock_of(office)
    return lambda seconds: shown_at(datetime.fromtimestamp(seconds, UTC))
