"""county-pushed, marked and handed back → the same file, corrected by the bureau and sent again."""

from functools import partial
from pathlib import Path

from lxml import etree

from checker import annotate, check, rulebook
from checker.reader import read
from checker.rulebook import Rulebook
from checker.terms import Verdict
from samples.filled import filled
from samples.package import Parts, edited

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET = "xl/worksheets/sheet1.xml"
_VAGUE = "知识产权专项经费"
_CONTENT = "面向本县企业开展专利转化对接，组织路演两场"


def resubmission(rulebook: Rulebook) -> bytes:
    """Every line charged to the wrong level is put right, and one that said too little now says what it is."""
    sent = filled("county-pushed")
    report = check(sent, rulebook)
    [table] = read(sent).tables
    wrong = [line for line in report.lines if line.judgement.verdict is Verdict.WRONG]
    texts = {table.cell(line.row, "charged_level").address: str(line.judgement.responsible_level) for line in wrong}
    vague = next(line.row for line in report.lines if line.name == _VAGUE)
    texts |= {table.cell(vague, "content").address: _CONTENT}
    return edited(annotate(sent, report), partial(_type, texts=texts))


def _type(parts: Parts, texts: dict[str, str]) -> None:
    """As somebody types into cells: the value alone changes."""
    root = etree.fromstring(parts[_SHEET])
    for cell in root.iter(f"{{{_MAIN}}}c"):
        if text := texts.get(cell.get("r", "")):
            for child in list(cell):
                cell.remove(child)
            cell.set("t", "inlineStr")
            etree.SubElement(etree.SubElement(cell, f"{{{_MAIN}}}is"), f"{{{_MAIN}}}t").text = text
    parts[_SHEET] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


if __name__ == "__main__":
    Path(__file__).with_name("resubmission.xlsx").write_bytes(resubmission(rulebook.load()))
