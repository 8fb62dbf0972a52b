"""LV: what the bureau declares beside the words (matter, scope, its own level) and what the words say."""

from collections.abc import Iterator

from checker import reasons as grounds
from checker.checks.judged import cells_behind, quoted
from checker.checks.registry import Submission, cells_of, code, column_values, text_at
from checker.messages import title
from checker.terms import Cell, Finding, Severity, Verdict


@code(
    "LV04",
    "填报的{matter}与文字不符",
    why="判断以{name}和{content}写明的事为准；所选事项与文字不是一回事时，不知以哪个为准。",
    fix="按实际工作改选“{matter}”，或补写{content}；拿不准的留空。",
    severity=Severity.WARNING,
    needs=("matter",),
    follows=("LN02",),
)
def declared_matter_disagrees(submission: Submission) -> Iterator[Finding]:
    """The matter chosen from the list is not the one the words name."""
    for table, row, judgement in submission.judged_lines():
        if judgement.disputed or judgement.reason == grounds.DISAGREES:
            declared = text_at(table, row, "matter")
            seen = _title(submission, judgement.matter)
            told = f"文字写的是“{seen}”{quoted(judgement)}" if seen else judgement.because
            message = f"“{title('matter')}”选的是“{declared}”，{told}"
            yield Finding(
                message, cells_behind(table, row, judgement, "matter"), declared, seen, basis=judgement.clause
            )


def _title(submission: Submission, matter: str | None) -> str:
    found = submission.rulebook.matter(matter or "")
    return found[1].title if found else ""


@code(
    "LV05",
    "填报的{scope}与文字不符",
    why="许多事项按范围划分：全市性的归市级，本地区的归县级；范围填错，级次就会判错。",
    fix="按工作实际覆盖的范围改选“{scope}”；受上级委托办理的，写明受谁委托。",
    severity=Severity.WARNING,
    needs=("scope",),
    follows=("LN02",),
)
def declared_scope_disagrees(submission: Submission) -> Iterator[Finding]:
    """The scope chosen from the list is not the one the words or the bureau speak of."""
    for table, row, judgement in submission.judged_lines():
        words = judgement.scope_doubt
        if words and judgement.verdict is not Verdict.OUTSIDE:
            scope, cells = text_at(table, row, "scope"), cells_of(table, row, ["scope", words.field])
            accepted = f"与{title('bureau_level')}、{title('name')}和{title('content')}一致的范围"
            if judgement.doubt in judgement.because:
                yield Finding(judgement.because, cells, scope, accepted, judgement.cure, judgement.clause)
            else:  # the verdict rests on something else
                yield Finding(judgement.doubt, cells, scope, accepted)


@code(
    "LV11",
    "{bureau_level}与单位名称不符",
    why="单位自身隶属哪一级是判断的重要依据；填报的级次与名称看出的不一致时，判断可能出错。",
    fix="核对单位隶属关系后改正“{bureau_level}”；上级派驻本地的分局，填派出它的那一级。",
    severity=Severity.WARNING,
    needs=("bureau_level",),
    follows=("LN01", "LN02", "ST06"),
)
def affiliation_disagrees(submission: Submission) -> Iterator[Finding]:
    """The level told by the bureau's name is not the level it states; a header cell is told once."""
    seen: set[Cell] = set()
    stated_by_table = {table.sheet: column_values(table, "bureau_level") for table in submission.budget.tables}
    for table, row, judgement in submission.judged_lines():
        stated, named = stated_by_table[table.sheet].get(row), judgement.affiliation
        if not named or not stated or stated == named:
            continue
        cells = cells_of(table, row, ["bureau_level", "bureau"])
        if cells[0] not in seen:
            seen.add(cells[0])
            bureau = text_at(table, row, "bureau")
            message = f"“{bureau}”从名称看属{named}，“{title('bureau_level')}”填的是{stated}"
            yield Finding(message, cells, stated, named.value)
