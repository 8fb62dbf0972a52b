"""What the API answers, as types with an example each, so that its description needs no other document."""

from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from checker.web.downloads import MACROS, WORKBOOK

LARGEST = 2**31 - 1  # number of a row of the ledger

# What the addresses name.
CheckKey = Annotated[str, Path(description="核查的编号", examples=["84YEGqGRzGOlgVQ6"])]
SubmissionKey = Annotated[str, Path(description="报送的编号", examples=["17"])]
Number = Annotated[int, Path(description="台账里的编号", ge=1, le=LARGEST)]
PlanKey = Annotated[str, Path(description="划分方案的编号", examples=["shijiazhuang-ip-2024"])]
TableKey = Annotated[str, Path(description="标准表的编号", examples=["projects", "projects-consolidated"])]
CodeKey = Annotated[str, Path(description="疑点代码，大小写均可", examples=["LV01"])]

_BYTES = {"schema": {"type": "string", "format": "binary"}}
_KINDS = {WORKBOOK: _BYTES, MACROS: _BYTES}
_AS_SENT = {"description": "上传的字节，原样", "content": {"application/octet-stream": _BYTES}}
# How a route says that it answers with a file: **MARKED.
MARKED: dict[str, Any] = {
    "response_class": Response,
    "responses": {200: {"description": "工作簿", "content": _KINDS}},
}
ORIGINAL: dict[str, Any] = {"response_class": Response, "responses": {200: _AS_SENT}}

_REPORT = {
    "file": "申报表.xlsx",
    "sha256": "8c3281b3…",
    "status": "checked",
    "error": None,
    "template": {"id": "projects", "version": "2.0"},
    "rulebook": "shijiazhuang-ip-2024@bde61b29",
    "counts": {"right": 5, "wrong": 1, "undecided": 0, "outside": 2, "error": 1, "warning": 0, "info": 0},
    "lines": [
        {
            "sheet": "填报表",
            "row": 12,
            "bureau": "正定县市场监督管理局",
            "bureau_level": "县级",
            "name": "专利侵权纠纷行政裁决",
            "amount_fen": 6000000,
            "charged_level": "县级",
            "responsible_level": "市级",
            "verdict": "wrong",
            "matter": "IP-4.2",
            "section": "四",
            "clause": "未列入中央、省级财政事权的知识产权侵权纠纷的行政裁决",
            "because": "应由市级承担，填报的是县级。按“行政裁决”，是“侵权纠纷的行政裁决”。",
            "evidence": [{"cell": "B12", "words": "行政裁决"}],
        }
    ],
    "findings": [],
}


class _Shape(BaseModel):
    model_config = ConfigDict(extra="allow")


class Links(_Shape):
    """Where the rest of a check is; marked is there once a workbook was marked."""

    self: str = Field(examples=["/api/v1/checks/84YEGqGRzGOlgVQ6"])
    original: str = Field(examples=["/api/v1/checks/84YEGqGRzGOlgVQ6/original"])
    page: str = Field(examples=["/checks/84YEGqGRzGOlgVQ6"])
    marked: str | None = Field(default=None, examples=["/api/v1/checks/84YEGqGRzGOlgVQ6/marked"])


class Check(_Shape):
    """One workbook sent in: its report is what `checker check --format json` says of a file, None while checking."""

    id: str = Field(examples=["84YEGqGRzGOlgVQ6"])
    file: str = Field(examples=["申报表.xlsx"])
    sha256: str = Field(examples=["8c3281b3f2b1…"])
    status: str = Field(examples=["checked", "unreadable", "checking"])
    links: Links
    report: dict[str, Any] | None = Field(default=None, examples=[_REPORT])


class Template(_Shape):
    """A standard table."""

    id: str = Field(examples=["projects"])
    title: str = Field(examples=["部门项目支出预算申报表"])
    version: str = Field(examples=["2.0"])


class Plan(_Shape):
    """A division plan; valid_from and valid_to are budget years, both included."""

    id: str = Field(examples=["shijiazhuang-ip-2024"])
    title: str = Field(examples=["石家庄市知识产权领域市与县（市、区）财政事权和支出责任划分改革方案"])
    issuer: str = Field(examples=["石家庄市人民政府办公室"])
    number: str = Field(examples=["〔2024〕—38"])
    dated: str = Field(examples=["2024-05-12"])
    place: str = Field(examples=["130100"])
    domain: str = Field(examples=["intellectual-property"])
    valid_from: int = Field(examples=[2024])
    valid_to: int | None = Field(default=None, examples=[None])


class Matter(_Shape):
    """One matter: the clause of every level that has one, word for word."""

    id: str = Field(examples=["IP-4.2"])
    name: str = Field(examples=["侵权纠纷的行政裁决"])
    section: str = Field(examples=["四"])
    number: str = Field(examples=["二（四）"])
    by: str = Field(examples=["scope", "affiliation", "holder", "open"])
    clauses: dict[str, str] = Field(examples=[{"市级": "未列入中央、省级财政事权的知识产权侵权纠纷的行政裁决"}])
    wording: str | None = Field(default=None, examples=[None])
    note: str = Field(default="", examples=[""])


class NotEncoded(_Shape):
    """A clause read and not turned into a matter, with why."""

    number: str = Field(examples=["七"])
    quote: str = Field(examples=["其他未列事项"])
    why: str = Field(examples=["按改革总体要求和事项特点具体确定，程序不能代为判断"])


class WholePlan(Plan):
    """A plan with all it says."""

    matters: list[Matter]
    not_encoded: list[NotEncoded]


class Example(_Shape):
    """Lines as column title → what stands in it, what was done to the workbook besides, and where it is found."""

    header: dict[str, str] = Field(examples=[{"填报单位": "正定县市场监督管理局"}])
    lines: list[dict[str, str]] = Field(examples=[[{"项目名称": "作品登记审核", "承担级次": "县级"}]])
    done: list[str] = Field(examples=[["删去“备注”列"]])
    finds: list[str] = Field(examples=[["承担级次"]])


class Code(_Shape):
    """A finding code; examples, wrong and right, come with a single one only."""

    code: str = Field(examples=["LV01"])
    title: str = Field(examples=["上级事项由下级承担"])
    severity: str = Field(examples=["error", "warning", "info"])
    why: str = Field(examples=["谁的财政事权，谁承担支出责任；上级的事项不得转由下级出钱。"])
    fix: str = Field(examples=["改由应承担的上级预算申报，把“承担级次”改为应承担的级次。"])
    examples: dict[str, list[Example]] = {}


class Reason(_Shape):
    """Why a file cannot be checked, and what to do."""

    title: str = Field(examples=["设有打开密码"])
    cure: str = Field(examples=["在“文件—信息—保护工作簿”中清空密码，保存后重新报送。"])


class Error(_Shape):
    """What went wrong; number is where a fault of ours is recorded."""

    code: str = Field(examples=["check"])
    message: str = Field(examples=["没有这个地址或编号。"])
    number: str | None = Field(default=None, examples=["3F9A01BC"])


class Problem(_Shape):
    """The answer to what cannot be done."""

    error: Error


PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "请求不成形"},
    401: {"model": Problem, "description": "没有访问令牌"},
    403: {"model": Problem, "description": "由别的网站的页面发出"},
    404: {"model": Problem, "description": "没有这个编号"},
    413: {"model": Problem, "description": "文件过大"},
    422: {"model": Problem, "description": "请求不合要求"},
    500: {"model": Problem, "description": "程序内部出错，编号可告知维护人员"},
    503: {"model": Problem, "description": "账本或仓库暂时用不了，请稍后重试"},
}
