"""checker explain: a finding code, a matter, or a single budget line → what it means and why."""

import re
from difflib import get_close_matches
from pathlib import Path

import click

from checker.cli import inputs
from checker.cli.years import budget_year
from checker.terms import Level, Line


@click.command(help="解释一个疑点代码或事项；或用 --line 判断一行明细，并说明理由。", no_args_is_help=True)
@click.argument("subject", required=False, metavar="[代码|事项]")
@click.option("--line", "name", metavar="项目名称", help="要判断的一行明细。")
@click.option("--content", default="", metavar="文字", help="项目内容。")
@click.option("--bureau", default="", metavar="单位", help="填报单位。")
@click.option("--division", default="", metavar="区划", help="行政区划（名称或代码）。")
@click.option("--scope", default="", metavar="范围", help="实施范围：全市、本县区、跨县区。")
@click.option("--level", type=click.Choice([level.value for level in Level]), help="单位级次。")
@click.option("--charged", type=click.Choice([level.value for level in Level]), help="承担级次。")
@click.option("--year", type=int, callback=budget_year, metavar="年度", help="预算年度（不写则用各方案最近的年度）。")
@click.option("--plan", metavar="方案", help="只按这一划分方案判断：方案名（见 checker plans）或方案文件。")
@click.option("--register", "register_file", metavar="文件", type=click.Path(path_type=Path), help="认定和豁免登记簿。")
def explain(
    subject: str | None,
    name: str | None,
    content: str,
    bureau: str,
    division: str,
    scope: str,
    level: str | None,
    charged: str | None,
    year: int | None,
    plan: str | None,
    register_file: Path | None,
) -> None:
    """A line is judged as it would be in a workbook, with every candidate shown."""
    if name is None and subject is None:
        raise click.UsageError("请写明疑点代码或事项（如 LV01），或用 --line 给出一行明细。")
    if name is None:
        click.echo(_subject(str(subject), plan))
        return
    line = Line(
        name=name,
        content=content,
        bureau=bureau,
        division=division,
        scope=scope,
        bureau_level=Level(level) if level else None,
        charged_level=Level(charged) if charged else None,
    )
    click.echo(_line(line, year, plan, register_file))


def _subject(subject: str, plan: str | None) -> str:
    from checker.across import ACROSS
    from checker.checks import CHECKS
    from checker.documentation import explain as told

    book, _ = inputs.law(plan)
    if text := told(subject, book):
        return text
    known = [*CHECKS, *ACROSS, *(matter.id for plan in book.plans for matter in plan.matters)]
    names = [matter.name for plan in book.plans for matter in plan.matters]
    near = [one for one in known if _spelt(one) == _spelt(subject)]
    near = near or get_close_matches(subject.upper(), known, 3) + get_close_matches(subject, names, 3, 0.4)
    hint = f"是不是 {'、'.join(near)}？" if near else f"疑点代码有 {'、'.join(CHECKS)}；事项见 checker plans show。"
    raise click.UsageError(f"没有代码或事项“{subject}”。{hint}")


def _spelt(code: str) -> str:
    """A code however it is typed: lv1, LV-1 and LVO1 are all LV01."""
    return re.sub(r"(?<!\d)0+(?=\d)|[-_\s]", "", code.upper().replace("O", "0"))


def _line(line: Line, year: int | None, plan: str | None, register_file: Path | None) -> str:
    from checker.binding import binding
    from checker.explanation import explain as explained

    book, plan = inputs.law(plan)
    book = book.only([plan]) if plan else book
    choices = binding(line.division, year or max(plan.valid_from for plan in book.plans), book).choices
    plans = tuple(dict.fromkeys(plan for choice in choices for plan in choice))
    register = inputs.register_of(register_file, book)
    if not plans:
        raise click.UsageError("该行政区划在该年度没有生效的划分方案。已装入的方案见 checker plans。")
    return explained(line, plans, register.during(year) if register else None)
