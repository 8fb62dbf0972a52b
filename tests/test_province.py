"""A plan between a province and the levels below it: declared in a folder, judged end to end, no Python touched."""

from pathlib import Path

import pytest

from checker import check
from checker.definition import definitions
from checker.rulebook import Rulebook, load
from checker.template import fill
from checker.terms import JudgedLine, Level, Verdict

PROVINCE, CITY, COUNTY = Level.PROVINCE, Level.CITY, Level.COUNTY
RIGHT, WRONG, UNDECIDED = Verdict.RIGHT, Verdict.WRONG, Verdict.UNDECIDED
BUREAUS = {
    PROVINCE: {"bureau": "河北省交通运输厅", "bureau_level": "省级", "division": "河北省"},
    CITY: {"bureau": "石家庄市交通运输局", "bureau_level": "市级", "division": "石家庄市"},
    COUNTY: {"bureau": "正定县交通运输局", "bureau_level": "县级", "division": "正定县"},
}


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load(Path(__file__).parent / "plans" / "province.yaml")


def judged(rulebook: Rulebook, own: Level, charged: Level, name: str, **line: str) -> JudgedLine:
    header = {"year": 2026, "unit": "万元", **BUREAUS[own]}
    content = fill(
        definitions()["projects"], header, [{"name": name, "charged_level": str(charged), "amount": 5} | line]
    )
    [found] = check(content, rulebook).lines
    return found


@pytest.mark.parametrize(
    ("own", "charged", "name", "line", "verdict", "level"),
    [
        (PROVINCE, PROVINCE, "全省公路普查", {}, RIGHT, PROVINCE),
        (PROVINCE, PROVINCE, "公路普查", {"content": "组织公路普查"}, RIGHT, PROVINCE),
        (PROVINCE, CITY, "全省公路普查", {}, WRONG, PROVINCE),
        (CITY, CITY, "公路普查", {"scope": "全市"}, RIGHT, CITY),
        (CITY, PROVINCE, "公路普查", {"scope": "全市"}, WRONG, CITY),
        (COUNTY, COUNTY, "公路普查", {"scope": "本县区"}, RIGHT, COUNTY),
        (COUNTY, CITY, "公路普查", {"scope": "本县区"}, WRONG, COUNTY),
        (CITY, PROVINCE, "公路普查", {"content": "受省厅委托开展公路普查，由省厅委托并验收"}, RIGHT, PROVINCE),
        (CITY, CITY, "公路普查", {"mode": "受上级委托"}, WRONG, PROVINCE),
        (COUNTY, PROVINCE, "公路普查", {"content": "省厅委托开展"}, RIGHT, PROVINCE),
        (COUNTY, COUNTY, "公路普查", {"content": "受市局委托开展"}, WRONG, CITY),
        (PROVINCE, PROVINCE, "公路养护人才培训", {}, RIGHT, PROVINCE),
        (CITY, PROVINCE, "公路养护人才培训", {"scope": "全市"}, WRONG, CITY),
        (PROVINCE, PROVINCE, "航道等级评定", {}, RIGHT, PROVINCE),
        (COUNTY, COUNTY, "航道等级评定", {"scope": "本县区"}, WRONG, PROVINCE),
    ],
)
def test_a_line_under_a_province_plan_gets_the_level_the_plan_says(
    rulebook: Rulebook, own: Level, charged: Level, name: str, line: dict[str, str], verdict: Verdict, level: Level
) -> None:
    found = judged(rulebook, own, charged, name, **line).judgement

    assert (found.verdict, found.responsible_level) == (verdict, level), found.because


@pytest.mark.parametrize(
    ("own", "name", "line", "said"),
    [
        (PROVINCE, "正定县公路普查", {}, "对象只涉及“正定县”"),
        (PROVINCE, "公路普查", {"scope": "全市"}, "实施范围是“全市”"),
        (PROVINCE, "公路普查", {"nature": "对下转移"}, "写明“对下转移”"),
        (CITY, "全省公路普查", {}, "没有写明受省级委托"),
        (COUNTY, "全省公路普查", {"scope": "本县区"}, "没有写明受省级委托"),
    ],
)
def test_what_the_words_leave_open_is_undecided_and_says_why(
    rulebook: Rulebook, own: Level, name: str, line: dict[str, str], said: str
) -> None:
    found = judged(rulebook, own, own, name, **line).judgement

    assert found.verdict is UNDECIDED
    assert said in found.because
    assert found.cure
