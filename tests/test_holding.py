"""Holding: every way a plan divides a matter, and what each leaves open."""

from pathlib import Path

import pytest

from checker.holding import Circumstances, Holding, held_by
from checker.places import find
from checker.rulebook import PLANS, Rulebook, load
from checker.terms import Level

CITY, COUNTY, PROVINCE, CENTRAL = Level.CITY, Level.COUNTY, Level.PROVINCE, Level.CENTRAL


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load(PLANS, Path(__file__).parent / "plans")


@pytest.fixture
def held(rulebook: Rulebook):
    """Who holds a matter (by its id) under facts."""

    def ask(id_: str, place: str = "", **facts) -> Holding:
        found = rulebook.matter(id_)
        assert found is not None
        plan, matter = found
        return held_by(matter, Circumstances(division=find(place), **facts), plan)

    return ask


@pytest.mark.parametrize("level", [CITY, COUNTY])
def test_a_matter_by_scope_is_held_by_the_level_whose_work_it_is(held, level: Level) -> None:
    holding = held("IP-3.4", scope=level, affiliation=COUNTY)

    assert holding.level is level
    assert holding.clause.level is level


def test_a_matter_by_affiliation_follows_the_department_not_the_scope(held) -> None:
    assert held("IP-7.1", scope=CITY, affiliation=COUNTY).level is COUNTY


@pytest.mark.parametrize("id_", ["IP-2.1", "IP-4.7"])
@pytest.mark.parametrize("performer", [CITY, COUNTY])
def test_a_matter_with_one_holder_is_held_by_it_whoever_does_it(held, id_: str, performer: Level) -> None:
    assert held(id_, scope=performer, affiliation=performer).level is CITY


@pytest.mark.parametrize(
    ("id_", "reason"),
    [
        ("IP-3.4", "看不出工作属于哪一级的范围"),
        ("IP-7.2", "看不出由哪一级的部门承担"),
        ("IP-7.5", "未列事项，须由财政部门具体确定"),
        ("H-5", "未列事项，须由财政部门具体确定"),
        ("H-3", "分项承担，看不出属于哪一项"),
        ("D-1", "看不出由哪一级设立或组织"),
        ("D-2", "按职能划分（决策由市级、执行由县级），看不出只是哪一种"),
    ],
)
def test_what_the_line_does_not_say_leaves_the_matter_open_with_the_reason(held, id_: str, reason: str) -> None:
    holding = held(id_)

    assert (holding.levels, holding.undecided) == ((), reason)


@pytest.mark.parametrize("id_", ["IP-4.7", "IP-4.8", "IP-3.4"])
def test_provincial_work_is_for_the_provincial_plan_that_is_not_loaded(held, id_: str) -> None:
    holding = held(id_, scope=PROVINCE)

    assert holding.levels == ()
    assert "《河北省知识产权领域省与市、县财政事权和支出责任划分改革实施方案》" in holding.undecided


def test_an_exclusion_that_cannot_be_checked_is_said_and_does_not_stop_the_clause(held) -> None:
    holding = held("IP-4.8", scope=COUNTY)

    assert holding.level is COUNTY
    assert holding.caveat.startswith("这一条以“未列入中央、省级、市级财政事权的”为前提")
    assert held("IP-4.4", scope=COUNTY).caveat == ""


def test_where_the_upper_plan_is_loaded_only_the_missing_one_is_named(held) -> None:
    holding = held("C-2", scope=CITY, place="正定")

    assert holding.level is CITY
    assert "虚构的中央方案" in holding.caveat
    assert "虚构省" not in holding.caveat


def test_an_inherited_plan_gives_upper_work_to_its_level_with_its_own_clause(held) -> None:
    holding = held("C-1", scope=PROVINCE)

    assert holding.level is PROVINCE
    assert holding.clause.plan == "upper"


def test_a_matter_the_lower_plan_does_not_name_comes_from_the_inherited_one(held) -> None:
    assert held("U-2").level is PROVINCE


def test_a_level_the_plan_gives_nothing_is_not_accused(held) -> None:
    holding = held("U-3", scope=COUNTY)

    assert holding.levels == ()
    assert holding.undecided == "本方案没有把“演出监管”划给县级的条款"


def test_the_exception_for_a_class_of_divisions_moves_the_level_and_quotes_itself(held) -> None:
    usual, managed = held("C-1", scope=CITY, place="正定"), held("C-1", scope=CITY, place="辛集")

    assert (usual.level, managed.level) == (CITY, PROVINCE)
    assert managed.clause.quote == "由省直接管理的县，市级事项由省级承担支出责任"
    assert held("C-1", scope=COUNTY, place="辛集").level is COUNTY


def test_fixed_shares_are_held_together(held) -> None:
    holding = held("H-1")

    assert holding.levels == (CITY, COUNTY)
    assert holding.level is None
    assert holding.why == "共同财政事权：市级50%，县级50%"


@pytest.mark.parametrize(("place", "percent"), [("平山", 80), ("正定", 40)])
def test_tiered_shares_are_those_of_the_divisions_tier(held, place: str, percent: int) -> None:
    holding = held("H-2", place=place)

    assert [share.percent for share in holding.shares if share.level is CITY] == [percent]


def test_a_division_of_no_tier_still_shares_where_every_tier_has_the_same_levels(held) -> None:
    assert held("H-2", place="石家庄市").levels == (CITY, COUNTY)


@pytest.mark.parametrize(("text", "level"), [("市级信息系统运维", CITY), ("村级信息员补助", COUNTY)])
def test_of_components_each_level_pays_its_own(held, text: str, level: Level) -> None:
    assert held("H-3", text=text).level is level


def test_several_components_in_one_line_must_be_split(held) -> None:
    assert held("H-3", text="信息系统运维和信息员补助").undecided == "分项承担，几项由不同级次分别承担，须拆分"


def test_shares_by_benefit_carry_no_number(held) -> None:
    holding = held("H-4")

    assert holding.levels == (CITY, COUNTY)
    assert [share.percent for share in holding.shares] == [None, None]


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({"initiator": COUNTY}, COUNTY),
        ({"text": "市科技局设立的科技计划"}, CITY),
        ({"text": "市科技局设立、县科技局设立"}, None),
    ],
)
def test_a_matter_by_initiator_is_held_by_who_set_it_up(held, facts: dict, level: Level | None) -> None:
    assert held("D-1", **facts).level is level


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({"function": "决策"}, CITY),
        ({"text": "公路养护具体实施"}, COUNTY),
        ({"text": "公路养护政策决定与具体实施"}, None),
    ],
)
def test_a_matter_by_function_is_held_by_who_decides_or_executes(held, facts: dict, level: Level | None) -> None:
    assert held("D-2", **facts).level is level


@pytest.mark.parametrize(
    ("charged", "transfer", "level"),
    [(COUNTY, True, COUNTY), (COUNTY, False, CITY), (COUNTY, None, None), (CITY, None, CITY), (CITY, True, CITY)],
)
def test_an_entrusted_matter_is_the_lower_levels_only_with_the_upper_levels_money(
    held, charged: Level, transfer: bool | None, level: Level | None
) -> None:
    assert held("D-3", charged=charged, transfer=transfer).level is level


def test_a_county_matter_of_a_place_whose_treatment_is_open_is_open_with_the_note(held) -> None:
    holding = held("IP-3.4", scope=COUNTY, place="循环化工园区")

    assert holding.levels == ()
    assert holding.undecided.startswith("循环化工园区不在本方案主送对象之列")
    assert held("IP-3.4", scope=CITY, place="循环化工园区").level is CITY


@pytest.mark.parametrize("place", ["高新区", "经开区", "辛集市"])
def test_zones_and_xinji_are_counties_while_the_setting_says_so(held, place: str) -> None:
    assert held("IP-3.4", scope=COUNTY, place=place).level is COUNTY


def test_a_place_that_calls_its_levels_differently_is_told_in_its_own_words(held) -> None:
    assert held("F-1", scope=CITY).why == "工作属于盟级范围"


def test_levels_are_empty_exactly_where_a_reason_stands(rulebook: Rulebook) -> None:
    for plan in rulebook.plans:
        for matter in plan.matters:
            for scope in (None, *Level):
                for charged, transfer in ((COUNTY, True), (CITY, None), (None, None)):
                    facts = Circumstances(scope, scope, scope, transfer=transfer, charged=charged)
                    holding = held_by(matter, facts, plan)

                    assert bool(holding.levels) != bool(holding.undecided)
                    assert holding.clause is not None or not holding.levels
