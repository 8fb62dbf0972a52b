"""What a bureau is told to do about a line nobody can judge, done as it says: the next check decides."""

from typing import Any

import pytest

from checker import check
from checker.terms import Finding, JudgedLine, Level, Verdict
from tests.submissions import rules, workbook

COUNTY, CITY = "正定县市场监督管理局", "石家庄市市场监督管理局"
SEARCH = {"name": "家具产业专利导航", "content": "面向家具企业开展专利导航"}
WIDE = SEARCH | {"scope": "全市"}
ENTRUSTED = {"mode": "受上级委托"}
ONE_COUNTY = {"name": "正定县产业专利导航", "content": "对板材产业开展专利导航"}
RULING = {"name": "专利侵权纠纷行政裁决", "content": "口头审理"}


def told(bureau: str, line: dict[str, Any]) -> tuple[JudgedLine, list[Finding]]:
    report = check(workbook(bureau, [line]), rules())
    return report.lines[0], [finding for finding in report.findings if finding.code.startswith("LV")]


@pytest.mark.parametrize(
    ("bureau", "line", "said", "done", "held_by"),
    [
        (COUNTY, WIDE, "“实施范围”改为“本县区”", {"scope": "本县区"}, Level.COUNTY),
        (COUNTY, WIDE, "“实施方式”选“受上级委托”，这样属市级事务", ENTRUSTED, Level.CITY),
        (COUNTY, SEARCH | {"name": "全市专利导航"}, "把“项目名称”里的“全市”改掉", SEARCH, Level.COUNTY),
        (COUNTY, SEARCH | {"scope": "跨县区"}, "“实施范围”改为“本县区”", {"scope": "本县区"}, Level.COUNTY),
        (COUNTY, SEARCH | {"scope": "跨县区"}, "“实施方式”选“受上级委托”", ENTRUSTED, Level.CITY),
        (CITY, SEARCH | {"scope": "本县区"}, "“实施范围”改为“全市”", {"scope": "全市"}, Level.CITY),
        (CITY, ONE_COUNTY, "“实施范围”选“全市”", {"scope": "全市"}, Level.CITY),
    ],
)
def test_the_cure_done_as_it_says_leads_to_the_level_it_says(
    bureau: str, line: dict[str, Any], said: str, done: dict[str, Any], held_by: Level
):
    [before], after = told(bureau, line)[1], told(bureau, line | done)[0]

    assert said in before.fix
    assert after.judgement.responsible_level is held_by


@pytest.mark.parametrize("charged", ["县级", "市级"])
def test_money_from_above_is_told_where_to_stand_and_is_decided_once_it_stands_there(charged: str):
    line = {"name": "专利转化对接", "content": "用上级补助资金办本县企业专利转化对接", "charged_level": charged}

    [before] = told(COUNTY, line)[1]
    after, left = told(COUNTY, line | {"charged_level": "县级", "transfer": 10})

    assert "金额填入“上级转移支付”" in before.fix
    assert (after.judgement.verdict, left) == (Verdict.RIGHT, [])


def test_a_line_is_cured_by_taking_it_out_and_changing_its_cell_alone_is_seen():
    _, [wrong] = told(COUNTY, RULING)
    changed, [left] = told(COUNTY, RULING | {"charged_level": "市级"})

    assert wrong.fix.startswith("从本单位的申报表中删去这一行，由市级主管部门列入市级预算申报")
    assert (changed.judgement.verdict, left.code) == (Verdict.RIGHT, "LV15")


def test_a_bureau_of_the_level_that_holds_the_matter_has_only_a_cell_to_change():
    _, [wrong] = told(CITY, RULING | {"charged_level": "县级"})
    changed, left = told(CITY, RULING)

    assert wrong.fix.startswith("把“承担级次”由“县级”改为“市级”，列入市级预算")
    assert (changed.judgement.verdict, left) == (Verdict.RIGHT, [])


def test_what_the_scope_speaks_against_is_said_in_the_finding_and_in_the_verdict():
    line, [finding] = told(COUNTY, WIDE | {"content": "面向全市家具企业开展专利导航"})

    assert "填报的实施范围是“全市”，文字里也写着“全市”，又没有写明受市级委托" in finding.message
    assert finding.message.startswith(line.judgement.because)
