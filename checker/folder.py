"""A local folder or any fsspec URL (s3://bucket/path) → files read and written whole, or not at all."""

import errno
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec

from checker.errors import Occupied, Unavailable

# A put to these stores is seen whole or not at all; on every other kind a file is renamed into its place.
_WHOLE_PUT = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "oss", "obs", "memory"}
# Client libraries raise errors of their own that are no OSError.
_CLIENTS = {"botocore", "aiobotocore", "aiohttp", "gcsfs", "google", "azure", "paramiko", "asyncssh"}
_TEMPORARY = ".checker-"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def _mask() -> int:
    """What this process withholds from new files; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


_MASK = _mask()


@dataclass(frozen=True)
class Folder:
    """A place for files; paths are relative, with forward slashes, and cannot lead out of it."""

    url: str
    system: Any
    root: str

    def path(self, name: str) -> str:
        """Where a file stands in its file system; raises ValueError for a name that leads out of the folder."""
        parts = PurePosixPath(name).parts
        if not parts or ".." in re.split(r"[/\\]", name) or PurePosixPath(name).is_absolute():
            raise ValueError(f"not a name inside the folder: {name}")
        return "/".join((self.root.rstrip("/"), *parts))

    def write(self, name: str, content: bytes) -> None:
        """Put a file in its place in one step; whoever looks sees the old one or the new one, never a half.

        raises: Occupied where the old one is open in a program that lets nobody replace it (Windows), Unavailable
        """
        with _said_plainly(self.url, name):
            _put(self, self.path(name), content)

    def sweep(self, age: float = 3600.0) -> None:
        """Take away what killed writers left behind longer ago than these seconds; a local folder only has such."""
        if _is_local(self.system):
            for path in Path(self.root).rglob(f"{_TEMPORARY}*"):
                with suppress(OSError):
                    if time.time() - path.stat().st_mtime > age:
                        path.unlink()

    def read(self, name: str) -> bytes:
        """The bytes of a file; raises FileNotFoundError."""
        with _said_plainly(self.url, name, may_be_absent=True):
            return bytes(self.system.cat_file(self.path(name)))

    def holds(self, name: str) -> bool:
        with _said_plainly(self.url, name):
            return bool(self.system.isfile(self.path(name)))

    def names(self) -> Iterator[str]:
        """Every file at any depth, in the order of the names; half-written ones are not seen."""
        with _said_plainly(self.url):
            found = self.system.find(self.root, **({"on_error": "raise"} if _is_local(self.system) else {}))
        start = len(self.root.rstrip("/")) + 1
        yield from (path[start:] for path in found if not PurePosixPath(path).name.startswith(_TEMPORARY))

    def closed(self) -> tuple[str, ...]:
        """Folders inside that nobody lets us look into, which names() passes over; a local folder only has such."""
        refused: list[str] = []
        if _is_local(self.system):
            for _ in os.walk(self.root, onerror=lambda error: refused.append(str(error.filename))):
                pass
        return tuple(PurePosixPath(path).relative_to(self.root).as_posix() for path in sorted(refused))


def open_folder(url: str | Path, *, make: bool = True, **options: Any) -> Folder:
    """A folder by path or URL; options go to fsspec (endpoint_url, key, secret …).

    A local folder that is absent is made, or refused where make is False: a mistyped inbox is not an empty one.
    raises: Unavailable, also where the package for this kind of URL is not installed.
    """
    try:
        system, root = fsspec.url_to_fs(str(url), use_listings_cache=False, **options)
    except (ImportError, ValueError) as cause:
        raise Unavailable(f"无法使用 {url}：{cause}。请核对地址，或安装该存储所需的组件（如 s3fs）。") from cause
    with _said_plainly(str(url)):
        if _is_local(system):
            _settle(Path(root), make=make)
    return Folder(str(url), system, root)


def _settle(root: Path, *, make: bool) -> None:
    if make:
        root.mkdir(parents=True, exist_ok=True)
    elif not root.is_dir():
        raise Unavailable(f"没有文件夹 {root}。请核对路径。")


def _is_local(system: Any) -> bool:
    return "file" in _protocols(system)


def _protocols(system: Any) -> set[str]:
    return {system.protocol} if isinstance(system.protocol, str) else set(system.protocol)


def _put(folder: Folder, path: str, content: bytes) -> None:
    if _is_local(folder.system):
        _put_locally(Path(path), content)
    elif _protocols(folder.system) & _WHOLE_PUT:
        folder.system.pipe_file(path, content)
    else:
        parent, _, last = path.rpartition("/")
        folder.system.makedirs(parent, exist_ok=True)
        temporary = f"{parent}/{_TEMPORARY}{os.urandom(8).hex()}-{last}"
        folder.system.pipe_file(temporary, content)
        folder.system.mv(temporary, path)


def _put_locally(path: Path, content: bytes) -> None:
    """Written beside its place, forced to the disk, then renamed: a crash leaves at most a file nobody looks at."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as cause:
        raise Occupied(f"{path.parent} 应是文件夹，却是文件，没有写入。请移走它后再运行。") from cause
    handle, temporary = tempfile.mkstemp(prefix=_TEMPORARY, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_MASK)
        _replace(Path(temporary), path)
        _sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise


def _replace(temporary: Path, path: Path) -> None:
    try:
        temporary.replace(path)
    except PermissionError as cause:
        if not path.is_file():
            raise
        raise Occupied(f"{path} 正被别的程序打开，没有写入。请关闭后再运行。") from cause
    except IsADirectoryError as cause:
        raise Occupied(f"{path} 应是文件，却是文件夹，没有写入。请移走它后再运行。") from cause


def _sync_folder(folder: Path) -> None:
    """Force the new name to the disk as well; Windows does so by itself and opens no folders."""
    if os.name != "nt":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _said_plainly(url: str, name: str = "", *, may_be_absent: bool = False) -> Iterator[None]:
    """Whatever a file system answers, as one sentence that says what to do."""
    place = f"{url.rstrip('/')}/{name}" if name else url
    try:
        yield
    except Unavailable:
        raise
    except PermissionError as cause:
        raise Unavailable(f"没有权限使用 {place}。请检查文件夹或存储桶的权限后再运行。") from cause
    except OSError as cause:
        if may_be_absent and isinstance(cause, FileNotFoundError):
            raise
        if cause.errno in _FULL:
            raise Unavailable(f"磁盘空间不足，{place} 没有写入。请腾出空间后再运行，已完成的部分不会重做。") from cause
        raise Unavailable(f"无法使用 {place}：{cause}。请检查后再运行。") from cause
    except Exception as cause:
        if type(cause).__module__.partition(".")[0] in _CLIENTS:
            raise Unavailable(f"存储服务暂不可用：{place}（{cause}）。请检查网络、地址和密钥后再运行。") from cause
        raise
