"""samples/lines/*.yaml → workbooks as a bureau fills in the standard template."""

from pathlib import Path
from typing import Any

import yaml

from checker.definition import definitions
from checker.template import fill

LINES = Path(__file__).parent / "lines"
_FUNDS = ("own_funds", "transfer", "other_funds")


def declared(name: str) -> dict[str, Any]:
    """One declaration as it stands in its file."""
    content: dict[str, Any] = yaml.safe_load((LINES / f"{name}.yaml").read_text("utf-8"))
    return content


def filled(name: str) -> bytes:
    """The workbook of one bureau, or of many where the declaration has divisions."""
    sample = declared(name)
    return fill(definitions()[sample["table"]], sample["header"], numbered(sample))


def numbered(sample: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of a declaration, each complete."""
    lines = _lines_of_many(sample) if "divisions" in sample else sample["lines"]
    return [_line(number, sample["every"] | line) for number, line in enumerate(lines, 1)]


def _lines_of_many(sample: dict[str, Any]) -> list[dict[str, Any]]:
    """Each division's picks, its words put into the items; amounts differ a little, as they do."""
    found = []
    for place, division in enumerate(sample["divisions"]):
        own = {"division": division["division"], "bureau": sample["bureau"]} | division.get("every", {})
        for pick in division["picks"].split():
            item = own | sample["items"][pick]
            texts = {field: text.format(**division) for field, text in item.items() if isinstance(text, str)}
            found.append(item | texts | {"amount": round(item["amount"] * (1 + place % 7 / 20), 2)})
    return found


def _line(number: int, line: dict[str, Any]) -> dict[str, Any]:
    """Numbered, paid for by the own level unless the line says where its money comes from; blank fields left out."""
    own = (
        {}
        if any(field in line for field in _FUNDS) or not isinstance(line.get("amount"), (int, float))
        else {"own_funds": line.get("amount")}
    )
    ready = {"serial": number} | line | own
    return {field: value for field, value in ready.items() if value not in ("", None)}
