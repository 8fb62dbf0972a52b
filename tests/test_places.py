"""Places: names as bureaus write them, and what they are not."""

import ast
from pathlib import Path

import pytest

from checker import places
from checker.declaration import read
from checker.files import SCHEMAS
from checker.places import divisions, find, is_within, level_of_bureau, mentions
from checker.terms import Level

AS_COUNTIES = {"130171": Level.COUNTY, "石家庄经济技术开发区": Level.COUNTY}


def names(text: str) -> list[tuple[str, str]]:
    return [(division.name, words) for division, words in mentions(text)]


def test_there_are_twenty_two_divisions_besides_xinji() -> None:
    counties = [division for division in divisions() if division.level is Level.COUNTY and not division.former]

    assert len(counties) == 22
    assert [division.name for division in counties if division.managed_by != "130100"] == ["辛集市"]


def test_the_code_prefix_does_not_say_who_manages_a_place() -> None:
    xinji = find("130181")

    assert xinji is not None
    assert xinji.code.startswith("1301")
    assert xinji.managed_by == "130000"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("正定", "正定县"), ("正定县", "正定县"), ("１３０１２３", "正定县"), ("130123000", "正定县"),
        ("130123000000", "正定县"), ("正定县（130123）", "正定县"), ("河北省石家庄市正定县", "正定县"),
        ("石家庄市本级", "石家庄市"), ("矿区", "井陉矿区"), ("井陉矿区", "井陉矿区"), ("井陉", "井陉县"),
        ("高新区", "石家庄高新技术产业开发区"), ("石家庄市高新区", "石家庄高新技术产业开发区"),
        ("130171", "石家庄高新技术产业开发区"), ("经开区", "石家庄经济技术开发区"),
        ("正定縣", "正定县"), ("正 定 县", "正定县"),
    ],
)  # fmt: skip
def test_a_division_is_found_in_any_usual_form(text: str, name: str) -> None:
    division = find(text)

    assert division is not None
    assert division.name == name


@pytest.mark.parametrize(("old", "now"), [("栾城县", "栾城区"), ("130182", "藁城区"), ("鹿泉市", "鹿泉区")])
def test_a_former_division_gives_its_successor(old: str, now: str) -> None:
    division = find(old)

    assert division is not None
    assert division.name == now


def test_a_former_division_without_a_known_successor_stays_itself() -> None:
    division = find("130103")

    assert division is not None
    assert division.former


@pytest.mark.parametrize("text", ["", "张家口市", "1301", "130124 正定县", "正定县、赵县", "1301230001"])
def test_what_names_no_division_or_two_is_not_found(text: str) -> None:
    assert find(text) is None


@pytest.mark.parametrize("division", divisions(), ids=lambda division: division.name)
def test_every_name_and_code_of_the_list_finds_its_division(division) -> None:
    for word in (division.name, division.short, *division.names, division.code, division.statistics_code):
        found = find(word) if word else division
        assert found is not None
        assert found.id in {division.id, division.now}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("新华区和长安区", [("新华区", "新华区"), ("长安区", "长安区")]),
        ("井陉矿区与井陉县", [("井陉矿区", "井陉矿区"), ("井陉县", "井陉县")]),
        ("正定县正定家具", [("正定县", "正定县"), ("正定县", "正定")]),
        ("石家庄市长安区专利导航", [("长安区", "长安区")]),
        ("石家庄市、正定县", [("石家庄市", "石家庄市"), ("正定县", "正定县")]),
        ("鹿泉经开区企业", [("鹿泉区", "鹿泉")]),
        ("赵县梨花节", [("赵县", "赵县")]),
        ("石家庄市市场监管局长安分局", [("石家庄市", "石家庄市"), ("长安区", "长安")]),
        ("正定、新乐、晋州三地", [("正定县", "正定"), ("新乐市", "新乐"), ("晋州市", "晋州")]),
        ("公共服务网络正定站", [("正定县", "正定")]),
    ],
)  # fmt: skip
def test_places_in_a_text_are_named_once_and_by_their_longest_name(text: str, expected: list[tuple[str, str]]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    "text", ["新华社报道", "新华书店", "长安汽车", "创新乐园", "修正定稿", "国家高新区", "高新技术企业",
     "无极灯", "煤矿区治理", "经济开发区", "稳增长安排", "市长安全责任", "大桥西侧", "创新华北", "富裕华侨", "真正定位",
     "公正定价", "清新乐观", "黄河北岸"],
)  # fmt: skip
def test_a_place_name_inside_another_word_is_not_a_place(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    ("bureau", "level"),
    [
        ("石家庄市市场监督管理局(石家庄市知识产权局)", Level.CITY),
        ("正定县市场监督管理局", Level.COUNTY),
        ("晋州市卫生健康局", Level.COUNTY),
        ("中共赵县委宣传部", Level.COUNTY),
        ("共青团石家庄市委", Level.CITY),
        ("高新区管委会", Level.COUNTY),
        ("石家庄市市场监督管理局高新分局", Level.CITY),
        ("石家庄市市场监督管理局高新区分局", Level.CITY),
        ("石家庄市市场监督管理局经开区分局", Level.CITY),
        ("石家庄市正定县教育局", Level.COUNTY),
        ("河北省知识产权局", Level.PROVINCE),
        ("国家税务总局石家庄市税务局", Level.CENTRAL),
        ("石家庄学院", Level.CITY),
    ],
)
def test_a_bureau_belongs_to_the_level_its_name_says(bureau: str, level: Level) -> None:
    assert level_of_bureau(bureau, treated_as=AS_COUNTIES) is level


@pytest.mark.parametrize(
    "bureau", ["市场监督管理局", "石家庄铁道大学", "高新区市场监管分局", "石家庄循环化工园区管委会", ""]
)
def test_a_name_that_does_not_tell_the_level_gives_none(bureau: str) -> None:
    assert level_of_bureau(bureau, treated_as=AS_COUNTIES) is None


def test_the_level_of_a_zone_comes_from_the_plan_alone() -> None:
    assert level_of_bureau("高新区管委会") is None


@pytest.mark.parametrize(
    ("place", "level"), [("晋州市", Level.COUNTY), ("正定县", Level.CITY), ("石家庄市", Level.CITY)]
)
def test_the_city_bureau_of_a_county_level_city_is_a_county_bureau(place: str, level: Level) -> None:
    assert level_of_bureau("市知识产权局", find(place)) is level


def test_a_county_lies_in_its_city_and_province() -> None:
    zhengding = find("正定")

    assert zhengding is not None
    assert [is_within(zhengding, place) for place in ("130123", "130100", "130000", "130102")] == [
        True,
        True,
        True,
        False,
    ]


def test_no_word_of_the_code_lists_stands_in_python_as_well() -> None:
    branches = read(SCHEMAS / "codes" / "bureaus.yaml")["branches"]
    words = {*branches, *(division.kind for division in divisions() if len(division.kind) > 1)}

    written = [
        (path.name, node.value)
        for path in Path(places.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in words
    ]

    assert written == []
