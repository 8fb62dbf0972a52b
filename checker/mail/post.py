"""A letter and an address → what the mail server made of it: taken, not taken, refused, or nobody knows."""

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum

from checker.config import Mail as Settings
from checker.mail.letter import Letter
from checker.report.safe import plain

_IMPLICIT_TLS = 465
_DOTS = re.compile(rb"(?m)^\.")
_ENCODED = 4 / 3 * 78 / 76  # base64 in lines
_XLSX = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


class Sent(StrEnum):
    """How sending ended; doubtful: the text was sent, and the connection broke before the server answered."""

    TAKEN = "taken"
    NOT_NOW = "not now"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True)
class Result:
    """How sending ended, and why in a sentence for a person."""

    sent: Sent
    problem: str = ""


@dataclass(frozen=True)
class Post:
    """A mail server as set under [mail]; context holds the certificates it is trusted by."""

    settings: Settings
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def send(self, letter: Letter, recipient: str, message_id: str, at: datetime) -> Result:
        """Send one mail over a connection of its own; whatever happens is a result."""
        try:
            server = self._connected()
        except smtplib.SMTPAuthenticationError as cause:
            return Result(Sent.UNREACHABLE, f"邮件服务器不接受用户名或口令（{_told(cause)}）。请核对 [mail] 的设置。")
        except smtplib.SMTPNotSupportedError as cause:
            return Result(Sent.UNREACHABLE, f"邮件服务器不支持加密或登录（{cause}）。请核对 [mail] 的 starttls、port。")
        except ssl.SSLError as cause:
            return Result(
                Sent.UNREACHABLE, f"邮件服务器的证书不可信：{cause.reason or cause}。请核对服务器名称和证书。"
            )
        except UnicodeEncodeError:
            return Result(Sent.UNREACHABLE, "邮件用户名或口令含有英文字母、数字、符号以外的字符，不能发送。请更改。")
        except (smtplib.SMTPException, OSError) as cause:
            return Result(Sent.UNREACHABLE, f"连不上邮件服务器 {self.settings.host}：{_told(cause)}。")
        try:
            return self._hand_over(server, letter, recipient, message_id, at)
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _connected(self) -> smtplib.SMTP:
        """Greeted, encrypted and logged in; a password never goes over a line that is not encrypted."""
        settings = self.settings
        facts = (settings.host, settings.port)
        if settings.port == _IMPLICIT_TLS:
            server: smtplib.SMTP = smtplib.SMTP_SSL(*facts, timeout=settings.timeout_seconds, context=self.context)
        else:
            server = smtplib.SMTP(*facts, timeout=settings.timeout_seconds)
        try:
            server.ehlo_or_helo_if_needed()
            if settings.starttls and settings.port != _IMPLICIT_TLS:
                server.starttls(context=self.context)
                server.ehlo()
            if settings.user:
                if not isinstance(server.sock, ssl.SSLSocket):
                    raise smtplib.SMTPNotSupportedError("连接没有加密，不发送口令")
                server.login(settings.user, settings.password)
        except BaseException:
            server.close()
            raise
        return server

    def _hand_over(self, server: smtplib.SMTP, letter: Letter, recipient: str, message_id: str, at: datetime) -> Result:
        """Sender, recipient, text: only after the last line of the text can the server have taken the mail."""
        attached = self._fits(server, letter)
        message = self.message(letter, recipient, message_id, at, attached=attached)
        text = _DOTS.sub(b"..", message.as_bytes(policy=SMTP))
        steps: tuple[Callable[[], tuple[int, bytes]], ...] = (
            lambda: server.mail(self.settings.sender),
            lambda: server.rcpt(recipient),
            lambda: server.docmd("DATA"),
        )
        try:
            for step in steps:
                code, answer = step()
                if code >= 400:
                    return _refused(code, answer)
            server.send(text if text.endswith(b"\r\n") else text + b"\r\n")
        except (smtplib.SMTPException, OSError) as cause:
            return Result(Sent.NOT_NOW, f"发送时连接中断（{_told(cause)}），邮件没有送出。")
        return _ended(server)

    def _fits(self, server: smtplib.SMTP, letter: Letter) -> bool:
        """Whether the workbook may be attached: by our own limit, and by that of the server where it states one."""
        size = len(letter.content)
        limit = server.esmtp_features.get("size", "")
        stated = int(limit) if limit.isdigit() else 0
        return size <= self.settings.attach_megabytes * 1_000_000 and (not stated or size * _ENCODED + 20_000 < stated)

    def message(self, letter: Letter, recipient: str, message_id: str, at: datetime, *, attached: bool) -> EmailMessage:
        """The mail as it is sent; the same letter always has the same Message-ID."""
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"] = self.settings.sender, recipient
        message["Subject"], message["Date"] = plain(letter.subject), format_datetime(at)
        message["Message-ID"], message["Auto-Submitted"] = message_id, "auto-generated"
        message.set_content(letter.body(attached), charset="utf-8", cte="base64")
        if letter.content and attached:
            main, sub = _XLSX
            message.add_attachment(letter.content, maintype=main, subtype=sub, filename=letter.name)
        return message


def _ended(server: smtplib.SMTP) -> Result:
    """The full stop behind the text, and the server's answer: without one nobody knows whether it took the mail."""
    try:
        server.send(b".\r\n")
        code, answer = server.getreply()
    except (smtplib.SMTPException, OSError) as cause:
        return Result(
            Sent.DOUBTFUL,
            f"邮件发出后没有等到服务器答复（{_told(cause)}），不知是否送达。请向收件人核实；不会自动重发。",
        )
    return Result(Sent.TAKEN) if code < 400 else _refused(code, answer)


def _refused(code: int, answer: bytes) -> Result:
    """4xx: come again later; 5xx: never."""
    told = plain(f"{code} {answer.decode('utf-8', 'replace')}")
    if code < 500:
        return Result(Sent.NOT_NOW, f"邮件服务器暂时不收：{told}。")
    return Result(Sent.REFUSED, f"邮件服务器拒收：{told}。请核对收件人邮箱。")


def _told(cause: BaseException) -> str:
    """What went wrong, in one line."""
    if isinstance(cause, TimeoutError):
        return "等候超时"
    if isinstance(cause, smtplib.SMTPResponseException):
        error = cause.smtp_error
        return plain(f"{cause.smtp_code} {error.decode('utf-8', 'replace') if isinstance(error, bytes) else error}")
    return plain(str(cause)) or type(cause).__name__
