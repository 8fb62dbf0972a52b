"""An inbox → the workbooks in it, at any depth and inside archives; what cannot be taken now is said."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from checker import faults
from checker.batch.archive import ARCHIVE, Part, note, unpacked
from checker.errors import CheckerError
from checker.folder import Folder

WORKBOOKS = {".xlsx", ".xlsm", ".xls", ".ods"}
LARGEST = 256 << 20  # beyond it a file is not even read into memory
_STRANGE = (-1, -1.0)

_LATER_LOCKED = "有人正打开着它（~$ 临时文件），请关闭后下次再取"
_NO_WORKBOOK = "压缩包里没有 .xlsx、.xlsm、.xls 或 .ods 工作簿。请核对后重新压缩，或直接报送工作簿。"
_MISNAMED = "文件名里有“\\”和“..”，不能读取。请改名后重新放入。"
_CLOSED = "没有权限打开这个文件夹，里面的文件没有核查。请检查文件夹的权限后再运行。"
_NO_FILE = "不是普通文件（是管道或设备），没有读取。请放入文件本身。"
_LATER_COPYING = "还在写入，留待下次"


@dataclass(frozen=True)
class Found:
    """One file of the inbox, or of an archive in it: its bytes, or why there are none.

    name is its path in the inbox, a part's path follows that of its archive. later says why it is left for the next
    run; error is (code, Chinese message).
    """

    name: str
    content: bytes = b""
    error: tuple[str, str] | None = None
    later: str = ""


def found(inbox: Folder, settle: float = 2.0) -> Iterator[Found]:
    """Everything to be checked, in the order of the names, one file in memory at a time.

    A file written to within the last `settle` seconds is looked at again after that time, and left where it grew.
    """
    yield from (Found(name, error=("cannot-open", _CLOSED)) for name in inbox.closed())
    names = sorted(name for name in inbox.names() if _is_ours(name))
    before = {name: _look(inbox, name) for name in names if _stays_inside(inbox, name)}
    _wait_for_fresh(before, settle)
    for name in names:
        if name not in before:
            yield Found(name, error=("cannot-open", _MISNAMED))
        elif PurePosixPath(name).name.startswith("~$"):
            yield Found(name, later=_LATER_LOCKED)
        else:
            yield from _whatever_it_is(inbox, name, before[name])


def _stays_inside(inbox: Folder, name: str) -> bool:
    """Whether a name is one inside the folder for every system that reads it, also for Windows."""
    try:
        inbox.path(name)
    except ValueError:
        return False
    return True


def _whatever_it_is(inbox: Folder, name: str, before: tuple[int, float]) -> Iterator[Found]:
    """What is wrong with one file, or with us over it, does not stop the others."""
    try:
        yield from _take(inbox, name, before)
    except CheckerError:
        raise
    except Exception as error:  # noqa: BLE001 see above
        yield Found(name, error=("internal", faults.record(error)))


def _is_ours(name: str) -> bool:
    """Workbooks and archives by their ending; hidden files and what macOS puts beside a file are none."""
    path = PurePosixPath(name)
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.parts)
    return not hidden and path.suffix.lower() in {*WORKBOOKS, ARCHIVE}


def _look(inbox: Folder, name: str) -> tuple[int, float]:
    """Size and moment of the last change; on an object store, where files appear whole, the moment is 0."""
    try:
        info: dict[str, Any] = inbox.system.info(inbox.path(name))
    except OSError:
        return -1, 0.0
    if info.get("type") == "other":  # to read a pipe is to wait for whoever writes into it
        return _STRANGE
    return int(info.get("size") or 0), float(info.get("mtime") or 0.0)


def _wait_for_fresh(seen: dict[str, tuple[int, float]], settle: float) -> None:
    newest = max((moment for _, moment in seen.values()), default=0.0)
    age = time.time() - newest
    if 0 <= age < settle:
        time.sleep(settle - age)


def _take(inbox: Folder, name: str, before: tuple[int, float]) -> Iterator[Found]:
    """The file, or all of an archive; a file that changes while it is read is left for the next run."""
    if before == _STRANGE:
        yield Found(name, error=("cannot-open", _NO_FILE))
        return
    if before[0] > LARGEST:
        yield Found(name, error=("too-large", "文件超过 256 MB，不予读取。请删去图片和空白格式后另存，或拆分报送。"))
        return
    try:
        content = inbox.read(name)
    except FileNotFoundError:
        yield Found(name, later="读取前被移走或改名")
        return
    except CheckerError as error:
        yield Found(name, error=("cannot-open", str(error)))
        return
    if _look(inbox, name) != before:
        yield Found(name, later=_LATER_COPYING)
    elif PurePosixPath(name).suffix.lower() == ARCHIVE:
        for part in _parts(content):
            instead = note(part, content) if part.error else part.content
            yield Found(f"{name}/{part.name}" if part.name else name, instead)
    else:
        yield Found(name, content)


def _parts(archive: bytes) -> Iterator[Part]:
    """What is in an archive; one without a workbook is said to have none."""
    empty = True
    for part in unpacked(archive, _is_ours):
        empty = False
        yield part
    if empty:
        yield Part("", error=("not-a-workbook", _NO_WORKBOOK))
