"""What is typed on the command line → the bytes of a file, the law, a register; or a plain sentence why it is none."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from checker.cli.outputs import reason
from checker.errors import UnreadableWorkbook

if TYPE_CHECKING:
    from checker.register import Register
    from checker.rulebook import Rulebook

_LARGEST = 256 * 1024 * 1024  # beyond it a file is not even read into memory


def content_of(file: Path) -> bytes:
    """The bytes of a workbook; raises UnreadableWorkbook for folders, lock files, and what cannot be opened."""
    if file.name.startswith("~$"):
        raise UnreadableWorkbook(
            "lock-file",
            f"这是 Excel 打开文件时产生的临时文件，不是预算表。请核查 {file.name[2:]}，并先在 Excel 里关闭它。",
        )
    if file.is_dir():
        raise UnreadableWorkbook("folder", f"这是文件夹。请写明其中的文件，例如 {file / '*.xlsx'}。")
    try:
        if file.stat().st_size > _LARGEST:
            raise UnreadableWorkbook("too-large", "文件超过 256 MB，不予读取。请删去图片和空白格式后另存，或拆分报送。")
        return file.read_bytes()
    except OSError as error:
        raise UnreadableWorkbook(
            "cannot-open", f"文件打不开（{reason(error)}）。请核对路径和文件名；若正在编辑，请先保存并关闭。"
        ) from error


def law(plan: str | None) -> "tuple[Rulebook, str | None]":
    """The rulebook, and the id of the one plan to judge by where its id or its file is given.

    A file joins the plans that are shipped, so that it may inherit from them; one with the id of a shipped plan takes
    its place. raises: click.UsageError for neither an id nor a file; BadDeclaration for a file that is no plan.
    """
    from checker.rulebook import PLANS, load

    shipped = load()
    known = [one.id for one in shipped.plans]
    if plan is None or plan in known:
        return shipped, plan
    path = Path(plan)
    if not path.is_file():
        loaded = "、".join(known)
        raise click.UsageError(f"没有方案 {plan}，也没有这个文件。已装入的方案：{loaded}（checker plans）。")
    [own] = load(path).plans
    return load(path) if own.id in known else load(PLANS, path), own.id


def register_of(file: Path | None, book: "Rulebook") -> "Register | None":
    """The register a run is given, held against the law and the finding codes; raises UnreadableWorkbook."""
    if file is None:
        return None
    from checker.checks import CHECKS
    from checker.register import load

    return load(content_of(file), book, CHECKS)
