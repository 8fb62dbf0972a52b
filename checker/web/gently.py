"""One file → its answer, found by a process that lets the pages go first."""

import os
from functools import cache

from checker.batch.work import Answer, Law, work

_KINDNESS = 10  # how far a worker stands back: a reader waits for a page, nobody for the last hundredth of a check


def check_gently(name: str, content: bytes, law: Law) -> Answer:
    _stand_back()
    return work(name, content, law)


@cache
def _stand_back() -> None:
    """Once in the life of a process."""
    if hasattr(os, "nice"):
        os.nice(_KINDNESS)
