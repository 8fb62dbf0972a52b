"""A checked submission → where its marked copy goes in the outbox: its bureau's folder, a name of its own."""

import re
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import PurePosixPath

UNKNOWN, SEVERAL = "未识别单位", "多单位汇总"
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$")  # names Windows keeps for devices
_MARKED = re.compile(r"(?i)\.checked$")
_LONGEST = 60  # characters: 180 bytes in UTF-8, and 255 is where file systems end


def places(name: str, bureau: str, bureaus: int) -> Iterator[str]:
    """Where the copy of a file may go, best first; bureaus is how many the lines of the file name."""
    path = PurePosixPath(name)
    folder = _tame(bureau) or (SEVERAL if bureaus > 1 else _tame(path.parts[0]) if path.parts[1:] else "") or UNKNOWN
    suffix = path.suffix.lower() if path.suffix.lower() == ".xlsm" else ".xlsx"
    stem = _tame(_MARKED.sub("", path.stem)) or "未命名"
    yield f"{folder}/{stem}.checked{suffix}"
    for size in (3, 16):
        told_apart = blake2b(name.encode("utf-8", "replace"), digest_size=size).hexdigest()
        yield f"{folder}/{stem}-{told_apart}.checked{suffix}"


def _tame(text: str) -> str:
    """A name that every file system takes and that leads nowhere."""
    text = _FORBIDDEN.sub("_", text.encode("utf-8", "replace").decode("utf-8"))[:_LONGEST].strip(" .")
    return f"_{text}" if _RESERVED.match(text) else text
