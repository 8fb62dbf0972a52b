"""A season of a city: 22 counties and the city's bureaus hand in some 50 workbooks, with what reviewers meet."""

from functools import cache
from typing import Any

from checker.changes import compare
from checker.places import divisions
from checker.report import Outcome
from checker.terms import Level
from tests.submissions import outcome, workbook

COUNTIES = tuple(one for one in divisions() if one.level is Level.COUNTY and not one.former)
Lines = list[dict[str, Any]]


def of_market(place: int, short: str) -> Lines:
    """A county's market bureau: its own week and enforcement, an item that is the city's, some that are nobody's."""
    lines: Lines = [
        {"name": "知识产权宣传周活动", "content": "面向本县区企业和群众开展知识产权宣传", "amount": 8 + place},
        {"name": "商标专利侵权假冒行政执法", "content": f"查处{short}辖区内侵权假冒行为", "amount": 12.5 + place / 4},
        {"name": "作品登记审核", "content": "对国内作者作品登记进行审核", "amount": 3 + place / 2},
        {"name": "贯标企业补助", "content": "对通过知识产权管理体系认证的企业给予补助", "amount": 20},
        {"name": "食品安全监督抽检", "content": "抽检食品五百批次", "amount": 45},
    ]
    return lines[: 3 + place % 3]


def of_science(place: int, short: str) -> Lines:
    return [
        {"name": f"{short}专利转化对接会", "content": "组织企业与高校对接专利成果", "amount": 6 + place / 10},
        {"name": "办公设备购置", "content": "购置计算机和打印机", "amount": 5},
    ]


CITY: dict[str, Lines] = {
    "石家庄市市场监督管理局": [
        {"name": "知识产权宣传周活动", "content": "面向全市开展知识产权宣传", "amount": 60},
        {"name": "知识产权保护专项行动", "content": "全市知识产权保护专项行动，所需资金由各县区分摊", "amount": 80},
        {"name": "正定县家具产业专利导航", "content": "为家具产业绘制专利导航图谱", "amount": 40},
        {"name": "以岭药业股份有限公司专利池建设", "content": "支持建设专利池", "amount": 50},
        {"name": "专利侵权纠纷行政裁决", "content": "办理全市专利侵权纠纷行政裁决案件", "amount": 35},
    ],
    "石家庄市工业和信息化局": [
        {"name": "支持以岭药业股份有限公司建设专利池", "content": "支持建设专利池", "amount": 45},
        {"name": "=HYPERLINK(\"http://example.invalid\",\"点这里\")", "content": "名称以等号开头的项目", "amount": 1},
    ],
    "石家庄市文化广电和旅游局": [{"name": "作品登记审核", "content": "国内作者作品登记的审核", "amount": 18}],
    "石家庄市教育局": [{"name": "中小学知识产权教育试点", "content": "面向全市中小学开展知识产权教育", "amount": 25}],
    "石家庄市财政局": [{"name": "办公楼物业管理", "content": "办公楼保洁保安", "amount": 120}],
    "石家庄市商务局": [{"name": "展会知识产权保护", "content": "在全市性展会设立知识产权投诉站", "amount": 15}],
}  # fmt: skip
EXTRA: dict[str, dict[str, Lines]] = {
    "正定县": {
        "正定县科学技术局": [{"name": "家具产业专利导航分析", "content": "为家具产业绘制专利导航图谱", "amount": 40}],
    },
    "藁城区": {
        "藁城区市场监督管理局": [
            {"name": "知识产权保护专项行动", "content": "辖区内知识产权保护专项行动", "amount": 9},
        ],
    },
}


def workbooks() -> dict[str, bytes]:
    """Path in the inbox → the workbook; some bureaus hand in again, one hands in two different files."""
    made = {f"市直/{bureau}.xlsx": workbook(bureau, lines) for bureau, lines in CITY.items()}
    for place, county in enumerate(COUNTIES):
        own = EXTRA.get(county.name, {})
        for office, lines in (("市场监督管理局", of_market), ("科学技术局", of_science)):
            bureau = f"{county.name}{office}"
            all_lines = lines(place, county.short) + own.get(bureau, [])
            made[f"{county.name}/{bureau}.xlsx"] = workbook(bureau, all_lines, county.name, "县级")
    county = COUNTIES[-1]
    bureau = f"{county.name}市场监督管理局"
    made[f"{county.name}/{bureau}（补充）.xlsx"] = workbook(
        bureau, [{"name": "知识产权宣传周活动", "content": "面向本地企业开展宣传", "amount": 3}], county.name, "县级"
    )
    return made


class Stand:
    """A submission as it stands."""

    def __init__(self, outcome: Outcome, changes: Any = None, replaces: tuple[str, ...] = ()) -> None:
        self.outcome, self.changes, self.replaces = outcome, changes, replaces


@cache
def standings() -> tuple[Stand, ...]:
    """All of them checked; the first three counties have handed in before, with one line more and one worse."""
    found = [Stand(outcome(file, content)) for file, content in sorted(workbooks().items())]
    for place, county in enumerate(COUNTIES[:3]):
        bureau = f"{county.name}市场监督管理局"
        file = f"{county.name}/{bureau}.xlsx"
        worse = [line | {"basis": ""} for line in of_market(place, county.short)[1:]]
        before = outcome(file, workbook(bureau, worse, county.name, "县级")).report
        [now] = [one for one in found if one.outcome.file == file]
        now.changes = compare(before, now.outcome.report)
    locked = ("encrypted", "文件设有打开密码。请清空打开密码后重新报送。")
    bad = Outcome("辛集市/汇总（加密）.xlsx", "0" * 64, error=locked)
    return (*found, Stand(bad))
