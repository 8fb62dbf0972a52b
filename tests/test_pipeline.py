"""The whole job as a function: bytes and law in, one report out, whoever calls it and from wherever."""

import pickle
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

import pytest

import checker
from checker.definition import definitions
from checker.errors import BadDeclaration, UnreadableWorkbook
from checker.rulebook import load
from checker.template import fill
from checker.terms import Level, Report, Verdict

PLAN = "shijiazhuang-ip-2024"
HEADER = {"bureau": "正定县市场监督管理局", "bureau_level": "县级", "division": "正定县", "year": 2025, "unit": "万元"}
TRAINING = {"name": "本县知识产权宣传培训", "content": "面向本县企业开展培训", "charged_level": "县级", "amount": 8}
WORKS = {"name": "作品登记审核", "content": "国内作者作品登记的审核", "charged_level": "县级", "amount": 12.5}

FOREST = {"name": "林草监测", "content": "在本县开展林草监测", "scope": "本县区", "charged_level": "县级", "amount": 3}
EDITIONS = Path(__file__).parent / "plans"

PLACES = [("县级", "正定县"), ("市级", "石家庄市")]


def submission(*lines: dict, **header: object) -> bytes:
    return fill(definitions()["projects"], HEADER | header, lines)


def checked(*lines: dict, **header: object) -> Report:
    return checker.check(submission(*lines, **header), load())


def test_every_line_gets_one_verdict_at_its_own_row():
    report = checked(TRAINING, {}, WORKS, {"name": "办公用房维修", "charged_level": "县级", "amount": 3})

    first = report.tables[0].header_row + 1
    assert [(line.row - first, line.judgement.verdict) for line in report.lines] == [
        (0, Verdict.RIGHT),
        (2, Verdict.WRONG),
        (3, Verdict.OUTSIDE),
    ]


def test_a_line_carries_what_the_bureau_wrote_and_where_the_words_stand():
    [line] = checked(WORKS).lines

    assert (line.bureau, line.bureau_level, line.name) == ("正定县市场监督管理局", Level.COUNTY, "作品登记审核")
    assert (line.amount_fen, line.charged_level) == (12_500_000, Level.COUNTY)
    assert line.evidence
    assert {cell.row for cell, _ in line.evidence} == {line.row}


def test_the_report_names_the_file_the_template_the_year_and_the_law():
    content = submission(WORKS)

    report = checker.check(content, load())

    assert report.sha256 == sha256(content).hexdigest()
    assert report.template == ("projects", definitions()["projects"].version)
    assert report.year == 2025
    assert report.rulebook.startswith(f"{PLAN}@")


def test_equal_bytes_give_equal_reports():
    content, rulebook = submission(TRAINING, WORKS), load()

    assert checker.check(content, rulebook) == checker.check(content, rulebook)


def test_a_thread_and_a_process_report_what_the_caller_reports():
    contents = [submission(TRAINING, WORKS | {"amount": amount}) for amount in range(1, 5)]
    job = partial(checker.check, rulebook=load())
    expected = [job(content) for content in contents]

    with ThreadPoolExecutor(4) as threads, ProcessPoolExecutor(1, get_context("spawn")) as processes:
        threaded, processed = list(threads.map(job, contents)), list(processes.map(job, contents[:1]))

    assert threaded == expected
    assert processed == expected[:1]


def test_a_report_survives_pickling():
    report = checked(TRAINING, WORKS)

    assert pickle.loads(pickle.dumps(report)) == report


def test_the_year_of_the_file_decides_unless_another_is_asked_for():
    content = submission(WORKS, year=2020)

    with pytest.raises(UnreadableWorkbook, match="2020 预算年度") as refused:
        checker.check(content, load())

    assert refused.value.code == "no-plan-in-force"
    assert checker.check(content, load(), year=2025).lines[0].judgement.verdict is Verdict.WRONG


def test_a_missing_year_or_division_is_found_and_the_line_is_judged_all_the_same():
    report = checked(WORKS, year=None, division=None)

    assert report.lines[0].judgement.matter
    assert report.counts["error"] >= 2


def test_without_a_year_the_only_plan_decides_and_every_reader_is_told_from_which_year():
    report = checked(WORKS, year=None)

    [judgement] = [line.judgement for line in report.lines]
    [finding] = [one for one in report.findings if one.code == "ST06"]
    assert judgement.verdict is Verdict.WRONG
    assert judgement.because.endswith("预算年度没有填清楚，本次按2024年度起有效的方案判断")
    assert finding.message.endswith("预算年度没有填清楚，本次按2024年度起有效的方案判断")


def test_a_year_that_can_be_none_is_taken_as_unsaid():
    report = checked(WORKS, year=202)

    [finding] = [one for one in report.findings if one.code == "LN04"]
    assert (report.year, report.lines[0].judgement.verdict) == (None, Verdict.WRONG)
    assert finding.message.endswith("预算年度没有填清楚，本次按2024年度起有效的方案判断")


def test_no_verdict_rests_on_a_guessed_year_where_the_plans_of_the_years_disagree():
    editions = load(EDITIONS / "first-edition.yaml", EDITIONS / "second-edition.yaml")
    content = submission(FOREST, year="明年")

    by_year = [checker.check(content, editions, year=year).lines[0].judgement.verdict for year in (2025, 2026)]
    unsaid = checker.check(content, editions)

    assert by_year == [Verdict.RIGHT, Verdict.WRONG]
    assert unsaid.lines[0].judgement.verdict is Verdict.UNDECIDED
    assert "预算年度没有填清楚" in unsaid.lines[0].judgement.because
    assert not {finding.code for finding in unsaid.findings} & {"LV01", "LV02", "LV03"}


def test_a_line_without_a_charged_level_is_undecided_and_never_right():
    [line] = checked(WORKS | {"charged_level": None}).lines

    assert line.judgement.verdict is Verdict.UNDECIDED
    assert line.judgement.because.endswith("承担级次没有填写")


def test_a_charged_level_that_is_none_is_quoted():
    [line] = checked(WORKS | {"charged_level": "镇级"}).lines

    assert line.judgement.because.endswith("填报的承担级次“镇级”不是可选的级次")


def test_an_amount_that_cannot_be_meant_is_no_part_of_a_sum():
    report = checked(TRAINING, TRAINING | {"amount": -1}, TRAINING | {"amount": 0}, TRAINING | {"amount": "约3"})

    assert [line.amount_fen for line in report.lines] == [8_000_000, None, None, None]


def test_one_plan_can_be_asked_for_and_an_unknown_one_is_refused():
    content = submission(WORKS)

    assert checker.check(content, load(), plan=PLAN) == checker.check(content, load())
    with pytest.raises(BadDeclaration, match="没有这个划分方案"):
        checker.check(content, load(), plan="无此方案")


def test_lines_of_several_divisions_are_each_judged_in_their_own_place():
    same = {"bureau": "市场监督管理局", "charged_level": "县级", "amount": 8, "name": "知识产权发展规划编制"}
    lines = [same | {"bureau_level": level, "division": place} for level, place in PLACES]

    report = checker.check(fill(definitions()["projects-consolidated"], {"year": 2025, "unit": "万元"}, lines), load())

    assert [line.judgement.verdict for line in report.lines] == [Verdict.RIGHT, Verdict.WRONG]


def test_importing_the_package_costs_nothing_until_check_is_asked_for():
    assert set(checker.__all__) == {"__version__", "annotate", "check"}
    with pytest.raises(AttributeError, match="no attribute 'chekc'"):
        checker.chekc  # noqa: B018
