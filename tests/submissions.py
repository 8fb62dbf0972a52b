"""Submissions as bureaus hand them in, filled into the standard template and really checked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from checker import rulebook
from checker.definition import definitions
from checker.pipeline import check
from checker.report import Outcome
from checker.rulebook import Rulebook
from checker.template import fill

LINE = {"basis": "《工作方案》（正政办字〔2025〕12号）", "amount": 10}


@cache
def rules() -> Rulebook:
    return rulebook.load()


def workbook(
    bureau: str, lines: Sequence[Mapping[str, Any]], division: str = "", level: str = "", year: int = 2026
) -> bytes:
    """One bureau's workbook; its level and place as its name suggests, and every line paid for by its own level."""
    city = bureau.startswith("石家庄市")
    level, division = level or ("市级" if city else "县级"), division or ("石家庄市" if city else "正定县")
    header = {"bureau": bureau, "bureau_level": level, "division": division, "year": year}
    every = LINE | {"charged_level": level}
    definition = replace(definitions()["projects"], ready_lines=30)
    return fill(definition, header, [every | {"serial": number} | line for number, line in enumerate(lines, 1)])


def outcome(file: str, content: bytes) -> Outcome:
    report = check(content, rules())
    return Outcome(file, report.sha256, report)
