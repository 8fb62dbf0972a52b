"""Declarations → samples/<name>.xlsx and, beside each, samples/<name>.txt with what the checker says of it."""

from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

from checker import rulebook
from checker.rulebook import Rulebook
from samples.filled import filled
from samples.snapshot import told

FOLDER = Path(__file__).parent

MADE: dict[str, Callable[[], bytes]] = {
    "city-clean.xlsx": partial(filled, "city-clean"),
    "city-protection-centre.xlsx": partial(filled, "city-protection-centre"),
    "county-pushed.xlsx": partial(filled, "county-pushed"),
    "consolidated-22.xlsx": partial(filled, "consolidated-22"),
    "other-year.xlsx": partial(filled, "other-year"),
}


@cache
def rules() -> Rulebook:
    return rulebook.load()


def main() -> None:
    for name, make in MADE.items():
        (FOLDER / name).write_bytes(make())
    for path in sorted(FOLDER.glob("*.[xo][ld]s*")):
        path.with_suffix(".txt").write_text(told(path.read_bytes(), rules()), "utf-8")


if __name__ == "__main__":
    main()
