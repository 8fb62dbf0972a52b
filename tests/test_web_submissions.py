"""Handing in through the pages: one ledger and one store with the batch, nothing lost, nobody else's seen."""

import io
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import openpyxl
import pytest
from fastapi.testclient import TestClient

from checker.ledger import State, Version, receive, start
from checker.ledger.listing import Wanted, count, listed
from checker.ledger.tables import METADATA
from checker.standing import report_of
from checker.web import app as web
from checker.web.gate import Person, Role
from checker.web.intake import WEB
from checker.web.office import Office
from checker.web.settings import Settings
from checker.web.submissions import folder, may_see
from tests.batches import put, submission
from tests.served import start as start_server
from tests.test_web import XLSX, checked, csrf_of, upload, when_done
from tests.test_web_accounts import lapse
from tests.web import House, house, send

BUREAU = "正定县市场监督管理局"
ALL = METADATA.sorted_tables
API = "/api/v1/submissions"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "web", workers=1)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(home=tmp_path_factory.mktemp("web"), workers=1)
    with TestClient(web.create(settings), base_url="http://localhost") as client:
        yield client


@pytest.fixture
def browser(served: TestClient) -> Iterator[TestClient]:
    """A server with an empty ledger; starting one for each test would take most of the time."""
    yield served
    office = office_of(served)
    office.intake.close()
    office.ledger.write(lambda connection: [connection.execute(table.delete()) for table in reversed(ALL)])


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("house")) as opened:
        yield opened


def office_of(browser: TestClient) -> Office:
    return browser.app.state.office  # type: ignore[attr-defined, no-any-return]


def handed_in(browser: TestClient, name: str, content: bytes) -> str:
    """The address of a submission that was checked first, once it is marked."""
    address, _ = checked(browser, name, content)
    answer = browser.post(f"{address}/submit", data={"csrf": csrf_of(browser)}, follow_redirects=False)
    return settled(browser, answer.headers["location"])


def handed_in_directly(browser: TestClient, name: str, content: bytes) -> str:
    parts = [("files", (name, content, XLSX))]
    answer = browser.post("/submissions", data={"csrf": csrf_of(browser)}, files=parts, follow_redirects=False)
    return settled(browser, answer.headers["location"])


def settled(browser: TestClient, address: str) -> str:
    for _ in range(600):
        if all(job.state is State.RETURNED for job in listed(office_of(browser).ledger, Wanted(), 100)):
            return address
        time.sleep(0.05)
    raise AssertionError(f"{address} is not done")


def count_of(browser: TestClient) -> int:
    return count(office_of(browser).ledger, Wanted())


def test_what_was_checked_is_handed_in_with_original_report_and_marked_copy(browser):
    content = submission()

    address = handed_in(browser, "预算.xlsx", content)

    page = browser.get(address).text
    assert "发现 1 处错误，请修改后重新报送" in page
    assert "已报送，第 1 次" in page
    assert browser.get(f"{address}/original").content == content
    assert openpyxl.load_workbook(io.BytesIO(browser.get(f"{address}/marked").content)).sheetnames[0] == "核查结果"
    assert browser.get(f"{address}/report.json").json()["files"][0]["counts"]["error"] == 1


def test_the_ledger_knows_the_bureau_and_the_store_holds_what_a_batch_would_keep(browser):
    handed_in(browser, "预算.xlsx", submission())

    office = office_of(browser)
    [job] = listed(office.ledger, Wanted(inbox=WEB), 10)
    assert (job.submission.name, job.submission.bureau, job.submission.division) == (
        f"{BUREAU}/预算.xlsx", BUREAU, "130123",
    )  # fmt: skip
    assert job.version == office.law.version
    assert all(office.store.holds(digest) for digest in (job.submission.sha256, job.marked, job.result.report))


def test_handing_in_twice_is_handing_in_once(browser):
    address, _ = checked(browser, "预算.xlsx", submission())
    form = {"csrf": csrf_of(browser)}

    answers = [browser.post(f"{address}/submit", data=form, follow_redirects=False) for _ in range(2)]
    again = handed_in(browser, "预算.xlsx", submission())

    assert {answer.headers["location"] for answer in answers} == {again}
    assert count_of(browser) == 1


def test_the_result_says_that_it_was_handed_in(browser):
    address, page = checked(browser, "预算.xlsx", submission())

    handed = settled(browser, browser.post(f"{address}/submit", data={"csrf": csrf_of(browser)}).url.path)

    assert f'action="{address}/submit"' in page.text
    assert "已报送，查看" in browser.get(address).text
    link = re.search(r"/submissions/of/\d+", browser.get(address).text)
    assert browser.get(link[0]).url.path == handed  # type: ignore[index]


def test_several_files_can_be_handed_in_at_once_without_a_check_before(browser):
    parts = [("files", (name, submission(name), XLSX)) for name in ("甲局.xlsx", "乙局.xlsx")]

    answer = browser.post("/submissions", data={"csrf": csrf_of(browser)}, files=parts, follow_redirects=False)
    settled(browser, "")

    page = browser.get(answer.headers["location"]).text
    assert answer.headers["location"] == "/submissions"
    assert re.findall(r'lang="zh-CN">(.局\.xlsx)</a>', page) == ["乙局.xlsx", "甲局.xlsx"]
    assert "核查中" not in page


def test_a_file_nobody_can_read_is_listed_with_the_cure(browser):
    address = handed_in_directly(browser, "坏.xlsx", b"no workbook")

    page = browser.get(address).text

    assert "无法核查，尚无结论" in page
    assert browser.get(f"{address}/original").content == b"no workbook"
    assert browser.get(f"{address}/marked").status_code == 404
    assert "无法核查" in browser.get("/submissions").text


def test_a_check_without_a_result_is_not_handed_in(browser):
    address, _ = checked(browser, "坏.xlsx", b"no workbook")

    answer = browser.post(f"{address}/submit", data={"csrf": csrf_of(browser)})

    assert answer.url.path == address
    assert count_of(browser) == 0


def test_the_page_and_the_marked_copy_say_what_changed_since_the_last_file(browser):
    handed_in(browser, "预算.xlsx", submission())

    address = handed_in(browser, "预算.xlsx", submission(wrong=False))

    page = browser.get(address).text
    assert "与上次报送相比" in page
    assert re.search(r"已改正</dt><dd>1</dd>", page)
    assert "第 2 次" in page
    sheet = openpyxl.load_workbook(io.BytesIO(browser.get(f"{address}/marked").content))["核查结果"]
    assert any("与上次报送相比：已改正 1 处" in str(cell.value) for row in sheet for cell in row)


def test_a_check_shows_what_was_mended_before_it_is_handed_in(browser):
    handed_in(browser, "预算.xlsx", submission())

    _, same_name = checked(browser, "预算.xlsx", submission(wrong=False))
    _, same_bureau = checked(browser, "改.xlsx", submission(wrong=False))
    _, same_file = checked(browser, "预算.xlsx", submission())

    assert re.search(r"已改正</dt><dd>1</dd>", same_name.text)
    assert re.search(r"已改正</dt><dd>1</dd>", same_bureau.text)
    assert "与上次报送相比" not in same_file.text


def test_who_hands_in_after_the_session_ended_finds_the_file_kept(tmp_path):
    with house(tmp_path) as office:
        browser = office.browser("wenhua")
        form = {"csrf": csrf_of(browser)}
        lapse(office)

        answer = browser.post("/submissions", data=form, files=[("files", ("预算.xlsx", submission(), XLSX))])

        assert answer.headers["location"] == "/login?kept=1&to=/checks"
        assert [trial.name for trial in office.app.state.office.trials.all()] == ["预算.xlsx"]


def test_bureaus_with_accounts_hand_in_side_by_side_and_see_only_their_own(tmp_path):
    with house(tmp_path) as office:
        culture, education, reviewer = (office.browser(name) for name in ("wenhua", "jiaoyu", "shenhe"))
        for browser in (culture, education):
            form = {"csrf": csrf_of(browser)}
            browser.post("/submissions", data=form, files=[("files", ("预算.xlsx", submission(), XLSX))])

        seen = [
            re.findall(r"/submissions/(\d+)", one.get("/submissions").text) for one in (culture, education, reviewer)
        ]
        there = [one.get("/submissions/1").status_code for one in (culture, education, reviewer)]

    assert seen == [["1"], ["2"], ["2", "1"]]
    assert there == [200, 404, 200]


def test_what_one_bureau_hands_in_says_nothing_of_another_even_where_it_names_it(browser):
    """Anybody can write another bureau's name into a workbook."""
    office = office_of(browser)
    thief = Person("a", Role.BUREAU, "赵县教育局")
    handed_in(browser, "预算.xlsx", submission())

    job = office.intake.hand_in(f"{folder(thief)}/偷看.xlsx", submission(wrong=False), thief.name)
    settled(browser, "")

    [job] = listed(office.ledger, Wanted(under="赵县教育局"), 10)
    assert job.submission.bureau == BUREAU
    assert office.intake.changes(job, report_of(office.store, job)) is None
    assert "表中填报单位与报送单位不同" in browser.get(f"/submissions/{job.submission.id}").text


def test_a_bureau_sees_what_was_handed_in_for_it_and_nothing_else(browser):
    office = office_of(browser)
    handed_in(browser, "预算.xlsx", submission())
    [job] = listed(office.ledger, Wanted(), 10)
    run = start(office.ledger, "/inbox", Version("law", "1"))
    posted = receive(office.ledger, run, f"{BUREAU}/信封.xlsx", "0" * 64)

    people = {
        "its own": Person("a", Role.BUREAU, BUREAU), "another": Person("b", Role.BUREAU, "赵县教育局"),
        "of no bureau": Person("c", Role.BUREAU), "reviewer": Person("d", Role.REVIEWER),
    }  # fmt: skip

    assert {who: may_see(office, person, job) for who, person in people.items()} == {
        "its own": True, "another": False, "of no bureau": False, "reviewer": True,
    }  # fmt: skip
    assert [may_see(office, person, posted) for person in people.values()] == [False, False, False, True]


@pytest.mark.parametrize("key", ["0", "999", "x", "-1", "9" * 40, "1/../2", "%00"])
def test_a_number_that_is_none_has_no_page(browser, key):
    assert browser.get(f"/submissions/{key}").status_code == 404


@pytest.mark.parametrize("key", ["0", "-1", "999", 2**31 - 1, 2**31, 10**30, "9" * 5000])
def test_no_number_is_too_large_for_the_ledger(office, key):
    bureau, reviewer, admin = (office.browser(name) for name in ("wenhua", "shenhe", "guanli"))

    answers = [
        bureau.get(f"/submissions/of/{key}").status_code,
        reviewer.get(f"/submissions/of/{key}").status_code,
        send(bureau, f"/tokens/{key}/revoke", "/tokens").status_code,
        send(reviewer, f"/review/submissions/{key}/comment", "/review", words="x").status_code,
        admin.get(f"/audit?before={key}").status_code,
    ]

    assert set(answers[:-1]) <= {404, 422}
    assert answers[-1] in {200, 422}


def test_a_form_that_is_not_ours_hands_nothing_in(browser):
    address, _ = checked(browser, "预算.xlsx", submission())

    answer = browser.post(f"{address}/submit", data={"csrf": "0"})

    assert answer.status_code == 403
    assert count_of(browser) == 0


def test_nothing_chosen_says_what_to_do(browser):
    answer = browser.post("/submissions", data={"csrf": csrf_of(browser)}, files=[("files", ("", b"", XLSX))])

    assert answer.status_code == 422
    assert "请先选择要报送的工作簿" in answer.text


def test_what_a_server_took_and_did_not_check_the_next_one_checks(settings):
    content = submission()
    with TestClient(web.create(settings), base_url="http://localhost") as first:
        office = office_of(first)
        office.intake.stop()  # as a server that is killed before the file's turn comes
        office.intake.hand_in(f"{BUREAU}/预算.xlsx", content, "")
        [job] = listed(office.ledger, Wanted(), 10)
        waiting = first.get(f"/submissions/{job.submission.id}").text

    with TestClient(web.create(settings), base_url="http://localhost") as second:
        address = settled(second, f"/submissions/{job.submission.id}")
        page = second.get(address).text

    assert "已收到，正在核查" in waiting
    assert "发现 1 处错误" in page


def lose(office: Office, digest: str) -> Path:
    path = Path(office.store.folder.path(f"{digest[:2]}/{digest}"))
    path.unlink()
    return path


def hand_in(browser: TestClient, content: bytes, name: str = "预算.xlsx") -> str:
    parts = [("files", (name, content, XLSX))]
    return str(browser.post("/submissions", data={"csrf": csrf_of(browser)}, files=parts).headers["location"])


def test_a_file_whose_original_got_lost_keeps_no_other_waiting_and_stops_no_start(tmp_path):
    with house(tmp_path) as one:
        office, other = one.app.state.office, one.browser("jiaoyu")
        run = start(office.ledger, WEB, office.law.version)
        for number in range(40):
            receive(office.ledger, run, f"文化局/{number}.xlsx", f"{number:064x}")

        address = hand_in(other, submission("教育局"))
        settled(other, address)

        jobs = listed(office.ledger, Wanted(), 100)
        assert {job.result.error and job.result.error[0] for job in jobs if job.submission.name[:3] == "文化局"} == {
            "lost"
        }
        assert "发现 1 处错误，请修改后重新报送" in other.get(address).text
        lost = next(job for job in jobs if job.result.error)
        page = one.browser("wenhua").get(f"/submissions/{lost.submission.id}")
        assert "重新报送同一个文件" in page.text
        original = one.browser("wenhua").get(f"/submissions/{lost.submission.id}/original")
        assert (original.status_code, "重新报送同一个文件" in original.text) == (503, True)
        assert str(tmp_path) not in page.text + original.text
        receive(office.ledger, run, "文化局/后来.xlsx", "ab" * 32)

    with house(tmp_path) as again:
        settled(again.browser("jiaoyu"), address)


def test_a_lost_original_is_checked_once_it_is_handed_in_again_or_restored(tmp_path):
    content = submission("文化局")
    with house(tmp_path) as one:
        office, browser = one.app.state.office, one.browser("wenhua")
        run = start(office.ledger, WEB, office.law.version)
        digests = [office.store.keep(content + extra) for extra in (b"", b"\0")]
        kept = [(path := lose(office, digest)) and path for digest in digests]
        for name, digest in zip(("甲.xlsx", "乙.xlsx"), digests, strict=True):
            receive(office.ledger, run, f"文化局/{name}", digest)
        office.intake.resume()
        settled(browser, "")
        assert browser.get("/submissions").text.count("无法核查") == 2

        settled(browser, hand_in(browser, content, "甲.xlsx"))

        kept[1].parent.mkdir(exist_ok=True)
        kept[1].write_bytes(content + b"\0")
        office.intake.resume()
        settled(browser, "")
        assert [job.result.error for job in listed(office.ledger, Wanted(), 100)] == [None, None]


def test_a_result_that_got_lost_leaves_the_others_to_be_seen_and_is_made_again(browser):
    content = submission()
    address = handed_in_directly(browser, "甲.xlsx", content)
    handed_in_directly(browser, "乙.xlsx", submission("乙局"))
    office = office_of(browser)
    job = next(job for job in listed(office.ledger, Wanted(), 100) if job.submission.name.endswith("甲.xlsx"))
    before = lose(office, job.result.report).name

    pages = [browser.get(page).status_code for page in ("/review/figures", "/review/undecided", "/review/summary.xlsx")]
    lost = browser.get(address)
    handed_in_directly(browser, "甲.xlsx", content)

    assert pages == [200, 200, 200]
    assert "重新报送同一个文件" in lost.text
    assert "发现 1 处错误，请修改后重新报送" in browser.get(address).text
    assert office.store.is_whole(before)


@pytest.mark.parametrize("facts", ["", "[]", "{}", "null", "7", '{"id": 1}', "\0"])
def test_what_a_damaged_disk_gives_back_of_checks_and_drafts_stops_neither_start_nor_page(settings, facts):
    whole = {"owner": "", "bureau": "", "name": "x", "size": 1, "sha256": "", "table": "plan", "values": {}, "by": ""}
    for kept, name in (("checks", "facts.json"), ("drafts", "draft.json")):
        put(settings.home / kept, {
            f"{'a' * 16}/{name}": facts.encode(),
            f"{'b' * 16}/{name}": json.dumps(whole | {"id": "b" * 16, "at": "yesterday"}).encode(),
        })  # fmt: skip

    with TestClient(web.create(settings), base_url="http://localhost") as browser:
        trial = office_of(browser).trials.take("预算.xlsx", b"", "", "")
        (settings.home / "checks" / trial.id / "report.json").write_text(facts)
        office_of(browser).tend()
        pages = [browser.get(page).status_code for page in ("/checks", "/review/plans", "/review/register")]

    assert pages == [200, 200, 200]


def test_an_upload_that_got_lost_stops_no_start(settings):
    with TestClient(web.create(settings), base_url="http://localhost") as browser:
        trial = office_of(browser).trials.take("预算.xlsx", submission(), "", "")
    (settings.home / "checks" / trial.id / "upload").unlink()

    with TestClient(web.create(settings), base_url="http://localhost") as browser:
        page = browser.get(f"/checks/{trial.id}").text

    assert "重新报送同一个文件" in page


def test_what_a_killed_server_had_in_hand_the_next_one_finishes_at_once(tmp_path):
    first = start_server(tmp_path / "web")
    for number in range(6):
        files = {"file": (f"{number}.xlsx", submission(f"第{number}局"), XLSX)}
        assert httpx2.post(f"{first.address}{API}?wait=false", files=files).status_code == 201
    first.kill()

    second = start_server(tmp_path / "web", first.port)
    try:
        for _ in range(300):
            told = httpx2.get(f"{second.address}{API}").json()
            if {one["status"] for one in told["submissions"]} == {"checked"}:
                break
            time.sleep(0.1)
    finally:
        second.kill()

    assert sorted(one["file"] for one in told["submissions"]) == [f"{number}.xlsx" for number in range(6)]
    assert {one["status"] for one in told["submissions"]} == {"checked"}


def test_the_pages_work_the_same_on_postgresql(tmp_path, postgres_server):
    settings = Settings(home=tmp_path, workers=1, ledger=postgres_server.new_database())
    with TestClient(web.create(settings), base_url="http://localhost") as browser:
        first = handed_in(browser, "预算.xlsx", submission())
        second = handed_in_directly(browser, "预算.xlsx", submission(wrong=False))
        form = {"csrf": csrf_of(browser), "words": "请补充依据"}
        page = browser.post(f"/review{second}/comment", data=form).text
        places = ("?text=预算&verdict=right&state=passed", "/missing", "/figures", "/undecided", "/register", "/runs")
        answers = [browser.get(f"/review{place}") for place in places]

        assert first != second
        assert "请补充依据" in page
        assert {answer.status_code for answer in answers} == {200}
        assert "共 1 份" in answers[0].text


def test_own_submissions_are_found_by_name(browser):
    for name in ("一.xlsx", "二.xlsx"):
        handed_in(browser, name, submission(name))

    page = browser.get("/submissions?text=二").text

    assert re.findall(r'lang="zh-CN">(.\.xlsx)</a>', page) == ["二.xlsx"]
    assert "没有符合条件的报送" in browser.get("/submissions?text=%25").text


def test_a_marked_copy_that_was_corrected_is_the_next_edition_of_what_it_was_made_of(browser):
    first = handed_in(browser, "预算.xlsx", submission())
    content = browser.get(f"{first}/marked").content

    handed_in(browser, "预算.checked (1).xlsx", content)

    [job] = listed(office_of(browser).ledger, Wanted(), 10)
    assert (job.submission.name, job.submission.number) == (f"{BUREAU}/预算.xlsx", 2)


def test_a_corrected_copy_under_another_name_is_the_next_edition_and_the_only_one_that_counts(browser):
    first = handed_in_directly(browser, "预算.xlsx", submission())

    second = handed_in_directly(browser, "改好的.xlsx", submission(wrong=False))

    page, old, listing = (browser.get(address).text for address in (second, first, "/review"))
    assert "第 2 次" in page
    assert "预算.xlsx" in page
    assert re.search(r"已改正</dt><dd>1</dd>", page)
    assert "已由后来的报送取代" in old
    assert f'href="{second}"' in old
    assert "改好的.xlsx" in listing
    assert "预算.xlsx" not in listing
    assert count_of(browser) == 1


def test_who_checks_before_and_who_does_not_hand_in_the_same_submission(browser):
    handed_in_directly(browser, "预算.xlsx", submission())

    handed_in(browser, "预算.xlsx", submission(wrong=False))

    assert count_of(browser) == 1


def test_without_accounts_no_bureau_is_said_to_hand_in_for_another(browser):
    address = handed_in_directly(browser, "预算.xlsx", submission())

    assert "表中填报单位与报送单位不同" not in browser.get(address).text


def test_a_reviewer_who_hands_in_for_a_bureau_is_not_told_that_it_is_another(tmp_path):
    with house(tmp_path) as office:
        reviewer = office.browser("shenhe")
        address = handed_in_directly(reviewer, "预算.xlsx", submission())

        page = reviewer.get(address).text

    assert "表中填报单位与报送单位不同" not in page


def sent(browser: TestClient, name: str, content: bytes, wait: str = "true"):  # type: ignore[no-untyped-def]
    return browser.post(f"{API}?wait={wait}", files={"file": (name, content, XLSX)})


def test_a_program_hands_in_and_fetches_what_the_page_shows(browser):
    answer = sent(browser, "预算.xlsx", submission())

    told = answer.json()
    page = told["links"]["page"]
    assert answer.status_code == 201
    assert (told["status"], told["bureau"], told["counts"]["error"]) == ("checked", BUREAU, 1)
    assert answer.headers["location"] == told["links"]["self"]
    assert browser.get(told["links"]["marked"]).content == browser.get(f"{page}/marked").content
    assert browser.get(told["links"]["original"]).content == submission()
    assert browser.get(told["links"]["report"]).json() == browser.get(f"{page}/report.json").json()["files"][0]


def test_a_program_that_does_not_wait_asks_again(browser):
    first = sent(browser, "预算.xlsx", submission(), wait="false").json()
    settled(browser, "")

    later = browser.get(first["links"]["self"]).json()

    assert later["id"] == first["id"]
    assert later["status"] == "checked"


def test_a_program_lists_what_fits(browser):
    sent(browser, "一.xlsx", submission())
    sent(browser, "二.xlsx", b"x")
    sent(browser, "一.xlsx", submission(wrong=False))

    everything, unreadable = (browser.get(f"{API}{asked}").json() for asked in ("", "?state=unreadable"))

    assert [(one["file"], one["number"]) for one in everything["submissions"]] == [("一.xlsx", 2), ("二.xlsx", 1)]
    assert [one["error"]["code"] for one in unreadable["submissions"]] == ["not-a-workbook"]
    assert everything["total"] == 2
    assert len(browser.get(everything["submissions"][0]["links"]["self"]).json()["editions"]) == 2
    assert browser.get(f"{API}?state=nonsense").status_code == 422


def test_what_reviewers_say_is_told_once(browser):
    address = sent(browser, "预算.xlsx", submission()).json()["links"]["comments"]

    answers = [browser.post(address, json={"words": " 请补充依据 "}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert [one["words"] for one in browser.get(address).json()] == ["请补充依据"]
    assert browser.post(address, json={"words": " "}).status_code == 422


@pytest.mark.parametrize("part", ["", "/marked", "/original", "/report", "/comments"])
def test_a_program_is_told_as_json_what_is_not_there(browser, part):
    answer = browser.get(f"{API}/999{part}")

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "submission"


def test_a_check_stores_nothing_for_good(settings):
    with TestClient(web.create(settings), base_url="http://localhost") as browser:
        result = upload(browser, ("预算.xlsx", submission()))
        when_done(browser, result.headers["location"])

        assert count_of(browser) == 0
        assert list(office_of(browser).store.folder.names()) == []
