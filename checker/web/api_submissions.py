"""Submissions for programs: hand in, look up, fetch, and what the reviewers said of them."""

import json
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, File, Query, Request, UploadFile
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from checker.ledger import Comment, Job, comment
from checker.ledger.listing import Wanted, count, editions, listed, newest_of
from checker.web import shapes
from checker.web.checking import Asking
from checker.web.gate import Person, review
from checker.web.office import Office, office_of
from checker.web.patience import until_done
from checker.web.submissions import (
    Mine,
    file_of,
    links,
    marked,
    mine,
    original,
    pages_of,
    said_of,
    take,
)

_PATIENCE = 600.0
_HERE = "/api/v1/submissions"
_Numbered = Annotated[int, Query(ge=1, le=1_000_000, description="第几页，每页 50 份")]

router = APIRouter(prefix=_HERE, responses=shapes.PROBLEMS, tags=["报送"])


class _Shape(BaseModel):
    model_config = ConfigDict(extra="allow")


class SubmissionLinks(_Shape):
    """Where the rest of a submission is; marked and report are there once it was checked."""

    self: str = Field(examples=["/api/v1/submissions/17"])
    page: str = Field(examples=["/submissions/17"])
    original: str = Field(examples=["/api/v1/submissions/17/original"])
    comments: str = Field(examples=["/api/v1/submissions/17/comments"])
    marked: str | None = Field(default=None, examples=["/api/v1/submissions/17/marked"])
    report: str | None = Field(default=None, examples=["/api/v1/submissions/17/report"])


class Submission(_Shape):
    """One workbook handed in; number counts the different files under one name, counts are those of its report."""

    id: int = Field(examples=[17])
    file: str = Field(examples=["申报表.xlsx"])
    number: int = Field(examples=[2])
    sha256: str = Field(examples=["8c3281b3f2b1…"])
    received_at: str = Field(examples=["2026-11-23T10:15:00+00:00"])
    bureau: str = Field(examples=["正定县市场监督管理局"])
    division: str = Field(examples=["130123"])
    year: int | None = Field(examples=[2026])
    status: str = Field(examples=["checked", "unreadable", "checking"])
    counts: dict[str, int] = Field(examples=[{"right": 5, "wrong": 1, "undecided": 0, "outside": 2, "error": 1}])
    error: dict[str, str] | None = Field(examples=[{"code": "encrypted", "message": "文件设有打开密码。"}])
    rulebook: str = Field(examples=["shijiazhuang-ip-2024@bde61b29"])
    links: SubmissionLinks


class WholeSubmission(Submission):
    """A submission with every file that was handed in under its name, oldest first."""

    editions: list[int] = Field(examples=[[9, 17]])


class Submissions(_Shape):
    """A page of a list."""

    total: int = Field(examples=[1])
    page: int = Field(examples=[1])
    pages: int = Field(examples=[1])
    submissions: list[Submission]


class Remark(_Shape):
    """What a reviewer said of a submission."""

    submission: int = Field(examples=[17])
    author: str = Field(examples=["王审核"])
    words: str = Field(examples=["请补充立项依据。"])
    written_at: str = Field(examples=["2026-11-23T11:00:00+00:00"])


class Words(BaseModel):
    """What a reviewer wants to say."""

    words: str = Field(min_length=1, max_length=2000, pattern=r"\S", examples=["请补充立项依据。"])


def _wanted(
    person: Asking,
    text: Annotated[str, Query(max_length=100, description="文件名、单位或账号里的字", examples=["市场监督"])] = "",
    bureau: Annotated[str, Query(max_length=100, description="填报单位全称", examples=["正定县市场监督管理局"])] = "",
    division: Annotated[str, Query(max_length=100, description="行政区划代码", examples=["130123"])] = "",
    year: Annotated[str, Query(pattern="^([0-9]{4})?$", description="预算年度", examples=["2026"])] = "",
    state: Annotated[Literal["", "waiting", "passed", "faulty", "unreadable"], Query(description="状态")] = "",
    verdict: Annotated[Literal["", "right", "wrong", "undecided", "outside"], Query(description="有这种结论的行")] = "",
    code: Annotated[str, Query(max_length=16, description="有这种疑点", examples=["LV01"])] = "",
) -> Wanted:
    """Reviewers choose among all submissions, a bureau among its own."""
    own = Wanted() if person.may_review else mine(person)
    return replace(
        own, text=text.strip(), bureau=bureau.strip(), division=division, year=int(year) if year else None, state=state,
        verdict=verdict, code=code.strip().upper(),
    )  # fmt: skip


@router.post("", status_code=201, response_model=WholeSubmission, summary="报送一个工作簿")
async def hand_in(
    request: Request,
    person: Asking,
    file: Annotated[UploadFile, File(description="预算表：.xlsx、.xlsm、.xls 或 .ods")],
    wait: Annotated[bool, Query(description="是否等到核查完成再答复；否则立即答复，稍后按 id 取结果")] = True,
) -> Response:
    """存入台账并核查；同名同内容再次报送，仍是原来那一份。"""
    office, content = office_of(request), await file.read()
    job = await run_in_threadpool(take, office, person, file.filename or "", content)
    if wait:
        job = await _finished(request, office, job)
    told = await run_in_threadpool(_whole, office, job)
    return JSONResponse(told, 201, {"Location": told["links"]["self"]})


@router.get("", response_model=Submissions, summary="报送一览：本单位的，审核人员看全部")
def several(request: Request, wanted: Annotated[Wanted, Depends(_wanted)], page: _Numbered = 1) -> Response:
    office = office_of(request)
    pages = pages_of(count(office.ledger, wanted), str(page))
    jobs = listed(office.ledger, wanted, 50, pages.start)
    return JSONResponse(
        {"total": pages.total, "page": pages.number, "pages": pages.pages, "submissions": list(map(_told, jobs))}
    )


@router.get("/{key}", response_model=WholeSubmission, summary="一份报送")
def one(request: Request, job: Mine) -> Response:
    return JSONResponse(_whole(office_of(request), job))


@router.get("/{key}/report", response_model=dict[str, Any], summary="核查结果，与命令行 --format json 相同")
def report(request: Request, job: Mine) -> Response:
    if job.result is None or not job.result.report:
        raise HTTPException(404, "submission")
    content = office_of(request).store.read(job.result.report)
    return JSONResponse(json.loads(content)["files"][0])


router.get("/{key}/marked", summary="标注好的工作簿", **shapes.MARKED)(marked)
router.get("/{key}/original", summary="报送的工作簿，原样", **shapes.ORIGINAL)(original)


@router.get("/{key}/comments", response_model=list[Remark], summary="审核意见，最近的在前")
def comments(request: Request, job: Mine) -> Response:
    office = office_of(request)
    return JSONResponse(list(map(_remark, said_of(office, editions(office.ledger, job)))))


@router.post("/{key}/comments", status_code=201, response_model=list[Remark], summary="写审核意见（审核人员）")
def say(request: Request, job: Mine, person: Annotated[Person, Depends(review)], said: Words) -> Response:
    """同样的话说两遍，只记一遍。"""
    office = office_of(request)
    comment(office.ledger, job.submission.id, person.name, said.words.strip())
    return JSONResponse(list(map(_remark, said_of(office, editions(office.ledger, job)))), 201)


async def _finished(request: Request, office: Office, job: Job) -> Job:
    """The job once it is marked, or as it stands when nobody would wait any longer."""
    if job.returned_at is not None:
        return job
    waiting = office.intake.when_returned(job)
    found = await run_in_threadpool(newest_of, office.ledger, job.submission.id) or job
    if found.returned_at is not None:
        return found
    await until_done(waiting, request, _PATIENCE)
    return await run_in_threadpool(newest_of, office.ledger, job.submission.id) or found


def _told(job: Job) -> dict[str, Any]:
    submission, result, here = job.submission, job.result, f"{_HERE}/{job.submission.id}"
    error = dict(zip(("code", "message"), result.error, strict=True)) if result and result.error else None
    return {
        "id": submission.id,
        "file": file_of(job),
        "number": submission.number,
        "sha256": submission.sha256,
        "received_at": submission.received_at.isoformat(),
        "bureau": submission.bureau,
        "division": submission.division,
        "year": submission.year,
        "status": str(result.state) if result else "checking",
        "counts": result.counts if result else {},
        "error": error,
        "rulebook": job.version.rulebook,
        "links": {
            "self": here,
            "page": f"/submissions/{submission.id}",
            "comments": f"{here}/comments",
            **{name: f"{here}/{name}" for name in links(job)},
        },
    }


def _whole(office: Office, job: Job) -> dict[str, Any]:
    return _told(job) | {"editions": [one.submission.id for one in editions(office.ledger, job)]}


def _remark(one: Comment) -> dict[str, Any]:
    return {
        "submission": one.submission_id,
        "author": one.author,
        "words": one.words,
        "written_at": one.written_at.isoformat(),
    }
