"""A page → what a careful reader of it would mind, and its picture in screenshots/ to be looked at."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

PICTURES = Path(__file__).parents[2] / "screenshots"
# An answer that refuses is shown as a page, and the browser notes it besides.
EXPECTED = re.compile(r"^Failed to load resource: the server responded with a status of 4\d\d")


@dataclass
class Reader:
    """A window of a browser and what it did: requests to other hosts, and whatever the browser complained of."""

    address: str
    context: BrowserContext
    elsewhere: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    page: Page = field(init=False)

    def __post_init__(self) -> None:
        self.context.on("request", self._asked)
        self.context.on("console", self._said)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page = self.context.new_page()

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.address).netloc and not request.url.startswith("blob:"):
            self.elsewhere.append(request.url)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


def minded(page: Page) -> list[str]:
    """What axe-core minds of a page, one rule a line with the first places; and whether one must scroll sideways."""
    found = [
        f"{one['id']} ({one['impact']}): {one['help']}: {' '.join(str(node['target']) for node in one['nodes'][:3])}"
        for one in Axe().run(page).response["violations"]
    ]
    return [*found, *too_wide(page)]


def too_wide(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{wide} pixels wider than the window"] if wide > 0 else []


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
