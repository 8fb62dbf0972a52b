"""A line whose level is told, and is not the one it is charged to → what the bureau can do about it.

Each was tried: done as it says, it leads to a verdict, or to the person who decides.
"""

from checker.messages import cure
from checker.terms import Level


def from_above(holders: tuple[Level, ...], charged: Level) -> str:
    """For a line that speaks of money of a level above."""
    if charged in holders:
        return cure("from_above_for_own")
    return cure("from_above_for_holder", holder="、".join(holders), charged=charged)


def paid_from_above(holders: tuple[Level, ...]) -> str:
    """For a line of another level's matter that is paid for by money handed down."""
    return cure("paid_from_above", holder="、".join(holders))


def charge(holders: tuple[Level, ...], charged: Level, own: Level | None) -> str:
    """For a line charged to a level that does not hold it: its own bureau changes a cell, any other takes it out."""
    words = {"holder": "、".join(holders), "charged": charged.value}
    change, move = cure("change", **words), cure("move", **words)
    if own in holders:
        told = change
    elif own is None:
        told = cure("move_or_change", **words, change=change, move=move)
    else:
        told = cure("move_not_change", **words, move=move)
    if own is charged and all(charged.is_above(level) for level in holders):
        told += cure("support", **words)
    return told + cure("disagree")


def elsewhere(holder: Level) -> str:
    """For a line rightly charged to another level than the bureau's own."""
    return cure("elsewhere", holder=holder)
