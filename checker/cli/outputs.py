"""Where results are written: each beside its file or in one folder, whole or not at all, over nothing but our own."""

import os
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

import click

from checker.errors import CheckerError


def marked_name(file: Path) -> str:
    """申报表.xlsx → 申报表.checked.xlsx; .xlsm stays .xlsm, any other format comes back as .xlsx."""
    suffix = file.suffix if file.suffix.lower() in {".xlsx", ".xlsm"} else ".xlsx"
    return f"{file.stem}.checked{suffix}"


def distinct(files: Iterable[Path]) -> list[Path]:
    """Each file once, however it was spelled, in the order given."""
    return list({_same(file): file for file in files}.values())


def is_one_of(path: Path, files: Iterable[Path]) -> bool:
    return _same(path) in {_same(file) for file in files}


def targets(files: Iterable[Path], folder: Path | None) -> dict[Path, Path]:
    """Where each marked copy goes; refused before anything is written where one would overwrite another."""
    files = list(files)
    places: dict[Path, Path] = {}
    taken: dict[Path, Path] = {}
    for file in files:
        target = (folder or file.parent) / marked_name(file)
        if other := taken.get(_same(target)):
            raise click.UsageError(
                f"{other} 和 {file} 的标注结果都要写成 {target}，会互相覆盖。请改名，或分两次核查到不同的文件夹（-o）。"
            )
        if is_one_of(target, files):
            raise click.UsageError(f"{file} 的标注结果要写成 {target}，而它也是要核查的文件。请用 -o 另选文件夹。")
        keep_foreign(target, "标注副本")
        taken[_same(target)] = file
        places[file] = target
    return places


def keep_foreign(target: Path, kind: str) -> None:
    """Refuse to write over what is no result of this kind: a 标注副本 or a 汇总 of ours is replaced, nothing else."""
    from checker.annotation import is_marked
    from checker.report.summary import is_summary

    is_ours = {"标注副本": is_marked, "汇总": is_summary}[kind]
    if target.is_file() and not _holds(target, is_ours):
        raise click.UsageError(f"{target} 已存在，不是本程序写出的{kind}，不予覆盖。请把它改名，或另选写到哪里。")


def edited_since(target: Path, content: bytes) -> str:
    """Why the marked copy that stands there is not written over: somebody may have corrected it; else nothing."""
    from checker.annotation import was_saved_since

    if not target.is_file() or not was_saved_since(target.read_bytes(), content):
        return ""
    return f"{target} 在标注之后又保存过，可能已经改正，没有覆盖。要核查改正的，请直接核查它；不要了，请改名或删去"


def _holds(path: Path, is_ours: Callable[[bytes], bool]) -> bool:
    with suppress(CheckerError, OSError):
        return is_ours(path.read_bytes())
    return False


def _same(path: Path) -> Path:
    """One spelling for one file, also through links and on file systems that ignore case."""
    return Path(os.path.normcase(path.resolve()))


def ready(folder: Path) -> None:
    """Make the folder and try to write in it, so that a long run does not fail at its end."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".{secrets.token_hex(4)}.part"
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as error:
        raise click.UsageError(
            f"不能写入文件夹 {folder}（{reason(error)}）。请用 -o 另选一个可以写入的文件夹。"
        ) from error


def write(path: Path, content: bytes) -> None:
    """The whole content under its name, or nothing: written aside first, then renamed."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        aside.write_bytes(content)
        aside.replace(path)
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise


def reason(error: OSError) -> str:
    """Why the system refused, in Chinese."""
    return {
        "FileNotFoundError": "不存在",
        "PermissionError": "没有权限，或正被其他程序打开",
        "NotADirectoryError": "上级路径不是文件夹",
        "IsADirectoryError": "是文件夹",
        "FileExistsError": "已有同名文件",
    }.get(type(error).__name__, error.strerror or "原因不明")
