"""From handing in to a decision of the finance office, in a real browser: with a script, and without one."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import Reader, minded, picture
from tests.browser.test_way import checked, downloaded
from tests.served import Served, start
from tests.submissions import workbook

AWARD = {"name": "专利资助资金", "content": "对本县授权发明专利给予资助", "amount": 20}
WORKS = {"name": "作品登记审核", "content": "国内作者作品登记的审核", "amount": 12.5}
DECISION = {
    "事项表述": "专利资助",
    "文件名称": "关于明确知识产权资助承担级次的批复",
    "日期": "2025-03-01",
    "认定单位": "某某市财政局",
}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Served]:
    """A server of its own: what is decided here must not hold for the other tests."""
    server = start(tmp_path / "web")
    yield server
    server.kill()


@pytest.fixture
def budget(tmp_path: Path) -> Path:
    path = tmp_path / "预算.xlsx"
    path.write_bytes(workbook("正定县科学技术局", [AWARD, WORKS]))
    return path


def hand_in(page: Page, budget: Path) -> None:
    checked(page, budget)
    page.get_by_role("button", name="报送", exact=True).click()
    expect(page.get_by_role("link", name="下载标注好的工作簿")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_line_nobody_could_decide_is_determined_and_checked_again(
    script: bool, office: Served, reading: Callable[..., Reader], budget: Path
) -> None:
    page = reading(office.address, java_script_enabled=script).page
    hand_in(page, budget)

    page.goto("/review/undecided")
    page.get_by_role("link", name="认定", exact=True).click()
    for title, value in DECISION.items():
        page.get_by_label(re.compile(f"^{title}")).fill(value)
    page.get_by_label(re.compile("^承担级次")).select_option("县级")
    page.get_by_role("button", name="试算影响").click()
    expect(page.locator("h1").filter(has_text="会改变")).to_have_text("会改变 1 个单位的 1 份报送：1 行结论，1 处疑点")
    found = minded(page) if script else []
    picture(page, f"effect-{'script' if script else 'no-script'}")
    page.get_by_role("button", name="启用").click()
    page.goto("/review/runs")
    page.get_by_role("button", name="按现行规则重新核查").click()
    page.goto("/review/undecided")
    for _ in range(50):
        if page.get_by_text("没有待认定的行").count():
            break
        page.wait_for_timeout(200)
        page.reload()

    expect(page.get_by_text("没有待认定的行")).to_be_visible()
    assert found == []


def test_the_figures_and_the_summary_of_what_was_handed_in_are_taken_home(
    office: Served, reading: Callable[..., Reader], budget: Path
) -> None:
    page = reading(office.address).page
    hand_in(page, budget)
    page.get_by_label("写给报送单位").fill("请补充依据")
    page.get_by_role("button", name="发出意见").click()

    page.goto("/review")
    name, content = downloaded(page, "下载这些报送的汇总工作簿")
    page.goto("/submissions")

    book = openpyxl.load_workbook(io.BytesIO(content))
    assert re.fullmatch(r"预算级次核查汇总-\d{8}\.xlsx", name)
    assert any("正定县科学技术局" in str(cell.value) for row in book["报送文件"] for cell in row)
    expect(page.get_by_text("有审核意见")).to_be_visible()


def test_the_list_is_found_and_read_by_keyboard_alone(
    office: Served, reading: Callable[..., Reader], budget: Path
) -> None:
    page = reading(office.address).page
    hand_in(page, budget)
    page.goto("/review")

    page.get_by_label("文件名、单位或账号").focus()
    page.keyboard.type("科学")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("text="))
    page.get_by_role("link", name="预算.xlsx").focus()
    page.keyboard.press("Enter")

    expect(page.locator("section.verdict")).to_contain_text("已报送，第 1 次")
