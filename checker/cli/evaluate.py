"""checker evaluate: labelled lines → how often and where the judgement agrees with the labels."""

import json
from pathlib import Path

import click

from checker.cli import inputs


@click.command(
    help="用已标注结论的明细（CSV）检验判断：各结论的查准率、查全率、混淆表和不一致的行。", no_args_is_help=True
)
@click.argument("labelled", metavar="标注.csv", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="结果的格式。")
def evaluate(labelled: Path, form: str) -> None:
    """How well we judge is a fact about us, so it never fails a run."""
    from checker import evaluation

    inputs.content_of(labelled)
    result = evaluation.evaluate(labelled)
    if form == "json":
        click.echo(json.dumps(result.to_data(), ensure_ascii=False, indent=2))
    else:
        click.echo(result.to_text(), nl=False)
