"""An outcome and the templates under schemas/mail → subject, text and what is attached."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from string import Template

from checker.changes import Changes
from checker.errors import BadDeclaration
from checker.files import SCHEMAS
from checker.report import Outcome
from checker.report.outcome import conclusion, severity_counts, told, verdict_counts
from checker.report.safe import plain
from checker.terms import Finding, Report, Severity, Verdict

_FOLDER = SCHEMAS / "mail"
_SUBJECT = "主题："
_NAMED = 10  # findings told in the text; all of them stand in the marked workbook
_FIELDS = {
    "returned": {"bureau", "file", "conclusion", "figures", "changes", "findings", "attached", "rulebook"},
    "unreadable": {"bureau", "file", "reason"},
    "summary": {"file", "conclusion", "figures", "attached"},
}
_OURS = "预算单位"

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Letter:
    """A mail without its address: text says attached where the workbook is, link where it is too large for that."""

    subject: str
    text: str
    name: str = ""
    content: bytes = b""
    link: str = ""
    what: str = "标注后的文件"

    def body(self, attached: bool) -> str:
        """The text with the sentence on where the workbook is found."""
        if not self.content:
            return self.text.replace(_PLACE, "")
        if attached:
            return self.text.replace(_PLACE, f"{self.what}见附件：{self.name}\n")
        where = f"请到这里取：{self.link}" if self.link else "请向财政部门索取"
        megabytes = len(self.content) / 1_000_000
        return self.text.replace(_PLACE, f"{self.what}有 {megabytes:.1f} MB，不便作附件，{where}\n")


_PLACE = "\x00attached\x00"


def returned(
    outcome: Outcome, bureau: str, marked: bytes, name: str, changes: Changes | None = None, link: str = ""
) -> Letter:
    """To a bureau, with its workbook marked; link says where the marked copy lies."""
    report = outcome.report or Report("", "")
    values = {
        "bureau": plain(bureau) or _OURS,
        "file": plain(outcome.file),
        "conclusion": conclusion(outcome),
        "figures": f"{verdict_counts(report)}\n{severity_counts(report)}",
        "changes": "".join(f"{plain(remark)}\n" for remark in changes.remarks) if changes else "",
        "findings": _findings(report.findings),
        "attached": _PLACE,
        "rulebook": report.rulebook or "—",
    }
    return _written("returned", values, name, marked, link)


def unreadable(outcome: Outcome, bureau: str) -> Letter:
    """To a bureau whose file nobody could read, with the cure."""
    reason = plain(outcome.error[1]) if outcome.error else conclusion(outcome)
    return _written("unreadable", {"bureau": plain(bureau) or _OURS, "file": plain(outcome.file), "reason": reason})


def summary(counts: Iterable[Counts | None], content: bytes, name: str, link: str = "") -> Letter:
    """To the budget office, with the summary workbook; counts are those of each submission's report."""
    counts = tuple(counts)
    lines = {verdict: sum(one[verdict] for one in counts if one) for verdict in Verdict}
    by_verdict = "，".join(f"{verdict.label} {count} 行" for verdict, count in lines.items())
    values = {
        "file": plain(name),
        "conclusion": told(counts),
        "figures": f"明细共 {sum(lines.values())} 行：{by_verdict}。",
        "attached": _PLACE,
    }
    return replace(_written("summary", values, name, content, link), what="汇总工作簿")


def _findings(findings: Iterable[Finding]) -> str:
    """The errors, by code and place; none where there is none."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    told = [
        f"　{finding.code}　{finding.cell or finding.sheet or '整个文件'}　{plain(finding.message)}"
        for finding in errors
    ]
    more = [f"　等 {len(errors)} 处，其余见标注文件。"] if len(errors) > _NAMED else []
    return "\n".join(["错误：", *told[:_NAMED], *more, ""]) if errors else ""


def _written(kind: str, values: dict[str, str], name: str = "", content: bytes = b"", link: str = "") -> Letter:
    subject, body = template(kind)
    return Letter(plain(subject.substitute(values)), body.substitute(values), plain(name), content, link)


@cache
def template(kind: str) -> tuple[Template, Template]:
    """Subject and body of one kind of mail; raises BadDeclaration for a field that does not exist."""
    path = _FOLDER / f"{kind}.txt"
    head, _, body = path.read_text("utf-8").partition("\n")
    if not head.startswith(_SUBJECT):
        raise BadDeclaration(f"{path.name}: -: 第一行应以“{_SUBJECT}”开头")
    found = Template(head.removeprefix(_SUBJECT)), Template(body.lstrip("\n"))
    named = {name for one in found for name in one.get_identifiers()}
    if unknown := named - _FIELDS[kind]:
        raise BadDeclaration(
            f"{path.name}: -: 不认识的字段 {'、'.join(sorted(unknown))}；可用：{'、'.join(sorted(_FIELDS[kind]))}"
        )
    if not all(one.is_valid() for one in found):
        raise BadDeclaration(f"{path.name}: -: “$”后面应是字段名；要写“$”本身请写“$$”")
    return found
