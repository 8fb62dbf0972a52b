"""Every page, wide and narrow, light and dark, in both languages: readable by everyone, and asking nobody else."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.looking import Reader, minded, picture, too_wide
from tests.served import Served, start

SAMPLES = Path(__file__).parents[2] / "samples"
WINDOWS = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
    "zoomed": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},  # 1280 pixels at 200 %
}
FIXED = {
    "home": "/", "templates": "/templates", "plans": "/plans", "plan": "/plans/shijiazhuang-ip-2024", "codes": "/codes",
    "code": "/codes/LV01", "api": "/api", "nowhere": "/nowhere", "submissions": "/submissions", "review": "/review",
    "missing": "/review/missing", "figures": "/review/figures", "undecided": "/review/undecided",
    "register": "/review/register", "entry": "/review/register/waivers", "plan-drafts": "/review/plans",
    "runs": "/review/runs",
}  # fmt: skip
PICTURED = {"home", "wrong", "code", "checks", "review", "figures"}
FILES = {
    "wrong": "county-pushed.xlsx", "right": "city-clean.xlsx", "every": "every-code.xlsm", "messy": "messy.xlsx",
    "unreadable": "",
}  # fmt: skip


@pytest.fixture(scope="package")
def addresses(served: Served) -> dict[str, str]:
    """Every kind of page → its address."""
    results = {name: f"/checks/{take(served, file)}" for name, file in FILES.items()}
    for file in ("county-pushed.xlsx", "city-clean.xlsx", "every-code.xlsm"):
        handed_in = take(served, file, "submissions")
    return FIXED | results | {"checks": "/checks", "submission": f"/submissions/{handed_in}"}


def take(served: Served, file: str, where: str = "checks") -> str:
    """Send a file in as a program would, and wait for its end."""
    import httpx2

    content = (SAMPLES / file).read_bytes() if file else b"no workbook"
    sent = httpx2.post(f"{served.address}/api/v1/{where}", files={"file": (file or "坏.xlsx", content)}, timeout=180)
    return str(sent.json()["id"])


@pytest.mark.parametrize("window", WINDOWS)
def test_everybody_can_read_every_page(
    window: str, served: Served, addresses: dict[str, str], reading: Callable[..., Reader]
) -> None:
    page = reading(served.address, **WINDOWS[window]).page
    if window in {"dark", "phone"}:
        page.goto("/language/en")

    found = {}
    is_whole = window in {"wide", "phone"}  # between them light and dark, Chinese and English; the others sideways only
    for name, address in addresses.items():
        if window != "wide" and name in {"every", "messy", "right"}:
            continue  # built as "wrong" is
        answer = page.goto(address)
        if is_whole or name in PICTURED:
            picture(page, f"{name}-{window}")
        found[name] = minded(page) if is_whole else too_wide(page)
        assert answer
        assert answer.status == (404 if name == "nowhere" else 200), name

    assert {name: several for name, several in found.items() if several} == {}


def test_in_a_small_window_a_result_is_a_list_first_and_each_line_unfolds(
    served: Served, addresses: dict[str, str], reading: Callable[..., Reader]
) -> None:
    page = reading(served.address, **WINDOWS["phone"]).page
    page.goto(f"{addresses['every']}?show=all")
    folds, height = page.locator("details.fold"), page.evaluate("document.documentElement.scrollHeight")

    folded = [one.get_attribute("open") for one in folds.all()]
    folds.first.locator("summary").first.click()
    picture(page, "folded-phone")

    assert set(folded) == {None}
    assert height < 350 * len(folded) + 3000
    expect(folds.first).to_have_attribute("open", "")


def test_in_a_small_window_every_field_of_a_card_has_its_label(
    served: Served, addresses: dict[str, str], reading: Callable[..., Reader]
) -> None:
    page = reading(served.address, **WINDOWS["phone"]).page
    label = "cell => getComputedStyle(cell, '::before').content"

    bare = {}
    for name in ("undecided", "review", "submissions", "runs"):
        page.goto(addresses[name])
        cells = page.locator("table.stack tbody tr:first-child td:not(:first-child)").all()
        assert cells
        bare[name] = [cell.inner_text() for cell in cells if cell.evaluate(label) in {"none", ""}]

    assert bare == {"undecided": [], "review": [], "submissions": [], "runs": []}


def test_everybody_can_log_in_and_look_after_accounts(tmp_path: Path, reading: Callable[..., Reader]) -> None:
    home = tmp_path / "home"
    command = [Path(sys.executable).with_name("checker"), "users", "add", "chief", "--role", "admin", "--home", home]
    subprocess.run([*command, "--password-stdin"], input=b"correct horse battery", check=True)
    server = start(home)
    try:
        page = reading(server.address, **WINDOWS["phone"]).page
        page.goto("/")
        found = {"login": minded(page)}
        picture(page, "login-phone")
        page.get_by_label("账号", exact=False).first.fill("chief")
        page.get_by_label("口令").fill("correct horse battery")
        page.keyboard.press("Enter")
        expect(page.locator("form.drop")).to_be_visible()
        for name in ("accounts", "audit", "password", "tokens"):
            page.goto(f"/{name}")
            picture(page, f"{name}-phone")
            found[name] = minded(page)
    finally:
        server.kill()

    assert {name: several for name, several in found.items() if several} == {}
