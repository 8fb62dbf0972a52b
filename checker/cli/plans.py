"""checker plans: the division plans as loaded → a list, one in full, a check of plan files, or what changed."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from checker.plan import Matter, Plan


@click.group(help="查看已装入的划分方案；不带子命令时列出全部。", invoke_without_command=True)
@click.pass_context
def plans(context: click.Context) -> None:
    """Without a subcommand: which plans there are, for whom and since when."""
    if context.invoked_subcommand:
        return
    from checker.rulebook import load

    book = load()
    for plan in book.plans:
        click.echo(f"{plan.id}  {_years(plan)}  {len(plan.matters)} 个事项  {plan.document.cited}")
    click.echo(f"规则版本 {book.version}")


@plans.command(help="显示一个方案的全部事项、条款和未编入的条款。")
@click.argument("plan_id", metavar="方案")
def show(plan_id: str) -> None:
    """Every clause as it stands in the document."""
    plan = _plan(plan_id)
    click.echo(f"{plan.document.cited}\n适用：{_years(plan)}\n")
    for numeral, section in plan.sections.items():
        click.secho(f"{numeral}、{section.heading}", bold=True)
        for matter in plan.of_section(numeral):
            click.echo("\n".join(f"  {line}" for line in described(matter, plan)))
    for left_out in plan.not_encoded:
        click.echo(f"未编入 {left_out.number}“{left_out.quote}”：{left_out.why}")


@plans.command(help="检查方案文件（默认检查随程序提供的全部方案）。")
@click.argument("paths", nargs=-1, metavar="[文件或文件夹...]", type=click.Path(path_type=Path, exists=True))
def lint(paths: tuple[Path, ...]) -> None:
    """Loading is the check: what contradicts itself or its source is refused with its place."""
    from checker.rulebook import load

    book = load(*paths)
    click.echo(f"{len(book.plans)} 个方案、{sum(len(plan.matters) for plan in book.plans)} 个事项，没有问题。")
    click.echo(f"规则版本 {book.version}")


@plans.command(help="比较两个方案（方案名或方案文件）：增删改了哪些事项、条款和口径。")
@click.argument("before", metavar="旧方案")
@click.argument("after", metavar="新方案")
def diff(before: str, after: str) -> None:
    """One line a change."""
    from checker.revision import diff as changes_between

    changes = changes_between(_plan(before), _plan(after))
    click.echo("\n".join(changes) or "两个方案完全相同。")


def _plan(wanted: str) -> "Plan":
    """A loaded plan by its id, or the one plan of a file."""
    from checker.rulebook import load

    path = Path(wanted)
    if path.is_file():
        return load(path).plans[0]
    book = load()
    plan = book.plan(wanted)
    if plan is None:
        known = "、".join(one.id for one in book.plans)
        raise click.UsageError(f"没有方案 {wanted}，也没有这个文件。已装入的方案：{known}。")
    return plan


def _years(plan: "Plan") -> str:
    return f"{plan.valid_from}–{plan.valid_to} 年度" if plan.valid_to else f"{plan.valid_from} 年度起"


def described(matter: "Matter", plan: "Plan") -> list[str]:
    """A matter as lines: its name, then each level's clause word for word."""
    lines = [matter.heading]
    lines += [f"  {plan.called(level)}：{clause.quote}" for level, clause in matter.clauses.items()]
    if matter.wording:
        lines.append(f"  原文：{matter.wording.quote}")
    if matter.note:
        lines.append(f"  说明：{matter.note}")
    return lines
