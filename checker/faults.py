"""An exception nobody foresaw → a reference number to say, and the traceback in a log file to send in."""

import os
import secrets
import sys
import traceback
from contextlib import suppress
from pathlib import Path

from checker import __version__


def keep(error: BaseException) -> str:
    """Keep the traceback and return its number alone, for those who cannot see this machine's files."""
    number = secrets.token_hex(4).upper()
    with suppress(OSError):
        _log(number, error)
    return number


def record(error: BaseException) -> str:
    """Keep the traceback and return what the user is told."""
    number = secrets.token_hex(4).upper()
    told = f"程序内部出错，编号 {number}。这不是您的文件填写有误；文件未被改动。"
    try:
        path = _log(number, error)
    except OSError:
        return f"{told}请把本编号和操作步骤告知维护人员（日志无法写入 {folder()}）。"
    return f"{told}请把日志 {path} 发给维护人员。"


def _log(number: str, error: BaseException) -> Path:
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    path = place / f"{number}.log"
    details = "".join(traceback.format_exception(error))
    path.write_text(f"checker {__version__}, Python {sys.version}\n{sys.argv}\n\n{details}", "utf-8", "replace")
    return path


def folder() -> Path:
    """Where programs keep what they remember: %LOCALAPPDATA%, $XDG_STATE_HOME, or ~/.local/state."""
    state = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "checker"
