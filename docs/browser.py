"""A sample → docs/pictures/web.png: its result as a browser shows it."""

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.served import start

ROOT = Path(__file__).parent.parent
PICTURE = ROOT / "docs" / "pictures" / "web.png"


def main() -> None:
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        server = start(Path(home) / "web")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            page = browser.new_page(base_url=server.address, viewport={"width": 1100, "height": 900})
            page.goto("/")
            page.set_input_files("input[type=file]", ROOT / "samples" / "county-pushed.xlsx")
            page.get_by_role("button", name="开始核查").click()
            expect(page.locator("section.verdict")).to_be_visible(timeout=60_000)
            page.screenshot(path=PICTURE)
        finally:
            browser.close()
            server.kill()


if __name__ == "__main__":
    main()
