"""The words of the pages: Chinese as they are written, every one of them in English too."""

import re
from pathlib import Path

import pytest

from checker.report import Outcome
from checker.report.outcome import conclusion
from checker.terms import Finding, JudgedLine, Judgement, Report, Severity, Verdict
from checker.web.faces import _environment
from checker.web.trials import Gist
from docs.words import PAGES, known, said

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def translations(message: object) -> list[str]:
    text = message.string  # type: ignore[attr-defined]
    return list(text) if isinstance(text, tuple) else [text or ""]


def test_every_text_has_its_english() -> None:
    """To mend: `make words`, then write the English beside what is empty in checker/web/words/en.po."""
    english = {message.id: translations(message) for message in known() if message.id}

    wanting = [message.id for message in said() if message.id and not all(english.get(message.id, [""]))]

    assert wanting == []


def test_the_english_is_english_and_keeps_what_is_filled_in() -> None:
    filled = re.compile(r"%\(\w+\)s")

    for message in known():
        if message.id:
            chinese = message.id if isinstance(message.id, str) else message.id[0]
            for text in translations(message):
                assert not CHINESE.search(text), text
                assert sorted(filled.findall(text)) == sorted(filled.findall(chinese)), text


@pytest.mark.parametrize("path", sorted(PAGES.glob("*.html")), ids=lambda path: path.name)
def test_no_template_says_anything_that_cannot_be_translated(path: Path) -> None:
    """Chinese words stand inside _("…") and nowhere else; marks that belong to Chinese content may stand beside it."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    text = re.sub(r"""_\(\s*(?:"[^"]*"|'[^']*')|ngettext\("[^"]*", "[^"]*\"""", "", text)

    assert [line.strip() for line in text.splitlines() if re.search(r"[\u4e00-\u9fff]", line)] == []


@pytest.mark.parametrize("label", [one.label for one in (*Verdict, *Severity)])
def test_what_the_program_calls_a_verdict_is_translated_too(label: str) -> None:
    assert label in {message.id for message in known()}


@pytest.mark.parametrize("errors", [0, 1, 3])
@pytest.mark.parametrize("undecided", [0, 2])
@pytest.mark.parametrize("warnings", [0, 1])
@pytest.mark.parametrize("is_readable", [True, False])
def test_the_sentence_of_a_page_is_the_one_of_the_command_line(
    errors: int, undecided: int, warnings: int, is_readable: bool
) -> None:
    line = JudgedLine("表", 1, "", None, "", None, None, Judgement(Verdict.UNDECIDED, ""))
    findings = [Finding(None, "", severity=Severity.ERROR)] * errors
    findings += [Finding(None, "", severity=Severity.WARNING)] * warnings
    report = Report("", "", lines=(line,) * undecided, findings=tuple(findings))
    outcome = Outcome("a.xlsx", report=report if is_readable else None, error=None if is_readable else ("x", "y"))
    gist = Gist(None if is_readable else "y", report.counts, undecided, marked=False)
    asked = '{% from "parts.html" import concluded %}{{ concluded(told) }}'

    sentences = {name: _environment(name).from_string(asked).render(told=gist).strip() for name in ("zh", "en")}

    assert sentences["zh"] == conclusion(outcome)
    assert not CHINESE.search(sentences["en"])
