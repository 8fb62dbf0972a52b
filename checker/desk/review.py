"""Figures → the level question of the reviewers' form, answered as far as a program may, and a list of the rest."""

from collections import Counter
from dataclasses import dataclass

from checker.desk.figures import Figures, Row
from checker.desk.paper import Column, Paper, Value, yuan
from checker.terms import Level, Verdict

_YES, _NO = "是", "否"
_AGAIN = "调整后再审"
_OUTCOMES = ("予以入库", _AGAIN, "不予入库")


@dataclass(frozen=True)
class Opinion:
    """What may be written into the form for one line; an empty answer is a person's to give, and to_do says why.

    Admission and refusal are never ticked: eleven questions of the form are not a matter of levels.
    """

    answer: str
    outcome: str
    words: str
    to_do: str


def opinion(row: Row, level: Level) -> Opinion:
    """The answer for an office of this level."""
    judgement, line = row.line.judgement, row.line
    holder, doubtful = judgement.responsible_level, bool(judgement.caveat or len(judgement.levels) > 1)
    if judgement.verdict in {Verdict.UNDECIDED, Verdict.OUTSIDE} or holder is None:
        why = judgement.reason or judgement.verdict.label
        to_do = "不属本方案，由评审人判断" if judgement.verdict is Verdict.OUTSIDE else "级次须人工认定"
        return Opinion("", _AGAIN if row.has_error else "", judgement.because, f"{to_do}（{why}）")
    if doubtful:
        return Opinion("", "", judgement.because, "条款附有条件或由几级共同承担，须人工核实")
    answer = _YES if holder is level else _NO
    if judgement.verdict is Verdict.WRONG:
        told = f"{judgement.because}。建议由{holder}预算申报，承担级次由“{line.charged_level}”改为“{holder}”。"
        return Opinion(answer, _AGAIN, told, "核定入库金额")
    if row.has_error:
        return Opinion(answer, _AGAIN, f"{judgement.because}。本行另有填报错误，见标注文件。", "核定入库金额")
    return Opinion(answer, "", judgement.because, "其余各问、结论和核定入库金额")


def review_sheet(paper: Paper, figures: Figures) -> None:
    """One row a line that is charged to the office's level or belongs there, in the words of the form."""
    columns = [
        Column("序号", 5, "centre"), Column("单位", 18), Column("项目名称", 22),
        Column("申报金额\n（万元）", 11, "money"), Column("承担级次", 6, "centre"),
        Column(f"是否属于{figures.level}\n财政事权和\n支出责任", 12, "centre"), Column("结论", 12, "centre"),
        Column("核定入库\n金额\n（万元）", 11, "blank"), Column("审核意见", 42), Column("依据", 9, "centre"),
        Column("须人工填写", 16),
    ]  # fmt: skip
    page = paper.sheet("评审表", [column.width for column in columns], "#548235")
    page.title(
        "项目评审表：级次一问",
        f"只列填报由{figures.level}承担、或应由{figures.level}承担的项目，共 {figures.reviewed} 项。{_cut(figures)}",
    )
    page.note(
        f"结论有三种：{'、'.join(_OUTCOMES)}。本程序只核查级次，不代替评审：“予以入库”“不予入库”和核定金额一律留空，由评审人填写；"
        f"级次有误或填报有错的，建议“{_AGAIN}”；认定不了的留空（浅黄底色），另列在“须人工填写”表。"
    )
    page.head(columns, repeat=True)
    first = page.row
    looks = [column.look for column in columns]
    for number, row in enumerate(figures.for_review, 1):
        given = opinion(row, figures.level)
        shown = [*looks[:5], looks[5] if given.answer else "blank", looks[6] if given.outcome else "blank", *looks[7:]]
        page.line(_form(number, row, given), shown)
    if figures.for_review:
        page.made.data_validation(first, 6, page.row - 1, 6, {"validate": "list", "source": list(_OUTCOMES)})
        page.made.data_validation(first, 5, page.row - 1, 5, {"validate": "list", "source": [_YES, _NO]})


def _cut(figures: Figures) -> str:
    shown = len(figures.for_review)
    return f"只列前 {shown} 项，其余见各单位的标注文件。" if figures.reviewed > shown else ""


def _form(number: int, row: Row, given: Opinion) -> list[Value]:
    line, clause = row.line, row.line.judgement.clause
    money = None if line.amount_fen is None else yuan(line.amount_fen)
    return [
        number, line.bureau, line.name, money, line.charged_level, given.answer, given.outcome, None, given.words,
        clause.number if clause else None, given.to_do,
    ]  # fmt: skip


def by_hand_sheet(paper: Paper, figures: Figures) -> None:
    """The lines whose level a person must decide, with the reason."""
    columns = [
        Column("评审表\n序号", 8, "centre"), Column("单位", 20), Column("项目名称", 26),
        Column("金额\n（万元）", 11, "money"), Column("须做什么", 22),
        Column("已知情况", 44), Column("文件和单元格", 24),
    ]  # fmt: skip
    page = paper.sheet("须人工填写", [column.width for column in columns], "#BF9000")
    opinions = [(number, row, opinion(row, figures.level)) for number, row in enumerate(figures.for_review, 1)]
    left = [(number, row, given) for number, row, given in opinions if not given.answer]
    counted = Counter(given.to_do for _, _, given in left)
    told = "；".join(f"{to_do} {count} 项" for to_do, count in counted.most_common())
    page.title("评审表中级次一问留空的项目", f"共 {len(left)} 项。{told}。{_cut(figures)}")
    rows = (
        [number, row.line.bureau, row.line.name, None if row.line.amount_fen is None else yuan(row.line.amount_fen),
         given.to_do, given.words, f"{row.file}\n{row.where}"]
        for number, row, given in left
    )  # fmt: skip
    page.table(columns, rows, repeat=True)
