"""Declarations → samples/<name>.xlsx and, beside each, samples/<name>.txt with what the checker says of it.

What came from elsewhere is kept as it came, and only its text is made anew: the .xls and .ods that LibreOffice made of
wps.xlsx, and a file marked by an earlier run of the checker (python -m samples.resubmission makes another).
"""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from checker import rulebook
from checker.rulebook import Rulebook
from samples.every_code import every_code
from samples.filled import filled
from samples.messy import messy
from samples.snapshot import told
from samples.wps import as_wps_saves_it

FOLDER = Path(__file__).parent
FICTITIOUS = "every-code-2017.xlsx"  # of a year before the plan in force: judged by samples/plans


@cache
def rules(name: str = "") -> Rulebook:
    """The rulebook a sample is checked by."""
    return rulebook.load(rulebook.PLANS, FOLDER / "plans") if name == FICTITIOUS else rulebook.load()


MADE: dict[str, Callable[[], bytes]] = {
    "city-clean.xlsx": partial(filled, "city-clean"),
    "city-protection-centre.xlsx": partial(filled, "city-protection-centre"),
    "county-pushed.xlsx": partial(filled, "county-pushed"),
    "consolidated-22.xlsx": partial(filled, "consolidated-22"),
    "messy.xlsx": messy,
    "wps.xlsx": lambda: as_wps_saves_it(filled("wps")),
    "other-year.xlsx": partial(filled, "other-year"),
    "every-code.xlsm": every_code,
    "every-code-2017.xlsx": partial(filled, "every-code-2017"),
}
BY_LIBREOFFICE = ("excel-97.xls", "opendocument.ods")
KEPT = ("resubmission.xlsx", *BY_LIBREOFFICE)
SAMPLES = (*MADE, *KEPT)


def main() -> None:
    for name, make in MADE.items():
        (FOLDER / name).write_bytes(make())
    for name in SAMPLES:
        (FOLDER / name).with_suffix(".txt").write_text(told((FOLDER / name).read_bytes(), rules(name)), "utf-8")


if __name__ == "__main__":
    main()
