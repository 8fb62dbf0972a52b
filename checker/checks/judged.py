"""A judged line → the cells and words a finding about it names."""

from checker.checks.registry import cells_of, text_at
from checker.reader import Table
from checker.terms import Cell, Judgement, Level

NEEDED = ("charged_level",)
UNCHARGED = ("LN01", "LN02", "ST07", "ST08")  # what keeps a line from saying which level it is charged to


def cells_behind(table: Table, row: int, judgement: Judgement, first: str = "charged_level") -> tuple[Cell, ...]:
    """The cell to look at first, then those whose words led to the verdict."""
    return cells_of(table, row, [first, *(item.field for item in judgement.evidence)])


def charged_level(table: Table, row: int) -> Level | None:
    text = text_at(table, row, "charged_level")
    return Level(text) if text else None


def holders_of(judgement: Judgement) -> tuple[Level, ...]:
    """Highest first: one, but for a shared matter."""
    return judgement.levels or ((judgement.responsible_level,) if judgement.responsible_level else ())


def quoted(judgement: Judgement) -> str:
    """The words of the name and content that say what the line is, in brackets."""
    said = (item for item in judgement.evidence if item.field in ("name", "content"))
    words = "、".join(dict.fromkeys(f"“{item.words}”" for item in said))
    return f"（依据文字：{words}）" if words else ""
