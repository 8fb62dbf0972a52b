"""BA: what is wrong with the documents a line is based on."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from checker.checks.registry import Submission, code, column_values
from checker.checks.settings import setting
from checker.checks.wording import folded, placeholders
from checker.reader import Table
from checker.rulebook import Rulebook
from checker.terms import Finding, Severity
from checker.text import normalise, tidy

# GB/T 9704—2012 7.2.5: agency, year in full within 〔〕, serial without 第 and without leading zeros, 号.
_AGENCY = r"(?P<agency>[\u4e00-\u9fff]{0,12}?)"
_BRACKETED = re.compile(
    _AGENCY + r"[\[［【(（〔〈{﹝]\s*(?P<year>\d{2,4})\s*[年]?\s*[\]］】)）〕〉}﹞]\s*"
    r"(?:[—\-－]\s*)?(?P<nth>第?)\s*(?P<serial>\d{1,5})\s*(?P<mark>号?)(?=$|[^\d号年月日项个家件万元％%.])"
)
_BARE = re.compile(
    r"(?P<agency>[\u4e00-\u9fff]{1,11}[字发办函通规令])(?P<year>\d{4})\s*(?:[年\-—－]\s*)?第?\s*(?P<serial>\d{1,5})\s*号"
)
_PROPER = re.compile(r"[\u4e00-\u9fff]{2,12}〔\d{4}〕[1-9]\d*号")


@dataclass(frozen=True)
class Number:
    """发文字号 as written, what its year reads, and how it should be written as far as that can be told."""

    written: str
    year: int
    proper: str

    @property
    def is_proper(self) -> bool:
        return bool(_PROPER.fullmatch(self.written))


@lru_cache(maxsize=4096)  # many lines are based on one document
def numbers(text: str) -> tuple[Number, ...]:
    """Every document number in a text, well formed or not; bracketed years without a serial are part of a title."""
    text = tidy(text)
    found = {match.start(): match for match in [*_BARE.finditer(text), *_BRACKETED.finditer(text)]}
    return tuple(_number(found[start]) for start in sorted(found))


def _number(match: re.Match[str]) -> Number:
    year = int(match["year"]) + (2000 if len(match["year"]) == 2 else 0)
    agency = re.sub("^[和与及按据依照根]+", "", match["agency"])
    written = match[0][match[0].find(agency) :].strip()
    return Number(written, year, f"{agency}〔{year}〕{int(match['serial'])}号")


def _bases(submission: Submission) -> Iterator[tuple[Table, int, str]]:
    for table in submission.tables("basis"):
        for row, text in column_values(table, "basis").items():
            yield table, row, text or ""


@code(
    "BA01",
    "没有立项依据",
    why="有依据的项目更容易核实，依据也说明这件事由哪一级决定。这一栏是选填，不影响报送。",
    fix="有文件的，填文件名称和文号；没有文件的，填会议纪要或批示的名称和日期；都没有的可以空着。",
    severity=Severity.INFO,
    needs=("basis",),
    follows=("ST07", "ST08"),
)
def basis_missing(submission: Submission) -> Iterator[Finding]:
    """Blank, a word that stands for nothing, or one that names no document; running costs need none of their own."""
    alone = frozenset(map(folded, setting("no_basis_alone")))
    for table in submission.tables("basis"):
        spared, nothing = _spared(table), {"", *placeholders(table), *alone}
        for row, text in column_values(table, "basis").items():
            said = folded(text or "").strip("。.;；,，、 ")
            if row not in spared and said in nothing:
                unnamed = "，看不出是哪一份文件" if said in alone else ""
                column = table.definition.column("basis").title
                what = f"“{column}”只填了“{text}”{unnamed}" if text else f"“{column}”没有填写"
                yield Finding(what, (table.cell(row, "basis"),), text or "", "文件名称和文号")


def _spared(table: Table) -> set[int]:
    return {
        row
        for field, values in setting("basis_not_needed").items()
        for row, value in column_values(table, field).items()
        if value in values
    }


@code(
    "BA02",
    "发文字号不规范",
    why="规范的字号才能查到文件：机关代字、六角括号中的四位年份、不带“第”和前导0的序号、“号”。",
    fix="对照文件原文改正字号，例如“冀政办字〔2024〕11号”。",
    severity=Severity.WARNING,
    needs=("basis",),
)
def number_malformed(submission: Submission) -> Iterator[Finding]:
    """As GB/T 9704—2012 has it; a number that a plan itself prints is taken as printed."""
    printed = {plan.document.number for plan in submission.rulebook.plans}
    for table, row, text in _bases(submission):
        for number in numbers(text):
            if not number.is_proper and not any(number.written in one for one in printed):
                complete = bool(_PROPER.fullmatch(number.proper))
                told = f"规范写法是“{number.proper}”" if complete else "缺少机关代字"
                accepted = number.proper if complete else f"机关代字{number.proper}"
                where = (table.cell(row, "basis"),)
                yield Finding(f"文号“{number.written}”不规范，{told}", where, number.written, accepted)


@code(
    "BA03",
    "文号年份不可能",
    why="编制预算时，预算年度之后的文件还没有印发。",
    fix="对照文件原文改正年份，或核对表头的预算年度。",
    severity=Severity.WARNING,
    needs=("basis",),
    unless=lambda submission: "" if submission.year else "预算年度不明",
)
def year_impossible(submission: Submission) -> Iterator[Finding]:
    """Later than the budget year, or before any document of this kind."""
    earliest = setting("basis_years")["earliest"]
    for table, row, text in _bases(submission):
        for number in numbers(text):
            if submission.year and not earliest <= number.year <= submission.year:
                message = f"文号“{number.written}”的年份{number.year}不可能用于{submission.year}年度预算"
                accepted = f"{earliest}至{submission.year}年"
                yield Finding(message, (table.cell(row, "basis"),), number.written, accepted)


@dataclass(frozen=True)
class Dated:
    """A document of which it is known in which budget years it is in force."""

    title: str
    number: str
    valid_from: int | None
    valid_to: int | None
    replaced_by: str = ""

    def objection(self, year: int) -> str:
        """Why it is no basis for this budget year; empty where it is one."""
        if self.valid_from and year < self.valid_from:
            return f"自{self.valid_from}年度起施行，不能用于{year}年度"
        if self.valid_to and year > self.valid_to:
            return f"只用到{self.valid_to}年度" + (f"，已由《{self.replaced_by}》代替" if self.replaced_by else "")
        return ""


@code(
    "BA04",
    "依据在该年度无效",
    why="预算按预算年度有效的文件安排；已被代替、失效或尚未施行的文件不能作依据。",
    fix="改为该年度有效的文件；确需引用的，同时写明现行文件。",
    severity=Severity.WARNING,
    needs=("basis",),
    unless=lambda submission: "" if submission.year else "预算年度不明",
)
def not_in_force(submission: Submission) -> Iterator[Finding]:
    """Among the documents whose years are known: the plans of the rulebook, and those declared for the checks."""
    known, year = _dated(submission.rulebook), submission.year
    cited: dict[str, tuple[Dated, ...]] = {}
    for table, row, text in _bases(submission):
        if text not in cited:
            cited[text] = _cited(text, known)
        for document in cited[text]:
            if year and (objection := document.objection(year)):
                where = (table.cell(row, "basis"),)
                yield Finding(f"《{document.title}》{objection}", where, document.title, f"{year}年度有效的文件")


def _cited(text: str, known: tuple[Dated, ...]) -> tuple[Dated, ...]:
    """The known documents a basis names: by title, the longest where one contains another, else by full number.

    A number that several documents carry names none: a document is known by title, issuer and date.
    """
    said, written = normalise(text), {number.proper for number in numbers(text)}
    titled = [one for one in known if normalise(one.title) in said]
    titled = [one for one in titled if not any(one.title in other.title for other in titled if other != one)]
    numbered = tuple(one for one in known if one.number in written)
    return tuple(titled) or (numbered if len(numbered) == 1 else ())


def _dated(rulebook: Rulebook) -> tuple[Dated, ...]:
    follower = {id_: plan for plan in rulebook.plans for id_ in plan.replaces}
    plans = (
        Dated(
            plan.document.title,
            plan.document.number,
            plan.valid_from,
            plan.valid_to or (follower[plan.id].valid_from - 1 if plan.id in follower else None),
            follower[plan.id].document.title if plan.id in follower else "",
        )
        for plan in rulebook.plans
    )
    keys = Dated.__dataclass_fields__
    return (*plans, *(Dated(**{key: one[key] for key in keys}) for one in setting("documents")))
