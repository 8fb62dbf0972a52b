"""The same work for programs: JSON in and out, described by OpenAPI with examples."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Query, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from checker.checks import CHECKS
from checker.definition import definitions
from checker.documentation import unreadable
from checker.plan import Matter, Plan
from checker.web import forms, shapes
from checker.web.checking import marked, original, own_trial
from checker.web.downloads import attachment
from checker.web.examples import Example, examples
from checker.web.gate import Person, enter
from checker.web.office import office_of
from checker.web.patience import until_done
from checker.web.trials import Trial

router = APIRouter(prefix="/api/v1", responses=shapes.PROBLEMS)
Asking = Annotated[Person, Depends(enter)]
Own = Annotated[Trial, Depends(own_trial)]


@router.post("/checks", status_code=201, response_model=shapes.Check, tags=["核查"], summary="核查一个工作簿")
async def check(
    request: Request,
    person: Asking,
    file: Annotated[UploadFile, File(description="预算表：.xlsx、.xlsm、.xls 或 .ods")],
    wait: Annotated[bool, Query(description="是否等到核查完成再答复；否则立即答复，稍后按 id 取结果")] = True,
) -> Response:
    """只核查，不报送；结果保留一小时。结果与命令行 `checker check --format json` 相同。"""
    content = await file.read()
    trial = await run_in_threadpool(office_of(request).take, file.filename, content, person.name, person.bureau)
    if wait and (ended := office_of(request).ended(trial)):
        await until_done(ended, request)
    return JSONResponse(_told(request, trial), 201, {"Location": f"/api/v1/checks/{trial.id}"})


@router.get("/checks", response_model=list[shapes.Check], tags=["核查"], summary="一小时内核查过的工作簿")
def checks(request: Request, person: Asking) -> Response:
    trials = (trial for trial in office_of(request).trials.all() if person.owns(trial))
    return JSONResponse([_told(request, trial, whole=False) for trial in trials])


@router.get("/checks/{key}", response_model=shapes.Check, tags=["核查"], summary="一次核查的结果")
def one(request: Request, trial: Own) -> Response:
    return JSONResponse(_told(request, trial))


router.get("/checks/{key}/marked", tags=["核查"], summary="标注好的工作簿", **shapes.MARKED)(marked)
router.get("/checks/{key}/original", tags=["核查"], summary="上传的工作簿，原样", **shapes.ORIGINAL)(original)


@router.get("/templates", response_model=list[shapes.Template], tags=["模板"], summary="标准表")
def templates(_: Asking) -> Response:
    return JSONResponse(
        [{"id": table.id, "title": table.title, "version": table.version} for table in definitions().values()]
    )


@router.get("/templates/{table}", tags=["模板"], summary="空白模板（.xlsx）", **shapes.MARKED)
def template(
    _: Asking,
    table: shapes.TableKey,
    place: Annotated[str, Query(description="行政区划代码或名称", examples=["130123"])] = "",
    year: Annotated[str, Query(description="预算年度", pattern="^([0-9]{4})?$", examples=["2026"])] = "",
) -> Response:
    content = forms.workbook(table, place, year)
    return attachment(content, f"{definitions()[table].title}.xlsx")


@router.get("/plans", response_model=list[shapes.Plan], tags=["规则"], summary="已装入的划分方案")
def plans(request: Request, _: Asking) -> Response:
    return JSONResponse([_plan(plan) for plan in office_of(request).rulebook.plans])


@router.get("/plans/{key}", response_model=shapes.WholePlan, tags=["规则"], summary="一个方案的全部事项和条款")
def plan(request: Request, _: Asking, key: shapes.PlanKey) -> Response:
    found = office_of(request).rulebook.plan(key)
    if found is None:
        raise HTTPException(404, "plan")
    left_out = [{"number": one.number, "quote": one.quote, "why": one.why} for one in found.not_encoded]
    return JSONResponse(_plan(found) | {"matters": list(map(_matter, found.matters)), "not_encoded": left_out})


@router.get("/findings", response_model=list[shapes.Code], tags=["规则"], summary="全部疑点代码")
def findings(_: Asking) -> Response:
    return JSONResponse([_code(code) for code in CHECKS])


@router.get("/findings/{code}", response_model=shapes.Code, tags=["规则"], summary="一个疑点代码")
def finding(_: Asking, code: shapes.CodeKey) -> Response:
    if code.upper() not in CHECKS:
        raise HTTPException(404, "code")
    shown = {kind: list(map(_example, several)) for kind, several in examples(code.upper()).items()}
    return JSONResponse(_code(code.upper()) | {"examples": shown})


@router.get("/unreadable", response_model=dict[str, shapes.Reason], tags=["规则"], summary="无法核查的原因")
def reasons(_: Asking) -> Response:
    return JSONResponse({code: dict(reason) for code, reason in unreadable().items()})


def _told(request: Request, trial: Trial, *, whole: bool = True) -> dict[str, Any]:
    """One check; whole adds the report."""
    report = office_of(request).trials.report(trial)
    entry = json.loads(report)["files"][0] if report else None
    here = f"/api/v1/checks/{trial.id}"
    links = {"self": here, "original": f"{here}/original", "page": f"/checks/{trial.id}"}
    if entry and entry["status"] == "checked":
        links["marked"] = f"{here}/marked"
    told = {
        "id": trial.id,
        "file": trial.name,
        "sha256": trial.sha256,
        "status": entry["status"] if entry else "checking",
        "links": links,
    }
    return told | ({"report": entry} if whole else {})


def _plan(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.id,
        "title": plan.document.title,
        "issuer": plan.document.issuer,
        "number": plan.document.number,
        "dated": plan.document.dated,
        "place": plan.place,
        "domain": plan.domain,
        "valid_from": plan.valid_from,
        "valid_to": plan.valid_to,
    }


def _matter(matter: Matter) -> dict[str, Any]:
    return {
        "id": matter.id,
        "name": matter.name,
        "section": matter.section,
        "number": matter.number,
        "by": matter.by,
        "clauses": {level: clause.quote for level, clause in matter.clauses.items()},
        "wording": matter.wording.quote if matter.wording else None,
        "note": matter.note,
    }


def _example(example: Example) -> dict[str, Any]:
    lines = (example.header, *example.lines)
    return {
        "header": {one.title: one.value for one in example.header},
        "lines": [{one.title: one.value for one in line} for line in example.lines],
        "done": example.done,
        "finds": [*example.finds, *(one.title for line in lines for one in line if one.found)],
    }


def _code(code: str) -> dict[str, Any]:
    check = CHECKS[code]
    return {"code": code, "title": check.title, "severity": check.severity, "why": check.why, "fix": check.fix}
