"""The web face, asked over HTTP as a browser asks: what comes back is what the command line says of the same bytes."""

import html
import io
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from checker import check
from checker.places import divisions
from checker.report import Outcome
from checker.report.json import render
from checker.rulebook import load
from checker.web import app as web
from checker.web.settings import Settings
from checker.web.trials import Trials, file_name
from tests.packages import swollen

SAMPLES = Path(__file__).parent.parent / "samples"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(home=tmp_path_factory.mktemp("web"), workers=2, upload_megabytes=2)
    with TestClient(web.create(settings), base_url="http://localhost") as client:
        yield client


def csrf_of(browser: TestClient) -> str:
    return str(re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get("/").text)[1])  # type: ignore[index]


def upload(browser: TestClient, *files: tuple[str, bytes]) -> Response:
    parts = [("files", (name, content, XLSX)) for name, content in files]
    return browser.post("/checks", data={"csrf": csrf_of(browser)}, files=parts, follow_redirects=False)


def checked(browser: TestClient, name: str, content: bytes) -> tuple[str, Response]:
    """The address of the result and its page, when it is there."""
    address = upload(browser, (name, content)).headers["location"]
    return address, when_done(browser, address)


def when_done(browser: TestClient, address: str) -> Response:
    for _ in range(600):
        answer = browser.get(address)
        if "data-waits=" not in answer.text:
            return answer
        time.sleep(0.1)
    raise AssertionError(f"{address} is still waiting")


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def test_the_first_page_takes_files_also_without_a_script(browser: TestClient) -> None:
    page = browser.get("/")

    assert '<form class="drop" method="post" action="/checks" enctype="multipart/form-data"' in page.text
    assert 'type="file" name="files" multiple required' in page.text


def test_a_result_says_the_verdict_the_sums_and_the_clause(browser: TestClient) -> None:
    _, page = checked(browser, "申报表.xlsx", sample("county-pushed.xlsx"))

    assert "发现 7 处错误，请修改后重新报送" in page.text
    assert "未列入中央、省级财政事权的知识产权侵权纠纷的行政裁决" in page.text
    assert "<mark>行政裁决</mark>" in page.text


def test_the_report_is_the_one_of_the_command_line(browser: TestClient) -> None:
    content = sample("county-pushed.xlsx")
    address, _ = checked(browser, "county-pushed.xlsx", content)

    report = browser.get(f"{address}/report.json").content

    outcome = Outcome("county-pushed.xlsx", json.loads(report)["files"][0]["sha256"], check(content, load()))
    assert report.decode() == render([outcome])


def test_the_marked_workbook_comes_back_as_a_file_to_save(browser: TestClient) -> None:
    address, _ = checked(browser, "申报表.xlsx", sample("county-pushed.xlsx"))

    answer = browser.get(f"{address}/marked")

    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "%E7%94%B3%E6%8A%A5%E8%A1%A8.checked.xlsx" in answer.headers["content-disposition"]
    assert openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames[0] == "核查结果"


def test_the_lines_can_be_filtered_by_verdict(browser: TestClient) -> None:
    address, _ = checked(browser, "a.xlsx", sample("county-pushed.xlsx"))

    shown = {
        choice: rows(browser.get(f"{address}?show={choice}")) for choice in ("wrong", "outside", "all", "nonsense")
    }

    assert [len(shown[choice]) for choice in ("wrong", "outside", "all")] == [7, 2, 17]
    assert set(shown["outside"]) == {"outside"}
    assert shown["nonsense"]  # what nobody offers shows what there is to do


def rows(page: Response) -> list[str]:
    return re.findall(r'<li class="(\w+)" id="row-', page.text)


def test_several_files_at_once_are_listed_each_with_what_became_of_it(browser: TestClient) -> None:
    answer = upload(browser, ("一.xlsx", sample("city-clean.xlsx")), ("二.xlsx", b"no workbook"))

    page = when_done(browser, answer.headers["location"])

    assert answer.headers["location"] == "/checks"
    assert "一.xlsx" in page.text
    assert "二.xlsx" in page.text
    assert "无法核查" in page.text


@pytest.mark.parametrize(
    ("name", "content", "cure"),
    [
        ("空.xlsx", b"", "空"),
        ("网页.xlsx", b"<html><script>alert(1)</script></html>", "另存为"),
        ("坏.xlsx", b"PK\x03\x04 and no more", "重新"),
        ("~$申报表.xlsx", b"\x05Clerk", "请上传 申报表.xlsx"),
    ],
)
def test_what_is_no_workbook_gets_a_page_with_the_cure_and_can_be_fetched_again(
    browser: TestClient, name: str, content: bytes, cure: str
) -> None:
    address, page = checked(browser, name, content)

    assert "无法核查，尚无结论" in page.text
    assert cure in page.text
    assert browser.get(f"{address}/original").content == content
    assert browser.get(f"{address}/marked").status_code == 404


def test_a_name_with_markup_and_folders_in_it_is_only_text(browser: TestClient) -> None:
    address, page = checked(browser, '..\\..\\etc/<img src=x onerror="alert(1)">.xlsx', b"")

    assert "<img src=x" not in page.text
    assert "&lt;img src=x" in page.text
    assert ".." not in browser.get(f"{address}/original").headers["content-disposition"]


def test_names_of_uploads_are_tamed() -> None:
    assert file_name("C:\\文件\\申报\u202e表.xlsx") == "申报表.xlsx"
    assert file_name("") == file_name(None) == "未命名.xlsx"
    assert len(file_name("长" * 500 + ".xlsx")) == 120


def test_text_of_a_workbook_is_never_markup(browser: TestClient) -> None:
    book = openpyxl.load_workbook(io.BytesIO(sample("county-pushed.xlsx")))
    book["填报表"]["B8"] = "<script>alert(1)</script>全县商标侵权案件查处"
    changed = io.BytesIO()
    book.save(changed)

    address, _ = checked(browser, "a.xlsx", changed.getvalue())
    page = browser.get(f"{address}?show=all")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "<script>alert" not in page.text


def test_nothing_sent_says_what_to_do(browser: TestClient) -> None:
    answer = browser.post("/checks", data={"csrf": csrf_of(browser)}, files=[("files", ("", b"", XLSX))])

    assert answer.status_code == 422
    assert "请先选择要核查的工作簿" in answer.text


def test_too_large_an_upload_is_refused_before_it_is_read(browser: TestClient) -> None:
    answer = upload(browser, ("大.xlsx", b"0" * (4 << 20)))

    assert answer.status_code == 413
    assert "文件太大，没有接收" in answer.text


def test_too_many_files_at_once_are_refused_with_how_many_may_be(browser: TestClient) -> None:
    answer = upload(browser, *((f"{number}.xlsx", b"1") for number in range(21)))

    assert answer.status_code == 400
    assert "一次最多 20 个文件，请分几次上传。" in answer.text


def test_a_body_that_does_not_say_its_length_is_counted(browser: TestClient) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.xlsx"\r\n\r\n'
    body = iter([head, *[b"0" * 65536] * 80])

    answer = browser.post("/checks", content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})

    assert answer.status_code == 413


def test_a_form_of_another_site_is_refused(browser: TestClient) -> None:
    foreign = browser.post("/checks", headers={"Origin": "http://evil.example"})
    across = browser.post("/checks", headers={"Sec-Fetch-Site": "cross-site"})
    unsigned = browser.post("/checks", data={"csrf": "0" * 64}, files=[("files", ("a.xlsx", b"1", XLSX))])

    assert [foreign.status_code, across.status_code, unsigned.status_code] == [403, 403, 403]
    assert "页面已过期，没有执行" in unsigned.text


def test_another_name_for_this_machine_is_refused(browser: TestClient) -> None:
    assert browser.get("/", headers={"Host": "evil.example"}).status_code == 421


def test_every_answer_carries_the_strict_headers(browser: TestClient) -> None:
    address, _ = checked(browser, "a.xlsx", sample("city-clean.xlsx"))
    places = ["/", "/checks", "/templates", "/nowhere", "/static/style.css", address, f"{address}/marked"]

    for answer in map(browser.get, places):
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not re.search(r'(?:src|href)="(?:https?:)?//|<script>|<[^>]*\s(?:on\w+|style)=', answer.text)


def test_pages_are_kept_by_nobody_and_what_they_are_dressed_in_for_good(browser: TestClient) -> None:
    home = browser.get("/")
    dress = re.findall(r'"(/static/[^"#]+)', home.text)

    kept = {place: browser.get(place).headers["cache-control"] for place in dress}

    assert home.headers["cache-control"] == "no-store"
    assert {place.partition("?")[0] for place in dress} >= {"/static/style.css", "/static/page.js", "/static/icons.svg"}
    assert set(kept.values()) == {"public, max-age=31536000, immutable"}


def test_a_fault_of_ours_is_told_by_a_number_and_not_by_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    app = web.create(Settings(home=tmp_path / "web", workers=1))
    app.add_api_route("/broken", lambda: 1 / 0)

    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as browser:
        answer = browser.get("/broken")

    number = re.search(r"<b>([0-9A-F]{8})</b>", answer.text)
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    assert number
    assert "ZeroDivisionError" in (tmp_path / "checker" / f"{number[1]}.log").read_text("utf-8")


def test_a_list_tells_in_full_why_a_file_could_not_be_checked(browser: TestClient) -> None:
    blank = io.BytesIO()
    openpyxl.Workbook().save(blank)

    address, _ = checked(browser, "别的表.xlsx", blank.getvalue())

    report = browser.app.state.office.trials.report(browser.app.state.office.trials.find(address.rpartition("/")[2]))
    assert json.loads(report)["files"][0]["error"]["message"] in html.unescape(browser.get("/checks").text)


def test_a_template_is_offered_for_every_place_that_its_code_list_offers(browser: TestClient) -> None:
    page = browser.get("/templates").text

    sheet = openpyxl.load_workbook(io.BytesIO(browser.get("/templates/projects.xlsx").content))["代码表"]
    listed = {value for row in sheet.iter_rows(values_only=True) for value in row}
    offered = re.findall(r'<option value="([^"]+)" lang="zh-CN">([^<]+?) *(?:[0-9]{6})?</option>', page)
    assert {one.name for one in divisions() if not one.former} <= {name for _, name in offered}
    assert {name for _, name in offered} <= listed
    assert all(browser.get(f"/templates/projects.xlsx?place={id_}").status_code == 200 for id_, _ in offered[-3:])


def test_a_template_comes_filled_in_for_a_place_and_a_year(browser: TestClient) -> None:
    answer = browser.get("/templates/projects.xlsx?place=130123&year=2026")
    wrong = ("x.xlsx", "projects.xlsx?place=9", "projects.xlsx?year=y", "projects.xlsx?year=0001")
    statuses = [browser.get(f"/templates/{what}").status_code for what in wrong]

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["填报表"]
    values = {cell.value for row in sheet.iter_rows(max_row=7) for cell in row}
    assert 2026 in values
    assert any("正定县" in str(value) for value in values)
    assert statuses == [404, 404, 404, 404]


def test_what_was_not_finished_is_checked_after_a_restart(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, workers=1)
    trial = Trials(tmp_path / "checks", settings.keep_seconds).take("a.xlsx", sample("city-clean.xlsx"), "", "")

    with TestClient(web.create(settings), base_url="http://localhost") as browser:
        page = when_done(browser, f"/checks/{trial.id}")

    assert "未发现错误" in page.text


def test_a_check_is_gone_after_its_hour(tmp_path: Path) -> None:
    now = [1_000_000.0]
    trials = Trials(tmp_path, 3600, lambda: now[0])
    trial = trials.take("a.xlsx", b"1", "", "")

    before, now[0] = trials.find(trial.id), now[0] + 3601
    trials.sweep()

    assert before == trial
    assert trials.find(trial.id) is None


def test_a_file_that_takes_too_long_costs_only_itself(tmp_path: Path) -> None:
    with TestClient(
        web.create(Settings(home=tmp_path, workers=1, seconds_a_file=0.01)), base_url="http://localhost"
    ) as browser:
        _, page = checked(browser, "a.xlsx", sample("every-code.xlsm"))

    assert "无法核查，尚无结论" in page.text
    assert "已停止" in page.text


def test_progress_is_told_as_it_happens(browser: TestClient) -> None:
    address, _ = checked(browser, "a.xlsx", sample("city-clean.xlsx"))

    told = browser.get("/checks/events")

    assert told.headers["content-type"].startswith("text/event-stream")
    assert json.loads(told.text.strip().splitlines()[-1].removeprefix("data: "))[address.rpartition("/")[2]] == "done"


def test_a_dropped_result_is_gone_at_once(browser: TestClient) -> None:
    address, _ = checked(browser, "a.xlsx", sample("city-clean.xlsx"))

    browser.post(f"{address}/drop", data={"csrf": csrf_of(browser)})

    assert browser.get(address).status_code == 404


def test_a_bomb_does_not_keep_anybody_waiting_and_is_ended(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, workers=1, seconds_a_file=10)
    with TestClient(web.create(settings), base_url="http://localhost") as browser:
        bomb = upload(browser, ("炸弹.xlsx", swollen(sample("county-pushed.xlsx"), 20))).headers["location"]
        _, other = checked(browser, "a.xlsx", sample("city-clean.xlsx"))
        meanwhile = browser.get(bomb).text
        ended = when_done(browser, bomb).text

    assert "未发现错误" in other.text
    assert "data-waits=" in meanwhile
    assert "已停止" in ended


def test_a_file_that_takes_too_much_memory_costs_only_itself(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, workers=1, megabytes_a_file=96)
    with TestClient(web.create(settings), base_url="http://localhost") as browser:
        _, bomb = checked(browser, "炸弹.xlsx", swollen(sample("county-pushed.xlsx"), 40))
        _, other = checked(browser, "a.xlsx", sample("city-clean.xlsx"))

    assert "所需的内存超出上限，已停止" in bomb.text or "进程两次意外终止" in bomb.text
    assert "未发现错误" in other.text


def test_a_long_report_is_shown_page_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("checker.web.office._LONG", 1000)
    with TestClient(web.create(Settings(home=tmp_path, workers=1)), base_url="http://localhost") as browser:
        address, _ = checked(browser, "a.xlsx", sample("county-pushed.xlsx"))
        page = browser.get(f"{address}?show=outside").text

    assert "发现 7 处错误" in page
    assert page.count('id="row-') == 2


@pytest.mark.parametrize(
    ("came_from", "goes_to"),
    [
        ("http://localhost/codes/LV01?a=b", "/codes/LV01?a=b"),
        ("http://localhost//evil.example/", "/evil.example/"),
        ("http://localhost/\\evil.example/", "/evil.example/"),
        ("http://evil.example/", "/"),
        ("", "/"),
    ],
)
def test_choosing_a_language_leads_back_and_never_elsewhere(browser: TestClient, came_from: str, goes_to: str) -> None:
    answer = browser.get("/language/en", headers={"Referer": came_from}, follow_redirects=False)
    browser.cookies.clear()

    assert answer.headers["location"] == goes_to


def test_the_wheel_holds_what_the_pages_need(tmp_path: Path) -> None:
    root = SAMPLES.parent
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    packed = set(ZipFile(next(tmp_path.glob("*.whl"))).namelist())

    needed = [path for kind in ("pages", "static", "words") for path in (root / "checker" / "web" / kind).iterdir()]

    assert {str(path.relative_to(root)) for path in needed} - packed == set()
    assert {f"checker/cases/{path.name}" for path in (root / "tests" / "checks").glob("LV*.yaml")} - packed == set()
