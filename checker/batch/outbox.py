"""A checked submission → where its marked copy goes in the outbox: its bureau's folder, a name of its own."""

import re
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import PurePosixPath

UNKNOWN, SEVERAL = "未识别单位", "多单位汇总"
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?$")  # names Windows keeps for devices
MARKED = ".checked"
_MOST = 50  # files of one name in one bureau's folder that are told apart by a number
_LONGEST = 60  # characters: 180 bytes in UTF-8, and 255 is where file systems end


def places(name: str, bureau: str, bureaus: int, *, copied: bool = False) -> Iterator[str]:
    """Where the copy of a file may go, best first; bureaus is how many the lines of the file name.

    One that is itself a marked copy of a file in the inbox leaves the first place to that, whichever is checked first.
    """
    path = PurePosixPath(name)
    folder = _tame(bureau) or (SEVERAL if bureaus > 1 else _tame(path.parts[0]) if path.parts[1:] else "") or UNKNOWN
    suffix = path.suffix.lower() if path.suffix.lower() == ".xlsm" else ".xlsx"
    stem = _tame(path.stem.partition(MARKED)[0] or path.stem) or "未命名"
    told_apart = blake2b(name.encode("utf-8", "replace"), digest_size=16).hexdigest()
    first = () if copied else ("",)
    for apart in (*first, *(f"（{number}）" for number in range(2, _MOST)), f"-{told_apart}"):
        yield f"{folder}/{stem}{apart}{MARKED}{suffix}"


def _tame(text: str) -> str:
    """A name that every file system takes and that leads nowhere."""
    text = _FORBIDDEN.sub("_", text.encode("utf-8", "replace").decode("utf-8"))[:_LONGEST].strip(" .")
    return f"_{text}" if _RESERVED.match(text) else text
