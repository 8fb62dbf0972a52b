"""Debian's Chromium, a server as `checker serve` starts it, and a reader whose every step is watched."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.looking import EXPECTED, Reader
from tests.conftest import NO_BROWSER
from tests.served import Served, start

_PATIENCE = 30_000.0  # milliseconds; a busy machine is no fault of a page
expect.set_options(timeout=_PATIENCE)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Closed when the last test of this folder is over: its event loop is in the way of others."""
    program = shutil.which("chromium")
    if not program:
        pytest.skip(NO_BROWSER)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def served(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all who do not end it; the browser comes first, so that nothing starts where there is none."""
    server = start(tmp_path_factory.mktemp("served"))
    yield server
    server.kill()


@pytest.fixture
def reading(chromium: Browser) -> Iterator[Callable[..., Reader]]:
    """Opens a window at an address; when the test ends, no window may have asked another host, or complained."""
    readers: list[Reader] = []

    def read(address: str, **options: object) -> Reader:
        context: BrowserContext = chromium.new_context(base_url=address, accept_downloads=True, **options)  # type: ignore[arg-type]
        context.set_default_timeout(_PATIENCE)
        readers.append(Reader(address, context))
        return readers[-1]

    yield read
    for reader in readers:
        reader.context.close()
        assert reader.elsewhere == []
        assert [one for one in reader.complaints if not EXPECTED.search(one)] == []


@pytest.fixture
def page(served: Served, reading: Callable[..., Reader]) -> Page:
    """A window on the server that all share."""
    return reading(served.address).page
