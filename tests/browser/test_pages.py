"""Every page, wide and narrow, light and dark, in both languages: readable by everyone, and asking nobody else."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.looking import Reader, minded, picture, too_wide
from tests.served import Served

SAMPLES = Path(__file__).parents[2] / "samples"
WINDOWS = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
    "zoomed": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},  # 1280 pixels at 200 %
}
FIXED = {
    "home": "/", "templates": "/templates", "plans": "/plans", "plan": "/plans/shijiazhuang-ip-2024", "codes": "/codes",
    "code": "/codes/LV01", "api": "/api", "nowhere": "/nowhere",
}  # fmt: skip
FILES = {
    "wrong": "county-pushed.xlsx", "right": "city-clean.xlsx", "every": "every-code.xlsm", "messy": "messy.xlsx",
    "unreadable": "",
}  # fmt: skip


@pytest.fixture(scope="session")
def addresses(served: Served) -> dict[str, str]:
    """Every kind of page → its address."""
    results = {name: f"/checks/{take(served, file)}" for name, file in FILES.items()}
    return FIXED | results | {"checks": "/checks"}


def take(served: Served, file: str) -> str:
    """Send a file in as a program would, and wait for its end."""
    import httpx2

    content = (SAMPLES / file).read_bytes() if file else b"no workbook"
    sent = httpx2.post(f"{served.address}/api/v1/checks", files={"file": (file or "坏.xlsx", content)}, timeout=60)
    return str(sent.json()["id"])


@pytest.mark.parametrize("window", WINDOWS)
def test_everybody_can_read_every_page(
    window: str, served: Served, addresses: dict[str, str], reading: Callable[..., Reader]
) -> None:
    page = reading(served.address, **WINDOWS[window]).page
    if window in {"dark", "phone"}:
        page.goto("/language/en")

    found = {}
    for name, address in addresses.items():
        page.goto(address)
        picture(page, f"{name}-{window}")
        found[name] = minded(page) if window in {"wide", "phone"} else too_wide(page)

    assert {name: several for name, several in found.items() if several} == {}
