"""The rulebook: the law as it is written, and declarations refused where they are not."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

import pytest
import yaml

from checker.errors import BadDeclaration
from checker.plan import By, Document, Matter, Plan
from checker.revision import diff
from checker.rulebook import PLANS, Rulebook, load
from checker.terms import Level

FICTITIOUS = Path(__file__).parent / "plans"
SHIJIAZHUANG = "shijiazhuang-ip-2024"


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load(PLANS, FICTITIOUS)


@pytest.fixture(scope="module")
def plan(rulebook: Rulebook) -> Plan:
    found = rulebook.plan(SHIJIAZHUANG)
    assert found is not None
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of one's own with one good plan in it and its source beside it."""
    shutil.copy(FICTITIOUS / "shared.yaml", tmp_path)
    shutil.copy(FICTITIOUS / "sources" / "shared.md", tmp_path)
    return tmp_path


def rewrite(folder: Path, old: str, new: str) -> None:
    path = folder / "shared.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def quotes(plan: Plan) -> list[str]:
    found = [name.holds for name in plan.levels.values()] + [one.quote for one in plan.not_encoded]
    found += [override.clause.quote for override in plan.overrides]
    for matter in plan.matters:
        own = [] if matter.inherited_from else [clause for clause in matter.clauses.values() if clause.plan == plan.id]
        found += [clause.quote for clause in own] + list(matter.also.values())
        found += [one.clause.quote for one in matter.exclusions] + [share.part for share in matter.shares]
        found += [matter.wording.quote] if matter.wording and not matter.inherited_from else []
    return [quote for quote in found if quote]


@pytest.mark.parametrize("id_", [plan.id for plan in load(PLANS, FICTITIOUS).plans])
def test_every_quote_stands_word_for_word_in_its_archived_source(rulebook: Rulebook, id_: str) -> None:
    plan = rulebook.plan(id_)

    assert plan is not None
    assert [quote for quote in quotes(plan) if quote not in plan.text] == []


def test_the_archived_source_is_the_one_whose_hash_the_plan_records(plan: Plan) -> None:
    archived = (PLANS.parent / "sources" / plan.document.source).read_text(encoding="utf-8")
    body = archived.partition("\n---\n")[2]

    assert hashlib.sha256(body.encode()).hexdigest() == plan.document.sha256
    assert plan.text == body


def test_the_archived_source_is_clean_of_what_conversion_left_in_it(plan: Plan) -> None:
    assert "*" not in plan.text
    assert " " not in plan.text
    assert all(
        line.endswith(("。", "：", "）", "日", "室", "38", "案", "知", "求", "容", "施"))
        for line in plan.text.split("\n")
        if line
    )


def test_every_sentence_of_section_two_is_encoded_or_listed_with_its_reason(plan: Plan) -> None:
    section = plan.text.partition("二、主要内容")[2].partition("三、保障措施")[0]
    for quote in sorted(quotes(plan), key=len, reverse=True):
        section = section.replace(quote, "")
    for one in plan.sections.values():
        section = section.replace(f"{one.number.removeprefix('二')}{one.title}。", "")

    left = set(re.sub(r"[将和、，；。\s]", "", section))

    assert left == set()
    assert all(one.why for one in plan.not_encoded)


def test_a_quote_stands_in_the_section_its_number_names(plan: Plan) -> None:
    for matter in plan.matters:
        section = plan.sections[matter.section]
        body = plan.text.partition(f"{section.number.removeprefix('二')}{section.title}。")[2]
        body = re.split(r"\n（[一二三四五六七]）|\n三、", body)[0]
        for clause in [*matter.clauses.values(), *([matter.wording] if matter.wording else [])]:
            assert clause.quote in body, (matter.id, clause.quote)


def test_the_shipped_plan_has_twenty_seven_matters_in_seven_sections(plan: Plan) -> None:
    sizes = {numeral: len(plan.of_section(numeral)) for numeral in plan.sections}

    assert sizes == {"一": 2, "二": 1, "三": 5, "四": 9, "五": 4, "六": 1, "七": 5}


def test_the_city_alone_holds_registration_review_and_adjudication(plan: Plan) -> None:
    city_alone = [matter.name for matter in plan.matters if set(matter.clauses) == {Level.CITY}]

    assert city_alone == ["作品登记的审核", "侵权纠纷的行政裁决"]


def test_a_level_word_that_stands_once_is_spelt_out_beside_the_quote_not_in_it(plan: Plan) -> None:
    matter = plan.matter("IP-4.5")

    assert matter is not None
    assert {level: clause.quote for level, clause in matter.clauses.items()} == dict.fromkeys(
        matter.clauses, "快速协同保护"
    )
    assert matter.reads == {Level.CITY: "全市性知识产权快速协同保护", Level.COUNTY: "本地区知识产权快速协同保护"}


def test_every_quote_without_its_level_is_spelt_out(plan: Plan) -> None:
    """Two levels with the same words can only be told apart by what was elided, or by affiliation."""
    same = [
        matter
        for matter in plan.matters
        if matter.by is not By.AFFILIATION
        and len({clause.quote for clause in matter.clauses.values()}) < len(matter.clauses)
    ]

    assert [matter.id for matter in same if len(set(matter.reads.values())) < len(matter.clauses)] == []


def test_affiliation_quotes_the_sentence_about_the_department_too(plan: Plan) -> None:
    matter = plan.matter("人才队伍建设")

    assert matter is not None
    assert (
        matter.also[Level.COUNTY]
        == "县（市、区）职能部门承担的事项，确认为县（市、区）财政事权，由县（市、区）承担支出责任"
    )


def test_exclusions_name_the_upper_plans_that_are_not_loaded(plan: Plan) -> None:
    matter = plan.matter("IP-4.8")

    assert matter is not None
    county = matter.exclusions[1]
    assert county.listed_in == ("central-ip-2023", "hebei-ip-2024", SHIJIAZHUANG)
    assert [upper.id for upper in county.not_loaded] == ["central-ip-2023", "hebei-ip-2024"]


def test_settings_are_read_with_their_notes(plan: Plan) -> None:
    assert plan.treated_as == {
        "130181": Level.COUNTY,
        "130171": Level.COUNTY,
        "石家庄经济技术开发区": Level.COUNTY,
        "130172": None,
    }
    assert all(setting.note for setting in plan.settings)


@pytest.mark.parametrize("text", ["IP-3.4", "专利导航", "IP-3.4 专利导航"])
def test_a_matter_is_found_by_id_name_and_dropdown_title(rulebook: Rulebook, text: str) -> None:
    found = rulebook.matter(text)

    assert found is not None
    assert found[1].id == "IP-3.4"


@pytest.mark.parametrize("division", ["130123", "正定", "辛集市", "高新区", "130172", "石家庄市"])
def test_the_plan_binds_every_place_of_the_city(division: str) -> None:
    assert [plan.id for plan in load().in_force(division, 2026)] == [SHIJIAZHUANG]


@pytest.mark.parametrize(("division", "year"), [("正定", 2023), ("张家口市", 2026), ("河北省", 2026)])
def test_no_plan_is_in_force_elsewhere_or_before_its_first_budget_year(division: str, year: int) -> None:
    assert load().in_force(division, year) == ()


def test_a_plan_is_replaced_by_the_next_and_does_not_come_back_when_that_ends(rulebook: Rulebook) -> None:
    editions = {
        year: [plan.id for plan in rulebook.in_force("正定", year) if plan.domain == "test-forest"]
        for year in (2022, 2025, 2026, 2030, 2031)
    }

    assert editions[2022] == []
    assert editions[2025] == ["first-edition"]
    assert editions[2026] == ["second-edition"]
    assert editions[2030] == ["second-edition"]
    assert editions[2031] == []


def test_an_inherited_plan_speaks_through_the_one_that_inherits_it(rulebook: Rulebook) -> None:
    city = rulebook.plan("inheriting")

    assert city is not None
    assert [plan.id for plan in rulebook.in_force("正定", 2025) if plan.domain == "test-culture"] == ["inheriting"]
    assert {matter.id: sorted(clause.plan for clause in matter.clauses.values()) for matter in city.matters} == {
        "C-1": ["inheriting", "inheriting", "upper"],
        "C-2": ["inheriting", "inheriting", "upper"],
        "U-2": ["upper"],
    }


def test_before_the_city_plan_the_upper_plan_speaks_for_itself(rulebook: Rulebook) -> None:
    assert [plan.id for plan in rulebook.in_force("正定", 2024) if plan.domain == "test-culture"] == ["upper"]


def test_an_inherited_plan_nobody_loaded_is_named_not_guessed() -> None:
    alone = load(FICTITIOUS / "inheriting.yaml").plans[0]

    assert [upper.id for upper in alone.not_loaded] == ["upper", "central"]


def test_a_place_calls_its_levels_as_it_does(rulebook: Rulebook) -> None:
    plan = rulebook.plan("first-edition")

    assert plan is not None
    assert [plan.called(level) for level in plan.levels] == ["盟级", "旗县级"]
    assert set(plan.matters[0].clauses) == {Level.CITY, Level.COUNTY}


def test_a_plan_in_a_folder_of_ones_own_is_loaded_without_touching_python(folder: Path) -> None:
    rulebook = load(PLANS, folder)

    assert [plan.id for plan in rulebook.in_force("正定", 2025)] == ["shared", SHIJIAZHUANG]


def test_the_version_names_every_plan_and_changes_with_its_content_not_its_folder(folder: Path) -> None:
    shipped, own = load(FICTITIOUS / "shared.yaml").version, load(folder).version
    rewrite(folder, "[婚前健康检查, 婚检]", "[婚检]")

    assert re.fullmatch(r"shared@[0-9a-f]{8}", own)
    assert own == shipped
    assert load(folder).version != own


JUDGING = """
import json, sys
from pathlib import Path
schemas, opened = Path(sys.argv[1]), set()
sys.addaudithook(lambda event, given: event == "open" and opened.add(str(given[0])))
from checker.judgement import judge
from checker.rulebook import load
from checker.terms import Level, Line
rulebook = load()
judge(Line("专利导航", "", "石家庄市市场监督管理局", "130100", Level.CITY, Level.CITY), rulebook.plans)
read = sorted(one for one in opened if Path(one).is_relative_to(schemas))
print(json.dumps([rulebook.version, read]))
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """An installation of one's own: the program as it is, the declarations a copy."""
    (tmp_path / "checker").symlink_to(PLANS.parent.parent / "checker")
    return Path(shutil.copytree(PLANS.parent, tmp_path / "schemas"))


def judged_in(schemas: Path) -> tuple[str, list[Path]]:
    """The version of the rulebook there, and the declarations read until a line was judged."""
    told = subprocess.run(
        [sys.executable, "-c", JUDGING, str(schemas)],
        cwd=schemas.parent, env={"PYTHONPATH": str(schemas.parent)}, capture_output=True, check=True,
    )  # fmt: skip
    version, read = json.loads(told.stdout)
    return version, list(map(Path, read))


def test_a_change_in_any_file_that_a_line_is_judged_with_changes_the_version(installed: Path) -> None:
    version, read = judged_in(installed)
    declared = [path for path in read if path.is_file() and path.suffix != ".md"]  # sources are recorded by their hash

    changed = {}
    for path in declared:
        content = path.read_bytes()
        path.write_bytes(content + b"\n# another word\n")
        changed[path.name] = version_of(installed)
        path.write_bytes(content)

    assert version == load().version
    assert {path.name for path in declared} > {"common.yaml", "intellectual-property.npz", "divisions.yaml"}
    assert [name for name, other in changed.items() if other == version] == []
    assert len(set(changed.values())) == len(declared)


def version_of(schemas: Path) -> str:
    """The version of the rulebook there, with nothing judged by it."""
    command = [sys.executable, "-c", "from checker.rulebook import load; print(load().version)"]
    environment = {"PYTHONPATH": str(schemas.parent)}
    told = subprocess.run(command, cwd=schemas.parent, env=environment, capture_output=True, check=True)
    return told.stdout.decode().strip()


def test_line_endings_do_not_make_another_version(installed: Path) -> None:
    for path in [path for path in installed.rglob("*") if path.suffix in {".yaml", ".md"}]:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert version_of(installed) == load().version


def test_a_plan_is_another_under_another_plan_it_inherits_from(tmp_path: Path) -> None:
    for name in ("inheriting", "upper"):
        shutil.copy(FICTITIOUS / f"{name}.yaml", tmp_path)
        shutil.copy(FICTITIOUS / "sources" / f"{name}.md", tmp_path)
    before, alone = load(tmp_path).only(["inheriting"]).version, load(tmp_path / "inheriting.yaml").version
    upper = tmp_path / "upper.yaml"
    upper.write_text(upper.read_text("utf-8").replace("words: [文物裁定]", "words: [裁定文物]"), "utf-8")

    after = load(tmp_path).only(["inheriting"]).version

    assert len({before, alone, after}) == 3


def test_only_the_plans_asked_for_are_kept(rulebook: Rulebook) -> None:
    one = rulebook.only([SHIJIAZHUANG])

    assert [plan.id for plan in one.plans] == [SHIJIAZHUANG]
    assert one.version == load().version
    with pytest.raises(BadDeclaration, match="没有这个划分方案"):
        rulebook.only(["no-such-plan"])


def test_equal_folders_give_equal_rulebooks() -> None:
    assert load(PLANS) == load(PLANS)


def test_a_diff_names_what_changed_between_two_editions(rulebook: Rulebook) -> None:
    first, second = rulebook.plan("first-edition"), rulebook.plan("second-edition")

    assert first is not None
    assert second is not None
    assert diff(first, first) == ()
    assert [told for told in diff(first, second) if "sha256" not in told] == [
        "文件名称由“虚构盟林草领域盟与旗县财政事权和支出责任划分方案”改为“虚构盟林草领域盟与旗县财政事权和支出责任划分方案（修订）”",
        "存档原文由“first-edition.md”改为“second-edition.md”",
        "级次的名称“县级”由“旗县级，旗县市（区）”改为“无”",
        "起始预算年度由“2023”改为“2026”",
        "终止预算年度由“无”改为“2030”",
        "所替代的方案增加“first-edition”",
        "F-1 林草监测：划分方式由“scope”改为“holder”",
        "F-1 林草监测：条款“市级”由“盟级林草监测确认为盟级财政事权”改为“林草监测确认为盟级财政事权”",
        "F-1 林草监测：条款“县级”由“旗县市（区）林草监测确认为旗县级财政事权”改为“无”",
    ]


@pytest.mark.parametrize("kind", [Plan, Document, Matter])
def test_a_diff_tells_a_change_in_any_field(plan: Plan, kind: type) -> None:
    one, revised = {
        Plan: (plan, lambda other: other),
        Document: (plan.document, lambda other: replace(plan, document=other)),
        Matter: (plan.matters[0], lambda other: replace(plan, matters=(other, *plan.matters[1:]))),
    }[kind]
    silent = []
    for field in fields(kind):
        other = replace(one, **{field.name: unlike(getattr(one, field.name))})
        if not diff(plan, revised(other)):
            silent.append(field.name)

    assert silent == {Plan: ["id", "not_loaded", "text"], Document: [], Matter: []}[kind]


def unlike(value: object) -> object:
    """Another value of the same kind."""
    if isinstance(value, Document):
        return replace(value, number="另一个")
    if isinstance(value, tuple):
        return value[1:] or ("另一个",)
    if isinstance(value, Mapping):
        return dict(list(value.items())[1:]) or {"另一个": "键"}
    return 2050 if value is None or isinstance(value, int) else "另一个"


def test_a_diff_tells_how_a_place_is_treated_and_which_words_name_a_matter(folder: Path) -> None:
    before = load(folder).plans[0]
    rewrite(folder, "[婚前健康检查, 婚检]", "[婚检, 婚前体检]")
    rewrite(folder, "valid_from: 2025", "valid_from: 2026\nsettings: {treated_as: {divisions: [高新区], note: 暂按}}")

    assert diff(before, load(folder).plans[0]) == (
        "起始预算年度由“2025”改为“2026”",
        "口径增加“treated_as，暂按，130171”",
        "H-1 免费婚前健康检查：认出它的词删去“婚前健康检查”，增加“婚前体检”",
    )


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("valid_from: 2025", "valid_form: 2025", "shared.yaml: -: 不认识的键 valid_form"),
        ("valid_from: 2025", "valid_from: 二〇二五", "shared.yaml: valid_from: 应是预算年度"),
        ("valid_from: 2025\n", "", "shared.yaml: -: 缺少 valid_from"),
        ("valid_from: 2025", "valid_from: 2025\nvalid_to: 2030年", "shared.yaml: valid_to: 应是预算年度"),
        ("valid_from: 2025", "valid_from: 2025\nvalid_to: 2020", "shared.yaml: valid_to: 2020 早于 valid_from 的 2025"),
        ("valid_from: 2025", "valid_from: 2025\nvalid_to: 0", "shared.yaml: valid_to: 应是预算年度"),
        ('place: "130100"', "place: 13O100", "shared.yaml: place: 行政区划表（codes/divisions.yaml）中没有 13O100"),
        ('place: "130100"', "place: 张家口市", "shared.yaml: place: 行政区划表（codes/divisions.yaml）中没有 张家口市"),
        ("valid_from: 2025", "valid_from: 2025\ninherits: {shared: [市级]}", "shared.yaml: inherits: 所沿用的方案"),
        ("- id: H-2", "- id: H-1", "shared.yaml: H-1: 事项编号重复"),
        ("name: 灾害监测预警", "name: 灾害监测预警\n  nmae: 灾害", "shared.yaml: H-3: 不认识的键 nmae"),
        ("name: 灾害监测预警", "name: 灾害监测预警\n  name: 灾害", "name 写了两次"),
        ("wording: 其他未列事项，由", "wording: 别的未列事项，由", "shared.yaml: H-5: 引文不在原文中：别的未列事项"),
        ("by: open", "by: guess", "shared.yaml: H-5: by 不能是 'guess'"),
        ("by: open", "by: scope", "shared.yaml: H-5: 缺少 clauses"),
        ("section: 二", "section: 九", "shared.yaml: H-5: sections 中没有“九”"),
        ("{level: 市级, percent: 50}", "{level: 乡级, percent: 50}", "shared.yaml: H-1: 没有“乡级”这一级"),
        ("{level: 市级, percent: 50}", "{level: 市级, percent: 40}", "shared.yaml: H-1: 各级的分担比例合计为 90%"),
        ("percent: 20, tier: 一档", "percent: 20, tier: 三档", "shared.yaml: H-2: classes 中没有“三档”"),
        ("part: 信息员补助支出", "part: 信息员工资", "shared.yaml: H-3: 引文不在原文中：信息员工资"),
        ('"130131"', '"999999"', "shared.yaml: classes.一档: 行政区划表中没有 999999"),
        ("sha256: ", "sha256: 0", "shared.yaml: document: 存档正文的 sha256 是"),
        ("source: shared.md", "source: other.md", "shared.yaml: document: 找不到存档原文 other.md"),
        ("source: shared.md", f"source: {'长' * 100}.md", "shared.yaml: document: 找不到存档原文 长长"),
        ("  title: 虚构市", "  title: [虚构市", "shared.yaml: -: 不是可读的 YAML"),
    ],
)  # fmt: skip
def test_a_declaration_that_is_wrong_is_refused_with_path_id_and_what(
    folder: Path, old: str, new: str, message: str
) -> None:
    rewrite(folder, old, new)

    with pytest.raises(BadDeclaration) as refused:
        load(folder)

    assert message in str(refused.value)


def test_a_plan_names_its_place_by_code_or_by_name(folder: Path) -> None:
    rewrite(folder, 'place: "130100"', "place: 石家庄市")

    assert [plan.id for plan in load(folder).in_force("正定", 2025)] == ["shared"]


def test_two_plans_of_one_id_are_refused(folder: Path) -> None:
    shutil.copy(folder / "shared.yaml", folder / "again.yaml")

    with pytest.raises(BadDeclaration, match="划分方案编号重复"):
        load(folder)


def test_a_folder_without_plans_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDeclaration, match="没有划分方案文件"):
        load(tmp_path)


def test_a_reference_to_a_plan_nobody_declares_is_refused(tmp_path: Path) -> None:
    declared = yaml.safe_load((FICTITIOUS / "inheriting.yaml").read_text(encoding="utf-8"))
    del declared["upper_plans"]["central"]
    (tmp_path / "inheriting.yaml").write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    shutil.copy(FICTITIOUS / "sources" / "inheriting.md", tmp_path)

    with pytest.raises(BadDeclaration, match=r"inheriting\.yaml: C-2: upper_plans 中没有 central"):
        load(tmp_path)


def places_in(tree: object, above: tuple = ()) -> list[tuple]:
    inside = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path for key, one in inside for path in [(*above, key), *places_in(one, (*above, key))]]


@pytest.mark.parametrize("value", [None, 1, "别的", [], {"键": 1}, [[1]]], ids=str)
def test_whatever_stands_in_the_wrong_place_is_refused_or_read_and_never_crashes(folder: Path, value: object) -> None:
    path = folder / "shared.yaml"
    text = path.read_text(encoding="utf-8")
    for *above, last in places_in(yaml.safe_load(text))[::3]:
        tree = spot = yaml.safe_load(text)
        for key in above:
            spot = spot[key]
        spot[last] = value
        path.write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8")

        assert re.fullmatch(r"|shared\.yaml: \S.*?: \S.*", refusal_of(folder))


def refusal_of(folder: Path) -> str:
    """What loading says against a folder; nothing where it loads."""
    try:
        load(folder)
    except BadDeclaration as refused:
        return str(refused)
    return ""
