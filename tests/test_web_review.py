"""The finance office's pages: the figures of the summary, and the effect of a decision before it is switched on."""

import io
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest
from fastapi.testclient import TestClient

from checker import register
from checker.checks import CHECKS
from checker.config import Batch, Config, Mail
from checker.desk import gather
from checker.errors import BadConfig
from checker.files import SCHEMAS
from checker.ledger import State, receive, start
from checker.ledger.listing import Wanted, listed, run_lines
from checker.ledger.tables import METADATA
from checker.report import Outcome
from checker.rulebook import load
from checker.standing import report_of
from checker.template.register import new
from checker.terms import Level, Verdict
from checker.web import app as web
from checker.web.drafts import Drafts
from checker.web.entry import enter, shown
from checker.web.intake import WEB
from checker.web.office import Office
from checker.web.settings import Settings
from tests.batches import put, submission
from tests.season import Stand
from tests.submissions import workbook
from tests.test_web import csrf_of

AWARD = {"name": "专利资助资金", "content": "对本县授权发明专利给予资助", "amount": 20}
DETERMINATION = {
    "wording": "专利资助", "plan": "知识产权", "level": "县级", "document": "关于明确知识产权资助承担级次的批复",
    "number": "某财函〔2025〕3号", "date": "2025-03-01", "decided_by": "某某市财政局", "until": "", "remark": "",
}  # fmt: skip
WAIVER = {
    "code": "LV01", "bureau": "正定县市场监督管理局", "line": "作品登记审核", "reason": "机构改革过渡期",
    "document": "2025年第3次会议纪要", "approved_by": "分管局长", "until": "2026-12-31", "remark": "",
}  # fmt: skip
FILES = {
    "正定县市场监督管理局": submission(),
    "正定县科学技术局": workbook("正定县科学技术局", [AWARD]),
    "石家庄市市场监督管理局": workbook("石家庄市市场监督管理局", [{"name": "知识产权宣传周活动", "amount": 60}]),
    "赵县教育局": b"no workbook",
}
ALL = ["—", "石家庄市市场监督管理局", "正定县科学技术局", "正定县市场监督管理局"]
BOOK = """单位,行政区划,邮箱
正定县市场监督管理局,正定县,a@example.com
正定县市场监督管理局,藁城区,a@example.com
赵县科学技术局,赵县,b@example.com
"""


def configured(home: Path) -> Settings:
    (home / "in").mkdir()
    (home / "book.csv").write_text(BOOK, "utf-8")
    batch = Batch(inbox=str(home / "in"), outbox=str(home / "out"), settle_seconds=0.0, workers=1)
    mail = Mail(address_book=str(home / "book.csv"))
    return Settings(home=home / "web", workers=1, config=Config(batch=batch, mail=mail))


def office_of(browser: TestClient) -> Office:
    return browser.app.state.office  # type: ignore[attr-defined, no-any-return]


def settled(browser: TestClient) -> None:
    for _ in range(600):
        if all(job.state is State.RETURNED for job in listed(office_of(browser).ledger, Wanted(), 100)):
            return
        time.sleep(0.05)
    raise AssertionError("still at work")


def filled(browser: TestClient) -> TestClient:
    for bureau, content in FILES.items():
        office_of(browser).intake.hand_in(f"{bureau}/预算.xlsx", content, "")
    settled(browser)
    return browser


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Four bureaus' submissions, that no test changes."""
    with TestClient(web.create(configured(tmp_path_factory.mktemp("season"))), base_url="http://localhost") as client:
        yield filled(client)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(web.create(configured(tmp_path_factory.mktemp("served"))), base_url="http://localhost") as client:
        yield client


@pytest.fixture
def browser(served: TestClient) -> Iterator[TestClient]:
    """The same four bureaus anew, and no register; starting a server for each test would take most of the time."""
    yield filled(served)
    office = office_of(served)
    office.intake.close()
    office.ledger.write(
        lambda connection: [connection.execute(table.delete()) for table in reversed(METADATA.sorted_tables)]
    )
    office.law.content = office.law.register = None
    office.law.path.unlink(missing_ok=True)
    for draft in office.registrar.drafts.all():
        shutil.rmtree(office.registrar.drafts.home(draft), ignore_errors=True)  # it may still be examined
    for path in office.registrar.history():
        path.unlink()
    office.law.refresh()


def post(browser: TestClient, address: str, **fields: str):  # type: ignore[no-untyped-def]
    return browser.post(address, data={"csrf": csrf_of(browser)} | fields)


def listed_bureaus(page: str) -> list[str]:
    return re.findall(r'<tr>\s*<td lang="zh-CN">([^<]+)</td>', page)


def examined(browser: TestClient, address: str) -> str:
    """The page of a draft, once its effect is known."""
    for _ in range(600):
        page = browser.get(address).text
        if 'http-equiv="refresh"' not in page:
            return page
        time.sleep(0.05)
    raise AssertionError(f"{address} is still examined")


def switched_on(browser: TestClient, address: str = "/review/register/determinations", **fields: str):  # type: ignore[no-untyped-def]
    """An entry whose effect was seen, in force: the answer to the last button."""
    draft = post(browser, address, **fields or DETERMINATION).url.path
    examined(browser, draft)
    return post(browser, f"{draft}/on")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", ALL),
        ("text=科学", ["正定县科学技术局"]),
        ("bureau=正定县科学技术局", ["正定县科学技术局"]),
        ("division=130123", ["正定县科学技术局", "正定县市场监督管理局"]),
        ("year=2025", ["正定县市场监督管理局"]),
        ("state=unreadable", ["—"]),
        ("verdict=undecided", ["正定县科学技术局"]),
        ("verdict=wrong&code=LV01", ["正定县市场监督管理局"]),
        ("code=XX99", []),
        ("state=nonsense&verdict=nonsense&year=x&number=x", ALL),
        ("number=99", ALL),
    ],
)  # fmt: skip
def test_submissions_are_found_by_their_filters(season, asked, expected):
    assert listed_bureaus(season.get(f"/review?{asked}").text) == expected


def test_a_list_is_shown_fifty_at_a_time(browser):
    office = office_of(browser)
    run = start(office.ledger, "/inbox", office.law.version)
    for number in range(60):
        receive(office.ledger, run, f"甲/{number}.xlsx", "0" * 64)

    first, second = browser.get("/review").text, browser.get("/review?number=2").text

    assert [len(listed_bureaus(page)) for page in (first, second)] == [50, 14]
    assert "第 1 页，共 2 页" in first
    assert 'href="?number=2"' in first


def test_who_is_missing_is_told_by_the_address_book(season):
    page = season.get("/review/missing?year=2025").text

    cells = r'<td lang="zh-CN">([^<]+局)</td><td[^>]*><span lang="zh-CN">([^<]*)</span></td><td[^>]*>'
    absent = re.findall(f'{cells}<span class="badge wrong"', page)
    assert absent == [("正定县市场监督管理局", "藁城区"), ("赵县科学技术局", "赵县")]
    assert "共有 3 个单位，2025 预算年度还有 2 个没有报送" in page


def test_the_figures_are_those_of_the_summary(season):
    office = office_of(season)
    jobs = [job for job in listed(office.ledger, Wanted(), 100) if job.result]
    figures = gather(Stand(Outcome(job.submission.name, report=report_of(office.store, job))) for job in jobs)

    page = season.get("/review/figures").text

    for verdict in Verdict:
        row = rf"{verdict.label}</span></td><td class=\"number\">(\d+)</td><td class=\"number\">([\d.,]+)</td>"
        lines, money = re.search(row, page).groups()
        assert (int(lines), float(money)) == (figures.total.lines[verdict], figures.total.fen[verdict] / 1_000_000)
    wrong = figures.matrix[Level.CITY, Level.COUNTY]
    assert f'<td class="number off">{wrong.lines.total()}<span' in page
    assert f'<td class="number off">{wrong.fen.total() / 1_000_000:,.2f}<span' in page


def test_figures_of_a_selection_count_the_selection_alone(season):
    page = season.get("/review/figures?bureau=正定县科学技术局").text

    assert "1 份有结果，0 份还没有结果" in page
    assert "只计筛选出的报送" in page


def test_undecided_lines_stand_by_reason_with_a_form_beside_each(season):
    page = season.get("/review/undecided").text

    assert "专利资助资金" in page
    assert "作品登记审核" not in page
    form = re.search(r'href="(/review/register/determinations\?wording=[^"]+)"', page)[1]
    assert 'value="专利资助资金"' in season.get(form).text


def test_twin_lines_are_told_apart_by_their_files_and_every_field_by_its_label(season):
    page = season.get("/review/undecided").text

    assert '<span class="quiet file" lang="zh-CN">预算.xlsx</span>' in page
    assert all(f'data-label="{label}"' in page for label in ("单位", "金额（万元）", "填报", "已知情况", "登记"))


def test_a_determination_is_offered_only_where_it_decides_something(browser):
    """What the words leave unclear the bureau has to say; no office can determine it by a wording."""
    vague = {"name": "知识产权专项经费", "content": "", "amount": 9}
    office_of(browser).intake.hand_in("正定县教育局/预算.xlsx", workbook("正定县教育局", [vague]), "")
    settled(browser)

    page = browser.get("/review/undecided").text

    offered = re.findall(r"determinations\?wording=([^\"]+)\"", page)
    assert [unquote(one) for one in offered] == ["专利资助资金"]
    assert "登记认定对这类行不起作用" in page


def test_the_form_says_beforehand_that_a_plan_lists_what_is_to_be_determined(season):
    listed_one, unlisted = (
        season.get("/review/register/determinations", params={"wording": word}).text
        for word in ("专利导航", "专利资助")
    )

    assert "属方案已经列明的事项“专利导航”" in listed_one
    assert "/plans/" in listed_one
    assert "已经列明的事项" not in unlisted


def test_what_a_form_has_wrong_is_said_of_its_fields_and_not_of_a_workbook(season):
    wrong = DETERMINATION | {"wording": "专利导航", "until": "2024-01-01"}

    page = post(season, "/review/register/determinations", **wrong).text

    assert "有 2 处须改正" in page
    assert "“有效期至”：有效期至2024-01-01，早于认定日期2025-03-01，请核对。" in page
    assert "不能另行认定，不必登记" in page
    assert "登记簿有" not in page
    assert "认定!" not in page
    assert "删去这一行" not in page


def test_a_draft_without_effect_says_so_and_is_rather_given_up(browser):
    draft = post(browser, "/review/register/determinations", **DETERMINATION | {"wording": "梨产业"}).url.path

    page = examined(browser, draft)

    assert "不会改变任何已报送的结论" in page
    assert "启用了也不起作用" in page
    assert '<button class="main">放弃</button>' in page
    assert '<button class="main">启用' not in page


def test_after_a_determination_nothing_says_any_more_that_it_is_to_be_determined(browser):
    draft = post(browser, "/review/register/determinations", **DETERMINATION).url.path

    page = examined(browser, draft)

    assert "认定“专利资助”由县级承担" in page
    assert "由财政部门认定；" not in page


def test_a_run_of_the_pages_is_over_with_its_last_file(browser):
    first = browser.get("/review/runs").text
    office_of(browser).intake.hand_in("正定县财政局/后.xlsx", submission("正定县财政局"), "")
    settled(browser)

    second = browser.get("/review/runs").text

    assert "进行中" not in first
    assert "进行中" not in second
    assert [one.files for one in run_lines(office_of(browser).ledger, 9)] == [1, 4]


@pytest.mark.parametrize("address", ["/review/register/waivers", "/review/runs", "/review/missing", "/review/plans"])
def test_a_page_names_what_can_be_done_on_pages_and_no_command_or_configuration(season, tmp_path, address):
    with TestClient(web.create(Settings(home=tmp_path / "web", workers=1)), base_url="http://localhost") as bare:
        pages = season.get(address).text, bare.get(address).text

    assert not any(word in page for page in pages for word in ("checker explain", "checker.toml", "address_book"))


def test_the_summary_of_a_selection_is_the_workbook_of_a_batch(season):
    answer = season.get("/review/summary.xlsx?division=130123")

    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    files = [row[0].value for row in book["报送文件"] if row[0].value and "预算.xlsx" in str(row[0].value)]
    assert book.sheetnames[0] == "总览"
    assert sorted(files) == ["正定县市场监督管理局/预算.xlsx", "正定县科学技术局/预算.xlsx"]


def test_a_word_to_the_bureau_stands_on_its_page_once_and_as_text(browser):
    [job] = listed(office_of(browser).ledger, Wanted(bureau="正定县市场监督管理局"), 1)
    address = f"/review/submissions/{job.submission.id}/comment"

    for _ in range(2):
        post(browser, address, words="请补充依据。<b>重要</b>")

    page = browser.get(f"/submissions/{job.submission.id}").text
    assert page.count("请补充依据。&lt;b&gt;重要&lt;/b&gt;") == 1
    assert "有审核意见" in browser.get("/submissions").text
    assert post(browser, "/review/submissions/999/comment", words="x").status_code == 404


def test_a_determination_changes_nothing_until_it_is_switched_on_and_says_before_what_it_would_change(browser):
    office = office_of(browser)
    before = office.law.version

    draft = post(browser, "/review/register/determinations", **DETERMINATION)
    page = examined(browser, draft.url.path)

    assert "会改变 1 个单位的 1 份报送：1 行结论" in page
    assert re.search(r"待认定</span></td><td[^>]*><b lang=\"zh-CN\">级次相符（应由县级承担）", page)
    assert office.law.version == before
    assert not office.law.path.exists()


def test_a_determination_switched_on_stands_in_the_workbook_and_binds_the_next_check(browser):
    office = office_of(browser)
    draft = post(browser, "/review/register/determinations", **DETERMINATION).url.path
    examined(browser, draft)

    for _ in range(2):  # pressed twice, entered once
        page = post(browser, f"{draft}/on")

    assert "已启用" in page.text
    kept = register.load(office.law.path.read_bytes(), load(), CHECKS)
    assert [one.wording for one in kept.determinations] == ["专利资助"]
    assert "在网页登记" in shown(office.law.path.read_bytes())[register.sheets.DETERMINATIONS][0]["remark"]
    office.intake.hand_in("正定县科学技术局/新.xlsx", workbook("正定县科学技术局", [AWARD, AWARD | {"amount": 1}]), "")
    settled(browser)
    assert [one.submission.name for one in listed(office.ledger, Wanted(verdict="right", text="新"), 9)] == [
        "正定县科学技术局/新.xlsx"
    ]


def test_a_remark_as_long_as_may_be_leaves_room_for_who_entered_it(browser):
    draft = post(browser, "/review/register/determinations", **DETERMINATION | {"remark": "备" * 500}).url.path
    examined(browser, draft)

    page = post(browser, f"{draft}/on")

    assert "已启用" in page.text
    said = shown(office_of(browser).law.path.read_bytes())[register.sheets.DETERMINATIONS][0]["remark"]
    assert len(said) == 500
    assert "备备…；" in said
    assert said.endswith("在网页登记")


def test_what_was_handed_in_is_checked_again_under_the_new_law_when_somebody_says_so(browser):
    office = office_of(browser)
    switched_on(browser)

    page = post(browser, "/review/runs/again")
    settled(browser)

    assert "正在按现行规则重新核查 4 份" in page.text
    assert listed(office.ledger, Wanted(verdict="undecided"), 9) == ()
    assert {job.version for job in listed(office.ledger, Wanted(), 9)} == {office.law.version}
    assert "不必重新核查" in post(browser, "/review/runs/again").text


def test_what_still_waits_when_the_law_changes_is_checked_under_the_new_one(browser):
    office = office_of(browser)
    run = start(office.ledger, WEB, office.law.version)
    receive(office.ledger, run, "正定县教育局/等.xlsx", office.store.keep(submission("正定县教育局")))

    switched_on(browser)
    office.intake.hand_in("正定县财政局/后.xlsx", submission("正定县财政局"), "")
    office.tend()
    settled(browser)

    [waited] = listed(office.ledger, Wanted(text="等.xlsx"), 9)
    assert waited.version == office.law.version


def test_a_waiver_makes_an_error_a_remark_and_its_effect_is_told_before(browser):
    [job] = listed(office_of(browser).ledger, Wanted(bureau=WAIVER["bureau"]), 1)
    code = next(one.code for one in report_of(office_of(browser).store, job).findings if one.severity == "error")

    draft = post(browser, "/review/register/waivers", **WAIVER | {"code": code})
    page = examined(browser, draft.url.path)

    assert "会豁免 1 处疑点（1 份报送）" in page
    assert "级次结论不变" in page
    assert ">预算.xlsx</a>" in page
    assert re.search(r"错误</span></td><td[^>]*><b lang=\"zh-CN\">提示", page)


@pytest.mark.parametrize(
    ("table", "wrong", "said"),
    [
        ("determinations", {"wording": "作品登记审核"}, "不能另行认定"),
        ("determinations", {"level": "乡级", "date": "昨天"}, "有 2 处须改正"),
        ("determinations", {"document": ""}, "“文件名称”没有填"),
        ("waivers", {"code": "LV99"}, "没有疑点代码“LV99”"),
        ("waivers", {"until": ""}, "“有效期至”没有填"),
    ],
)
def test_what_the_register_refuses_is_said_in_its_own_words_and_nothing_is_kept(season, table, wrong, said):
    given = (DETERMINATION if table == "determinations" else WAIVER) | wrong

    answer = post(season, f"/review/register/{table}", **given)

    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="某某市财政局"' in answer.text or 'value="分管局长"' in answer.text
    assert list(office_of(season).registrar.drafts.all()) == []


def test_an_entry_leaves_the_rest_of_the_workbook_as_the_office_keeps_it(browser):
    book = openpyxl.load_workbook(io.BytesIO(new(load())))
    book["认定"]["K4"], book["认定"]["K5"] = "经办人", "李"
    for column, value in zip(
        "ABCDEFG", ("旧事项资助", "知识产权", "市级", "旧批复", "1号", "2025-01-01", "局"), strict=True
    ):
        book["认定"][f"{column}5"] = value
    book.create_sheet("往来")["A1"] = "不要动"
    book.save(office_of(browser).law.path)
    old = office_of(browser).law.path.read_bytes()

    switched_on(browser)

    now = openpyxl.load_workbook(office_of(browser).law.path)
    assert [now["认定"][f"A{row}"].value for row in (4, 5, 6, 7)] == ["事项表述", "旧事项资助", "专利资助", None]
    assert (now["认定"]["K5"].value, now["往来"]["A1"].value) == ("李", "不要动")
    [name] = [path.name for path in office_of(browser).registrar.history()]
    assert browser.get(f"/review/register/history/{name}").content == old
    assert browser.get("/review/register/history/..%2Fledger.db").status_code == 404


def test_a_register_that_excel_made_unusable_is_said_and_the_one_before_stands(browser):
    office = office_of(browser)
    switched_on(browser)
    version = office.law.version

    office.law.path.write_bytes(b"half a file")
    page = browser.get("/review/register").text
    refused = switched_on(browser, "/review/register/waivers", **WAIVER)

    assert "登记簿的文件有误，仍按改动之前的内容核查" in page
    assert office.law.version == version
    assert refused.status_code == 503
    assert office.law.path.read_bytes() == b"half a file"


def test_a_register_that_is_gone_for_a_moment_still_holds(browser):
    office = office_of(browser)
    switched_on(browser)
    version = office.law.version

    away = office.law.path.rename(office.law.path.with_suffix(".tmp"))
    office.tend()
    held, problem = office.law.version, office.law.problem
    away.rename(office.law.path)
    office.tend()

    assert held == office.law.version == version
    assert "不见了" in problem
    assert office.law.problem == ""


def test_a_register_that_was_named_and_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadConfig, match="登记簿 .* 不存在"):
        web.create(Settings(home=tmp_path, register=str(tmp_path / "登记薄.xlsx")))


def test_a_register_changed_in_excel_is_the_law_of_the_next_check(browser):
    office = office_of(browser)

    office.law.path.write_bytes(enter(new(load()), register.sheets.DETERMINATIONS, DETERMINATION))
    office.tend()

    assert office.law.register.determinations[0].wording == "专利资助"


def test_a_new_plan_is_tried_on_what_was_handed_in_and_is_not_in_force(browser):
    office = office_of(browser)
    text = (SCHEMAS / "plans" / "shijiazhuang-ip-2024.yaml").read_text("utf-8")
    later = re.sub(r"(?m)^valid_from: .*$", "valid_from: 2026", text, count=1).encode()
    before = office.law.version

    answer = browser.post(
        "/review/plans",
        data={"csrf": csrf_of(browser)},
        files=[("files", ("新方案.yaml", later, "text/yaml"))],
    )
    page = examined(browser, answer.url.path)

    assert "能否核查会改变的文件" in page  # one is of 2025, for which no plan would be left
    assert "启用，记入登记簿" not in page
    assert office.law.version == before


@pytest.mark.parametrize(
    "content", [b"id: [", b"document: {source: ../../../etc/passwd}", b"\xff\xfe", b"- 1", b"a: &a [*a]"]
)
def test_a_plan_that_is_none_is_refused_with_what_is_wrong(season, content):
    answer = season.post(
        "/review/plans", data={"csrf": csrf_of(season)}, files=[("files", ("x.yaml", content, "text/yaml"))]
    )

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("name", ["..", ".", "汉" * 110 + ".md", "a/../../b.md"])
def test_a_source_is_kept_under_the_name_the_plan_quotes_and_under_no_other(season, name):
    plan = (SCHEMAS / "plans" / "shijiazhuang-ip-2024.yaml").read_text("utf-8")
    quoting = re.sub(r"(?m)^( *source:) .*$", rf"\1 {name}", plan, count=1)
    drafts = office_of(season).registrar.drafts
    before = len(list(drafts.folder.iterdir()))

    beside, quoted = (
        season.post(
            "/review/plans",
            data={"csrf": csrf_of(season)},
            files=[("files", ("x.yaml", text.encode(), "text/yaml")), ("files", (name, b"text", "text/plain"))],
        )
        for text in (plan, quoting)
    )

    kept = [path.name for path in (drafts.folder / beside.url.path.rpartition("/")[2] / "sources").iterdir()]
    assert (beside.status_code, kept) == (200, ["shijiazhuang-ip-2024.md"])
    assert quoted.status_code == 422
    assert len(list(drafts.folder.iterdir())) == before + 1


def test_a_draft_that_cannot_be_kept_leaves_nothing_behind(tmp_path):
    drafts = Drafts(tmp_path)
    crashed = tmp_path / ".crashed"
    crashed.mkdir()
    os.utime(crashed, (0, 0))

    with pytest.raises(OSError, match="File name too long"):
        drafts.make("plan", {}, "", {"汉" * 110: b""})
    drafts.sweep()

    assert list(tmp_path.iterdir()) == []


def test_one_lost_original_does_not_keep_an_entry_out_of_the_register(browser):
    office = office_of(browser)
    [job] = listed(office.ledger, Wanted(bureau="正定县市场监督管理局"), 1)
    digest = job.submission.sha256
    Path(office.store.folder.path(f"{digest[:2]}/{digest}")).unlink()

    draft = post(browser, "/review/register/determinations", **DETERMINATION).url.path
    examined(browser, draft)

    assert "已启用" in post(browser, f"{draft}/on").text


def test_a_batch_run_is_started_over_the_configured_inbox_and_shows_in_the_history(browser):
    office = office_of(browser)
    put(Path(office.settings.config.batch.inbox), {"正定县财政局.xlsx": submission("正定县财政局")})

    for _ in range(2):  # pressed twice, one run
        assert "正在运行" in post(browser, "/review/runs").text
    while office.runner.state().code is None:
        time.sleep(0.1)

    assert office.runner.state().code == 1, office.runner.state().said  # as of the command: errors found
    assert (Path(office.settings.config.batch.outbox) / "正定县财政局" / "正定县财政局.checked.xlsx").is_file()
    [job] = listed(office.ledger, Wanted(bureau="正定县财政局"), 9)
    page = browser.get("/review/runs").text
    assert page.count(office.settings.config.batch.inbox) == 1
    assert browser.get(f"/submissions/{job.submission.id}/marked").status_code == 200


def test_without_a_configured_inbox_there_is_nothing_to_start(tmp_path):
    with TestClient(web.create(Settings(home=tmp_path, workers=1)), base_url="http://localhost") as browser:
        page = post(browser, "/review/runs").text

        assert "还没有规定收件和发件的位置" in page
        assert office_of(browser).runner.state() is None


def test_an_effect_that_was_being_found_out_is_found_out_after_a_restart(tmp_path):
    settings = configured(tmp_path)
    with TestClient(web.create(settings), base_url="http://localhost") as first:
        filled(first)
        office_of(first).registrar.stop()
        draft = post(first, "/review/register/determinations", **DETERMINATION).url.path

    with TestClient(web.create(settings), base_url="http://localhost") as second:
        page = examined(second, draft)

    assert "会改变 1 个单位的 1 份报送：1 行结论" in page


def test_no_page_of_the_office_carries_script_or_style_of_its_own(season):
    for place in ("", "/missing", "/figures", "/undecided", "/register", "/register/waivers", "/plans", "/runs"):
        page = season.get(f"/review{place}")

        assert page.status_code == 200
        assert not re.search(r"<script>|<[^>]*\s(?:on\w+|style)=|(?:src|href)=\"(?:https?:)?//", page.text)


def test_nothing_is_switched_on_before_its_effect_is_known(browser):
    office = office_of(browser)
    draft = office.registrar.drafts.make(register.sheets.DETERMINATIONS, DETERMINATION, "")

    page = post(browser, f"/review/drafts/{draft.id}/on").text

    assert "未启用" in page
    assert "启用，记入登记簿" not in page
    assert not office.law.path.exists()


def test_a_draft_that_is_given_up_is_not_switched_on(browser):
    draft = post(browser, "/review/register/determinations", **DETERMINATION).url.path

    post(browser, f"{draft}/drop")
    page = post(browser, f"{draft}/on").text

    assert "已放弃" in page
    assert not office_of(browser).law.path.exists()
    assert browser.get("/review/drafts/../../secret").status_code == 404
