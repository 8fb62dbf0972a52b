"""A server with accounts for tests: a bureau, another bureau, a reviewer and an administrator, each with a browser."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from checker.web import app as web
from checker.web.accounts import Accounts
from checker.web.gate import Role
from checker.web.office import open_book
from checker.web.settings import Settings

HERE = "https://checker.example"
PASSWORD = "correct-horse-battery"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
QUICK = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)  # what a test waits for is not the hash
PEOPLE = {
    "wenhua": (Role.BUREAU, "文化局"),
    "jiaoyu": (Role.BUREAU, "教育局"),
    "shenhe": (Role.REVIEWER, ""),
    "guanli": (Role.ADMIN, ""),
}


@dataclass
class House:
    """A running application and those who use it."""

    app: FastAPI
    open: ExitStack = field(repr=False)

    @property
    def accounts(self) -> Accounts:
        accounts: Accounts = self.app.state.office.accounts
        return accounts

    def browser(self, name: str = "") -> TestClient:
        """A browser; with a name, that person has logged in."""
        browser = TestClient(self.app, base_url=HERE, follow_redirects=False)
        if name:
            assert log_in(browser, name).status_code == 303
        return browser


@contextmanager
def house(home: Path, **settings: Any) -> Iterator[House]:
    chosen = Settings(home=home, workers=1, host="0.0.0.0", **settings)
    book = open_book(chosen)
    accounts = Accounts(book, chosen, hasher=QUICK)
    for name, (role, bureau) in PEOPLE.items():
        accounts.add(name, role, bureau, PASSWORD)
    book.engine.dispose()
    app = web.create(chosen)
    with ExitStack() as stack:
        stack.enter_context(TestClient(app, base_url=HERE))
        yield House(app, stack)


def csrf_of(page: Response) -> str:
    return str(re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)[1])  # type: ignore[index]


def log_in(browser: TestClient, name: str, password: str = PASSWORD, to: str = "/") -> Response:
    page = browser.get(f"/login?to={to}")
    form = {"csrf": csrf_of(page), "name": name, "password": password, "to": to}
    return browser.post("/login", data=form)


def send(browser: TestClient, address: str, at: str = "/", **fields: str) -> Response:
    """Fill in and send a form that stands on the page `at`."""
    return browser.post(address, data={"csrf": csrf_of(browser.get(at)), **fields})


def upload(browser: TestClient, name: str = "申报表.xlsx", content: bytes = b"no workbook", csrf: str = "") -> Response:
    form = {"csrf": csrf or csrf_of(browser.get("/"))}
    return browser.post("/checks", data=form, files=[("files", (name, content, XLSX))])
