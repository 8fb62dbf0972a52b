"""The bytes of a .zip → the workbooks in it, also of archives in the archive; bombs are refused by absolute size."""

import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from lzma import LZMAError
from pathlib import PurePosixPath
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from checker.errors import UnreadableWorkbook

ARCHIVE = ".zip"
_NOTE = b"checker: a part of an archive that cannot be taken out\n"
_MEGABYTE = 1 << 20
_UTF8 = 0x800  # the flag of a name in UTF-8; without it Chinese programs write GBK
_REPACK = "请解压后直接报送其中的工作簿。"
_BROKEN = (
    BadZipFile,
    LargeZipFile,
    zlib.error,
    LZMAError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True)
class Caps:
    """What one archive may hold at most, archives inside it included; absolute, since honest tables pack 20 to 1."""

    files: int = 2_000
    bytes_a_file: int = 256 * _MEGABYTE
    bytes_in_all: int = 2_048 * _MEGABYTE
    depth: int = 3


@dataclass
class _Used:
    """What has been taken out so far."""

    files: int = 0
    bytes: int = 0
    names: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Part:
    """One file of an archive: its bytes, or (code, message) why there are none; no name is the archive itself."""

    name: str
    content: bytes = b""
    error: tuple[str, str] | None = None


def note(part: Part, archive: bytes) -> bytes:
    """What stands in the store for a part that nobody could take out: which archive it was, and why."""
    code, message = part.error or ("", "")
    return _NOTE + "\n".join((code, message, part.name, sha256(archive).hexdigest())).encode("utf-8", "replace")


def noted(content: bytes) -> tuple[str, str] | None:
    """The (code, message) of such a note; None of anything else."""
    if not content.startswith(_NOTE):
        return None
    code, message, *_ = content.removeprefix(_NOTE).decode("utf-8", "replace").split("\n")
    return code, message


def unpacked(content: bytes, is_wanted: Callable[[str], bool], caps: Caps | None = None) -> Iterator[Part]:
    """The wanted parts, one in memory at a time; what is wrong with one of them does not stop the others."""
    yield from _parts(content, "", is_wanted, caps or Caps(), _Used(), 1)


def _parts(
    content: bytes, above: str, is_wanted: Callable[[str], bool], caps: Caps, used: _Used, depth: int
) -> Iterator[Part]:
    try:
        with ZipFile(BytesIO(content)) as archive:
            for entry in _entries(archive, caps, used):
                name = _apart(f"{above}{_safe(entry)}", used)
                if is_wanted(name):
                    yield from _part(archive, entry, name, is_wanted, caps, used, depth)
    except UnreadableWorkbook as error:
        yield Part(above.rstrip("/"), error=(error.code, error.message))
    except _BROKEN:
        yield Part(above.rstrip("/"), error=("corrupt", f"压缩包已损坏，打不开。请重新压缩，或{_REPACK[1:]}"))


def _entries(archive: ZipFile, caps: Caps, used: _Used) -> list[ZipInfo]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    used.files += len(entries)
    if used.files > caps.files:
        raise UnreadableWorkbook("too-large", f"压缩包里的文件超过 {caps.files} 个，不予解压。{_REPACK}")
    return entries


def _part(
    archive: ZipFile, entry: ZipInfo, name: str, is_wanted: Callable[[str], bool], caps: Caps, used: _Used, depth: int
) -> Iterator[Part]:
    try:
        inner = _read(archive, entry, caps, used)
    except UnreadableWorkbook as error:
        yield Part(name, error=(error.code, error.message))
        return
    except _BROKEN:
        yield Part(name, error=("corrupt", f"压缩包中的这个文件已损坏。请重新压缩，或{_REPACK[1:]}"))
        return
    if PurePosixPath(name).suffix.lower() != ARCHIVE:
        yield Part(name, inner)
    elif depth == caps.depth:
        yield Part(name, error=("too-deep", f"压缩包套了 {depth} 层以上，不予解压。{_REPACK}"))
    else:
        yield from _parts(inner, f"{name}/", is_wanted, caps, used, depth + 1)


def _read(archive: ZipFile, entry: ZipInfo, caps: Caps, used: _Used) -> bytes:
    """The bytes of one entry, never more than the caps, whatever its header says."""
    if entry.flag_bits & 1:
        raise UnreadableWorkbook("encrypted", f"压缩包设有密码，无法解压。{_REPACK}")
    room = min(caps.bytes_a_file, caps.bytes_in_all - used.bytes)
    if entry.file_size > room:
        raise _bomb(caps)
    with archive.open(entry) as file:
        content = file.read(room + 1)
    used.bytes += len(content)
    if len(content) > room:
        raise _bomb(caps)
    return content


def _bomb(caps: Caps) -> UnreadableWorkbook:
    return UnreadableWorkbook(
        "too-large",
        f"解压后超出上限（单个文件 {caps.bytes_a_file // _MEGABYTE} MB，"
        f"合计 {caps.bytes_in_all // _MEGABYTE} MB），不予解压。{_REPACK}",
    )


def _safe(entry: ZipInfo) -> str:
    """A relative path with forward slashes that leads nowhere else, whatever the archive calls the file."""
    name = entry.orig_filename if entry.flag_bits & _UTF8 else _in_chinese(entry.orig_filename)
    parts = name.split("\0")[0].replace("\\", "/").split("/")
    kept = [part.strip() for part in parts if part.strip() not in {"", ".", ".."} and not part.endswith(":")]
    return "/".join("".join(letter for letter in part if letter.isprintable()) for part in kept) or "未命名"


def _in_chinese(name: str) -> str:
    """zipfile reads an unmarked name as IBM code page 437; Chinese Windows wrote it as GBK, other systems as UTF-8."""
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def _apart(name: str, used: _Used) -> str:
    """Two files of one name in one archive are told apart by a number."""
    used.names[name] += 1
    if used.names[name] == 1:
        return name
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem} ({used.names[name]}){path.suffix}"))
