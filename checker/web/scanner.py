"""Bytes → the name of the virus in them, or nothing: asked of ClamAV's clamd, which listens beside us."""

import socket
import struct
from dataclasses import dataclass
from hashlib import sha256

from checker.errors import BadConfig, CheckerError, Unavailable
from checker.report import Outcome

_PIECE = 1 << 16  # below what clamd takes at once by default
_LONGEST_ANSWER = 4096
_AWAY = "病毒扫描服务（clamd）现在连不上，文件没有接收。请稍后重试；一直如此请告知管理员。"
_TOO_LARGE = "文件超过病毒扫描服务能扫描的大小，没有接收。请管理员把 clamd 的 StreamMaxLength 调到不小于上传上限。"


class Infected(CheckerError):  # noqa: N818 says what is the matter
    """A file that is not taken in; the message says which, and what was found in it."""

    def __init__(self, name: str, found: str) -> None:
        super().__init__(f"{name}：病毒扫描发现 {found}，文件没有接收。请在杀毒后重新填报，不要再打开原文件。")


def infected(name: str, content: bytes, found: str) -> Outcome:
    """What is said of an upload that is thrown away."""
    return Outcome(name, sha256(content).hexdigest(), error=("infected", str(Infected(name, found))))


@dataclass(frozen=True)
class Scanner:
    """Where clamd listens: the path of its socket, or host:port."""

    address: str
    seconds: float = 60.0

    def scan(self, content: bytes) -> str:
        """What was found, "" for nothing. raises: Unavailable where nobody can say."""
        try:
            with self._connected() as connection:
                self._send(connection, content)
                answer = _answer(connection)
        except OSError as cause:
            raise Unavailable(_AWAY) from cause
        if answer.endswith(" FOUND"):
            return answer.removeprefix("stream: ").removesuffix(" FOUND")
        if answer != "stream: OK":
            raise Unavailable(_TOO_LARGE if "size limit exceeded" in answer else _AWAY)
        return ""

    def _connected(self) -> socket.socket:
        if "/" not in self.address:
            host, _, port = self.address.rpartition(":")
            return socket.create_connection((host.strip("[]"), int(port)), self.seconds)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(self.seconds)
        try:
            connection.connect(self.address)
        except OSError:
            connection.close()
            raise
        return connection

    def _send(self, connection: socket.socket, content: bytes) -> None:
        """The command, then pieces that each say how long they are, then one of no length."""
        try:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), _PIECE):
                piece = content[start : start + _PIECE]
                connection.sendall(struct.pack(">I", len(piece)) + piece)
            connection.sendall(struct.pack(">I", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has heard enough; what it says of that is still to be read


def _answer(connection: socket.socket) -> str:
    told = b""
    while not told.endswith(b"\0") and len(told) < _LONGEST_ANSWER:
        piece = connection.recv(_LONGEST_ANSWER)
        if not piece:
            break
        told += piece
    return told.rstrip(b"\0\n").decode("utf-8", "replace")


def scanner_at(address: str) -> Scanner | None:
    """The scanner that is set, if one is; raises BadConfig for what is no address."""
    port = address.rpartition(":")[2]
    if address and "/" not in address and not (":" in address and port.isascii() and port.isdigit()):
        raise BadConfig(f"clamd 的地址 {address} 写法不对。请写套接字路径，例如 /run/clamav/clamd.ctl，或 主机:端口。")
    return Scanner(address) if address else None
