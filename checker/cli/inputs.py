"""A path as typed → the bytes of a file, or a plain sentence why it is none."""

from pathlib import Path
from typing import TYPE_CHECKING

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


def register_of(file: Path | None, book: "Rulebook") -> "Register | None":
    """The register a run is given, held against the law and the finding codes; raises UnreadableWorkbook."""
    if file is None:
        return None
    from checker.checks import CHECKS
    from checker.register import load

    return load(content_of(file), book, CHECKS)
