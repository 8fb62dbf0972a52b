"""With accounts, in a real browser: a session that ends too early, the back button, the second click, two at once."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from checker.ledger.people import sessions
from checker.web.accounts import Accounts
from checker.web.gate import Role
from checker.web.office import open_book
from checker.web.settings import Settings
from tests.browser.looking import Reader, minded, picture
from tests.served import Served, start
from tests.web import PASSWORD, QUICK

SAMPLE = Path(__file__).parents[2] / "samples" / "county-pushed.xlsx"


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Accounts]:
    settings = Settings(home=tmp_path_factory.mktemp("accounts") / "home")
    book = open_book(settings)
    accounts = Accounts(book, settings, hasher=QUICK)
    accounts.add("wenhua", Role.BUREAU, "文化局", PASSWORD)
    accounts.add("jiaoyu", Role.BUREAU, "教育局", PASSWORD)
    accounts.add("guanli", Role.ADMIN, "", PASSWORD)
    yield accounts
    book.engine.dispose()


@pytest.fixture(scope="module")
def guarded(chromium: object, accounts: Accounts) -> Iterator[Served]:
    server = start(accounts.settings.home)
    yield server
    server.kill()


def log_in(page: Page, name: str) -> None:
    page.get_by_label("账号").fill(name)
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()


def test_a_session_that_ends_in_the_middle_of_an_upload_costs_nothing(
    guarded: Served, accounts: Accounts, reading: Callable[..., Reader]
) -> None:
    page = reading(guarded.address).page
    page.goto("/")
    log_in(page, "wenhua")
    page.locator("input[type=file]").set_input_files(SAMPLE)
    moment = accounts.ledger.clock() - timedelta(seconds=1)
    accounts.ledger.write(lambda connection: connection.execute(sessions.update().values(until=moment)))

    page.get_by_role("button", name="开始核查").click()
    expect(page.get_by_text("您的文件已经收到")).to_be_visible()
    picture(page, "login-kept")
    found = minded(page)
    log_in(page, "wenhua")

    expect(page.get_by_role("heading", name="处错误")).to_be_visible(timeout=60_000)
    assert found == []


def test_going_back_and_clicking_twice_do_no_harm(
    guarded: Served, accounts: Accounts, reading: Callable[..., Reader]
) -> None:
    page = reading(guarded.address).page
    page.goto("/")
    log_in(page, "jiaoyu")
    page.locator("input[type=file]").set_input_files(SAMPLE)
    page.get_by_role("button", name="开始核查").dblclick()
    expect(page.get_by_role("heading", name="处错误")).to_be_visible(timeout=60_000)
    there = page.url

    page.get_by_role("button", name="报送").dblclick()
    expect(page).to_have_url(f"{guarded.address}/submissions/1")
    page.go_back()
    page.go_forward()
    expect(page).to_have_url(f"{guarded.address}/submissions/1")
    page.goto("/submissions")
    handed_in = page.locator("tbody tr").count()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    page.go_back()

    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    assert handed_in == 1
    assert page.goto(there)
    assert "/login" in page.url


def test_two_people_at_two_browsers_see_each_their_own(
    guarded: Served, accounts: Accounts, reading: Callable[..., Reader]
) -> None:
    pages = {name: reading(guarded.address).page for name in ("wenhua", "jiaoyu", "guanli")}
    for name, page in pages.items():
        page.goto("/")
        log_in(page, name)
    pages["wenhua"].locator("input[type=file]").set_input_files({"name": "文化局.xlsx", "mimeType": "", "buffer": b"x"})
    pages["wenhua"].get_by_role("button", name="开始核查").click()
    expect(pages["wenhua"].get_by_text("无法核查，尚无结论")).to_be_visible(timeout=60_000)
    address = pages["wenhua"].url

    answer = pages["jiaoyu"].goto(address)
    pages["guanli"].goto("/audit?who=wenhua")

    assert answer
    assert answer.status == 404
    expect(pages["guanli"].get_by_text("文化局.xlsx").first).to_be_visible()
    picture(pages["guanli"], "audit-wide")
    pages["guanli"].goto("/accounts")
    picture(pages["guanli"], "accounts-wide")
    assert minded(pages["guanli"]) == []
