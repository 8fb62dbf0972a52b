"""The accountant's way in a real browser: from the workbook on her disk to the marked one, and what may cross it."""

import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from checker import annotate, check
from checker.rulebook import load
from tests.browser.looking import Reader, picture
from tests.served import Served, start

SAMPLES = Path(__file__).parents[2] / "samples"
CHINESE_IN_ENGLISH = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const here = walker.currentNode.parentElement;
    const language = here.closest("[lang]").lang;
    if (/[\\u4e00-\\u9fff]/.test(walker.currentNode.data) && !language.startsWith("zh")) {
      found.push(walker.currentNode.data.trim());
    }
  }
  return found;
}"""


def upload(page: Page, *paths: Path) -> None:
    page.goto("/")
    page.set_input_files("input[type=file]", paths)
    page.get_by_role("button", name="开始核查").click()


def checked(page: Page, *paths: Path) -> None:
    """Upload one file and wait for its result, as a person does: without doing anything."""
    upload(page, *paths)
    expect(page.locator("section.verdict")).to_be_visible()


def downloaded(page: Page, name: str = "下载标注好的工作簿") -> tuple[str, bytes]:
    with page.expect_download() as arriving:
        page.get_by_role("link", name=name).first.click()
    return arriving.value.suggested_filename, arriving.value.path().read_bytes()


@pytest.fixture
def budget(tmp_path: Path) -> Path:
    return Path(shutil.copy(SAMPLES / "county-pushed.xlsx", tmp_path / "正定县申报表.xlsx"))


def test_a_workbook_goes_in_and_comes_back_marked(page: Page, budget: Path) -> None:
    checked(page, budget)
    name, marked = downloaded(page)

    content = budget.read_bytes()
    assert name == "正定县申报表.checked.xlsx"
    assert marked == annotate(content, check(content, load()))
    assert openpyxl.load_workbook(io.BytesIO(marked)).sheetnames[0] == "核查结果"


def test_the_marked_workbook_mended_is_uploaded_as_it_is(page: Page, tmp_path: Path, budget: Path) -> None:
    checked(page, budget)
    book = openpyxl.load_workbook(io.BytesIO(downloaded(page)[1]))
    book["填报表"]["K12"] = "市级"
    book.save(mended := tmp_path / "改好.xlsx")

    checked(page, mended)

    expect(page.locator("h1")).to_contain_text("发现 6 处错误")


def test_the_template_of_a_place_and_a_year_is_filled_in_and_passes_as_one_of_ours(page: Page) -> None:
    page.goto("/templates")
    form = page.locator("form.card").filter(has_text="一个单位填一份")
    form.get_by_label("行政区划").select_option(label="正定县 130123")
    form.get_by_label("预算年度").select_option("2026")

    with page.expect_download() as arriving:
        form.get_by_role("button").click()
    arriving.value.save_as(path := arriving.value.path().with_suffix(".xlsx"))
    upload(page, path)

    expect(page.locator("section.verdict")).to_contain_text("表是空的")
    assert any("正定县" in str(cell.value) for row in openpyxl.load_workbook(path)["填报表"]["A1:Z8"] for cell in row)


def test_several_files_are_seen_to_arrive_and_to_be_done_without_reloading(page: Page) -> None:
    upload(page, *(SAMPLES / name for name in ("every-code.xlsm", "city-clean.xlsx", "messy.xlsx", "excel-97.xls")))
    expect(page.locator(".results li").first).to_be_visible()
    page.evaluate("window.still = true")
    picture(page, "waiting")

    expect(page.locator("#progress[data-waits]")).to_have_count(0)
    states = page.locator(".results .badge").all_inner_texts()[:4]

    assert page.evaluate("window.still")
    assert sorted(states) == ["无错误", "有错误", "有错误", "有错误"]
    assert page.get_by_role("link", name="下载标注好的工作簿").count() >= 4


def test_a_proxy_that_refuses_to_tell_is_done_without(page: Page, budget: Path) -> None:
    page.route("**/checks/events", lambda route: route.fulfill(status=404))

    upload(page, budget, SAMPLES / "city-clean.xlsx")
    expect(page.locator("#progress[data-waits]")).to_have_count(0)
    checked(page, budget)

    expect(page.locator("h1")).to_contain_text("发现 7 处错误")


def test_the_way_works_without_a_script(served: Served, reading: Callable[..., Reader], budget: Path) -> None:
    page = reading(served.address, java_script_enabled=False).page

    checked(page, budget)
    one = downloaded(page)
    upload(page, budget, SAMPLES / "city-clean.xlsx")
    expect(page.locator(".badge.waiting")).to_have_count(0)

    assert one[0] == "正定县申报表.checked.xlsx"
    assert page.locator(".results .badge").all_inner_texts()[:2] == ["无错误", "有错误"]


def test_the_way_works_with_the_keyboard_alone(page: Page, budget: Path) -> None:
    page.on("filechooser", lambda _: None)  # told only while the key is pressed, the browser may miss that it is asked
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到正文"
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("input[type=file]")).to_be_focused()
    with page.expect_file_chooser() as choosing:
        page.keyboard.press("Space")
    choosing.value.set_files(budget)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("section.verdict")).to_be_visible()

    to_be_focused(page, "下载标注好的工作簿")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    with page.expect_download() as arriving:
        page.keyboard.press("Enter")
    to_be_focused(page, "级次相符")
    page.keyboard.press("Enter")
    expect(page.locator(".lines > li")).to_have_count(5)

    assert arriving.value.suggested_filename.endswith(".checked.xlsx")


def to_be_focused(page: Page, text: str) -> None:
    """Go on with the tabulator until a link or button with this text has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if text in page.evaluate("document.activeElement.textContent"):
            return
    raise AssertionError(f"{text} cannot be reached")


def test_lines_are_filtered_their_clause_unfolded_and_the_words_that_decided_marked(page: Page, budget: Path) -> None:
    checked(page, budget)
    page.get_by_role("link", name=re.compile("级次不符")).click()

    first = page.locator(".lines > li").first
    assert page.locator(".lines > li").count() == 7
    assert set(page.locator(".lines > li .head .badge").all_inner_texts()) == {"级次不符"}
    expect(first.locator("blockquote.clause")).to_be_visible()
    expect(first.locator("h3 mark")).to_have_text("行政裁决")
    page.get_by_role("link", name="在方案中查看，对照各级条款").first.click()
    expect(page.locator(".matter:target .levels-beside")).to_be_visible()


def test_going_back_and_sending_twice_does_no_harm(page: Page, budget: Path) -> None:
    checked(page, budget)
    address = page.url
    page.reload()
    page.go_back()
    page.set_input_files("input[type=file]", budget)
    page.get_by_role("button", name="开始核查").dblclick()
    expect(page.locator("section.verdict")).to_be_visible()
    again = page.url
    page.goto("/checks")

    mine = page.locator(".results li").filter(has_text="正定县申报表.xlsx").locator("a.name")
    addresses = [link.get_attribute("href") for link in mine.all()]
    assert again != address
    assert addresses[:2] == [again.removeprefix(base(page)), address.removeprefix(base(page))]


def base(page: Page) -> str:
    return str(page.evaluate("location.origin"))


def test_two_readers_at_once_each_get_their_own(served: Served, reading: Callable[..., Reader], budget: Path) -> None:
    one, two = reading(served.address).page, reading(served.address).page

    upload(one, budget)
    upload(two, SAMPLES / "city-clean.xlsx")
    for page in (one, two):
        expect(page.locator("section.verdict")).to_be_visible()

    assert downloaded(one)[0] == "正定县申报表.checked.xlsx"
    assert downloaded(two)[0] == "city-clean.checked.xlsx"


def test_a_server_that_is_killed_in_the_middle_loses_nothing(
    tmp_path: Path, reading: Callable[..., Reader], budget: Path
) -> None:
    server = start(tmp_path / "home")
    reader = reading(server.address)
    page = reader.page
    try:
        upload(page, budget, *[SAMPLES / "every-code.xlsm"] * 4, SAMPLES / "consolidated-22.xlsx")
        expect(page.locator(".results li")).to_have_count(6)
        page.wait_for_load_state()
        server.kill()
        unfinished = [one for one in (tmp_path / "home" / "checks").iterdir() if not (one / "report.json").exists()]
        server = start(tmp_path / "home", server.port)

        expect(page.locator("#progress[data-waits]")).to_have_count(0, timeout=90_000)

        assert unfinished
        assert page.locator(".results .badge").all_inner_texts() == ["有错误"] * 6
        reader.complaints.clear()  # of the server that was gone for a while
    finally:
        server.kill()


def test_what_is_no_workbook_is_explained_and_can_be_fetched_again(page: Page, tmp_path: Path) -> None:
    (broken := tmp_path / "坏了.xlsx").write_bytes(b"PK\x03\x04 and no more")

    checked(page, broken)

    expect(page.locator("h1")).to_contain_text("无法核查，尚无结论")
    assert downloaded(page, "取回上传的文件") == ("坏了.xlsx", broken.read_bytes())


def test_too_much_at_once_is_said_before_it_is_sent(page: Page, tmp_path: Path) -> None:
    many = [tmp_path / f"{number}.xlsx" for number in range(21)]
    for path in many:
        path.write_bytes(b"1")
    page.goto("/")

    page.set_input_files("input[type=file]", many)

    expect(page.get_by_text("一次最多 20 个文件，请分几次上传。")).to_be_visible()
    expect(page.get_by_role("button", name="开始核查")).to_be_disabled()


def test_nothing_but_contents_is_chinese_on_an_english_page(page: Page, budget: Path) -> None:
    checked(page, budget)
    result = page.url
    page.get_by_role("link", name="English").click()
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url("**/submissions/*")
    places = ["/", "/checks", "/templates", "/plans", "/plans/shijiazhuang-ip-2024", "/codes", "/codes/LV01", "/api",
              "/nowhere", "/submissions", page.url, "/review", "/review/missing", "/review/figures",
              "/review/undecided", "/review/register", "/review/register/waivers", "/review/plans",
              "/review/runs"]  # fmt: skip

    found = {}
    for place in [result, *places]:
        page.goto(place)
        found[place] = page.evaluate(CHINESE_IN_ENGLISH)

    assert {place: texts for place, texts in found.items() if texts} == {}
    assert page.evaluate("document.documentElement.lang") == "en"


def test_a_result_can_be_printed(page: Page, budget: Path) -> None:
    checked(page, budget)

    page.emulate_media(media="print")
    picture(page, "printed")

    for hidden in ("nav", ".drop", ".actions"):
        assert not page.locator(hidden).first.is_visible()
    for clause in page.locator("blockquote.clause").all():
        expect(clause).to_be_visible()


def test_the_policy_lets_no_script_in_that_is_not_ours(served: Served, reading: Callable[..., Reader]) -> None:
    reader = reading(served.address)
    policy = reader.page.goto("/").headers["content-security-policy"]  # type: ignore[union-attr]

    reader.page.evaluate("""() => {
      const script = document.createElement("script");
      script.textContent = "window.broken = true";
      document.body.append(script);
    }""")

    assert "default-src 'none'" in policy
    assert reader.page.evaluate("window.broken") is None
    assert ["Content Security Policy" in one for one in reader.complaints] == [True]
    reader.complaints.clear()  # this one was wanted
