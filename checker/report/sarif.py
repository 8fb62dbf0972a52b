"""Outcomes → SARIF 2.1.0, so that code scanning tools and viewers show our findings."""

import json
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from checker import __version__
from checker.report.outcome import Outcome
from checker.terms import Cell, Finding, Severity

Data = dict[str, Any]
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(outcomes: Iterable[Outcome]) -> str:
    """The SARIF text of a run."""
    return json.dumps(to_data(outcomes), ensure_ascii=False) + "\n"


def to_data(outcomes: Iterable[Outcome]) -> Data:
    """One run; each file is an artifact, each finding a result at its cells, an unreadable file a notification."""
    outcomes = tuple(outcomes)
    codes = sorted({finding.code for outcome in outcomes for finding in _findings(outcome)})
    run = {
        "tool": {"driver": {"name": "checker", "version": __version__, "rules": [_rule(code) for code in codes]}},
        "artifacts": [_artifact(outcome) for outcome in outcomes],
        "results": [
            _result(finding, index, outcome, codes)
            for index, outcome in enumerate(outcomes)
            for finding in _findings(outcome)
        ],
        "invocations": [_invocation(outcomes)],
        "columnKind": "unicodeCodePoints",
    }
    return {"version": "2.1.0", "runs": [run]}


def _findings(outcome: Outcome) -> tuple[Finding, ...]:
    return outcome.report.findings if outcome.report else ()


def _rule(code: str) -> Data:
    """What stands at the check; a code of another program's report has nothing but its name."""
    from checker.checks import CHECKS  # every check with all it needs: only when there is something to describe

    check = CHECKS.get(code)
    if check is None:
        return {"id": code}
    return {
        "id": code,
        "shortDescription": {"text": check.title},
        "fullDescription": {"text": check.why},
        "help": {"text": check.fix},
        "defaultConfiguration": {"level": _LEVELS[check.severity]},
    }


def _artifact(outcome: Outcome) -> Data:
    artifact: Data = {"location": {"uri": _uri(outcome.file)}}
    if outcome.sha256:
        artifact["hashes"] = {"sha-256": outcome.sha256}
    if outcome.report:
        artifact["properties"] = {"rulebook": outcome.report.rulebook, "counts": outcome.report.counts}
    return artifact


def _uri(file: str) -> str:
    """A relative path as relative reference, an absolute one as file URI."""
    path = PurePath(file)
    return Path(file).as_uri() if path.is_absolute() else quote(path.as_posix())


def _result(finding: Finding, index: int, outcome: Outcome, codes: list[str]) -> Data:
    artifact = {"uri": _uri(outcome.file), "index": index}
    places = [_location(cell, artifact) for cell in finding.cells]
    result: Data = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": places[:1] or [{"physicalLocation": {"artifactLocation": artifact}}],
        "properties": _properties(finding),
    }
    if places[1:]:
        result["relatedLocations"] = [{"id": number, **place} for number, place in enumerate(places[1:])]
    return result


def _location(cell: Cell, artifact: Data) -> Data:
    """A cell is no line of a text file, so it is a logical location within the artifact."""
    return {
        "physicalLocation": {"artifactLocation": artifact},
        "logicalLocations": [{"name": cell.address, "fullyQualifiedName": str(cell), "kind": "cell"}],
    }


def _properties(finding: Finding) -> Data:
    properties = {"value": finding.value, "accepted": finding.accepted, "fix": finding.fix}
    if finding.basis:
        properties |= {"basis": f"《{finding.basis.document}》{finding.basis.number}", "quote": finding.basis.quote}
    return {name: text for name, text in properties.items() if text}


def _invocation(outcomes: tuple[Outcome, ...]) -> Data:
    failures = [(index, outcome.error) for index, outcome in enumerate(outcomes) if outcome.error]
    return {
        "executionSuccessful": not failures,
        "toolExecutionNotifications": [
            {
                "descriptor": {"id": code},
                "level": "error",
                "message": {"text": message},
                "locations": [
                    {"physicalLocation": {"artifactLocation": {"uri": _uri(outcomes[index].file), "index": index}}}
                ],
            }
            for index, (code, message) in failures
        ],
    }
