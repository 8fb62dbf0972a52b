"""The mails a run owes → sent one by one, each once; put off with growing pauses, and what is in doubt left alone."""

import time
from collections.abc import Callable
from dataclasses import astuple, dataclass
from datetime import timedelta

from checker.errors import CheckerError
from checker.ledger import (
    Ledger,
    Mail,
    MailState,
    Run,
    due_mails,
    mail_doubtful,
    mail_put_off,
    mail_refused,
    mail_sent,
    mails_in,
)
from checker.mail.letter import Letter
from checker.mail.post import Post, Result, Sent

_LONGEST_PAUSE = timedelta(hours=12)


@dataclass
class Delivered:
    """How many mails went which way."""

    sent: int = 0
    put_off: int = 0
    refused: int = 0
    doubtful: int = 0

    def __add__(self, other: "Delivered") -> "Delivered":
        return Delivered(*(one + another for one, another in zip(astuple(self), astuple(other), strict=True)))

    @property
    def sentence(self) -> str:
        parts = (
            (self.sent, "发出"), (self.put_off, "留待再发"), (self.refused, "被拒收"), (self.doubtful, "不知是否送达"),
        )  # fmt: skip
        return "邮件：" + ("，".join(f"{count} 封{what}" for count, what in parts if count) or "没有要发的") + "。"


def deliver(
    ledger: Ledger,
    run: Run,
    post: Post,
    write: Callable[[Mail], Letter],
    patience: float = 0.0,
    sleep: Callable[[float], None] = time.sleep,
    stopping: Callable[[], bool] = lambda: False,
) -> Delivered:
    """Send what is due in the run's inbox, one mail in hand at a time; write says what stands in it.

    What was put off is tried again within so many seconds of patience, else by the next run. A server that cannot be
    reached is not asked for the other mails.
    """
    done, deadline = Delivered(), ledger.clock() + timedelta(seconds=patience)
    while not stopping():
        mails = due_mails(ledger, run, 1)
        if mails:
            result = _sent(ledger, post, mails[0], write)
            _note(ledger, post, mails[0], result, done)
            if result.sent is not Sent.UNREACHABLE:
                continue
        pause = _until_next(ledger, run, deadline.timestamp())
        if pause is None:
            break
        sleep(pause)
    return done


def _sent(ledger: Ledger, post: Post, mail: Mail, write: Callable[[Mail], Letter]) -> Result:
    """What became of one mail; one that cannot be written now, since the store is away, was surely not sent."""
    try:
        letter = write(mail)
    except CheckerError as cause:
        return Result(Sent.NOT_NOW, f"邮件没有写成：{cause}")
    return post.send(letter, mail.recipient, mail.message_id, ledger.clock())


def _note(ledger: Ledger, post: Post, mail: Mail, result: Result, done: Delivered) -> None:
    """Write down what became of a mail before the next is taken in hand."""
    settings = post.settings
    if result.sent is Sent.TAKEN:
        mail_sent(ledger, mail)
        done.sent += 1
    elif result.sent is Sent.DOUBTFUL:
        mail_doubtful(ledger, mail, result.problem)
        done.doubtful += 1
    elif result.sent is Sent.REFUSED or mail.attempts >= settings.attempts:
        times = f"已试 {mail.attempts} 次，不再重试。" if result.sent is not Sent.REFUSED else ""
        mail_refused(ledger, mail, result.problem + times)
        done.refused += 1
    else:
        pause = min(timedelta(minutes=settings.retry_minutes) * 2 ** (mail.attempts - 1), _LONGEST_PAUSE)
        mail_put_off(ledger, mail, result.problem, ledger.clock() + pause)
        done.put_off += 1


def _until_next(ledger: Ledger, run: Run, deadline: float) -> float | None:
    """Seconds until the next mail that was put off is due; None where that is after the deadline, or there is none."""
    waiting = [mail.due_at.timestamp() for mail in mails_in(ledger, run, MailState.DUE) if mail.attempts]
    if not waiting or min(waiting) > deadline:
        return None
    return max(min(waiting) - ledger.clock().timestamp(), 0.05)
