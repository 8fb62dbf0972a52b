"""The steps of a job: received → checking → checked | unreadable → returned, and from anywhere back to received."""

from enum import StrEnum


class State(StrEnum):
    """How far the check of one submission under one version has come."""

    RECEIVED = "received"
    CHECKING = "checking"
    CHECKED = "checked"
    UNREADABLE = "unreadable"
    RETURNED = "returned"

    @property
    def label(self) -> str:
        return _LABELS[self]


class MailState(StrEnum):
    """How far a mail has come; doubtful: the run ended while sending, nobody knows whether it arrived."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    DOUBTFUL = "doubtful"

    @property
    def label(self) -> str:
        return _MAIL_LABELS[self]


_LABELS = dict(zip(State, ("已接收", "核查中", "已核查", "无法核查", "已退回"), strict=True))
_MAIL_LABELS = dict(zip(MailState, ("待发送", "发送中", "已发送", "被拒收", "是否送达不明"), strict=True))

# Received goes straight to a result where another job on the same file brought it; checking goes back to received
# where a run ends before it is done, and whatever has a result where the result got lost.
STEPS: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.CHECKING, State.CHECKED, State.UNREADABLE}),
    State.CHECKING: frozenset({State.RECEIVED, State.CHECKED, State.UNREADABLE}),
    State.CHECKED: frozenset({State.RETURNED, State.RECEIVED}),
    State.UNREADABLE: frozenset({State.RETURNED, State.RECEIVED}),
    State.RETURNED: frozenset({State.RECEIVED}),
}
UNFINISHED = frozenset(STEPS) - {State.RETURNED}


def before(state: State) -> frozenset[State]:
    """The states from which this one may be reached; every change of state in the ledger asks here."""
    return frozenset(start for start, ends in STEPS.items() if state in ends)
