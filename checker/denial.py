"""A folded text → what it says it is not, and what is left of it."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from checker.common import common
from checker.vocabulary import fold

_AND = re.compile(r"[、和及与或]")


@cache
def _denials() -> tuple[re.Pattern[str], ...]:
    """What a text denies ahead (不含…), between (无…职能), and behind (…另列), each up to the next or last divider."""
    ahead, behind, lack = _any(common("negations")), _any(common("excepted")), common("lacking")
    lacking = f"(?:{_any(lack['ahead'])})([^,，。;；、)）\n]{{0,20}}?(?:{_any(lack['behind'])}))"
    return (
        re.compile(f"({ahead})([^,，。;；)）\n]*)"),
        re.compile(f"(){lacking}"),
        re.compile(f"[^,，。;；()（）\n]*(?:{behind})"),
    )


@cache
def _power() -> re.Pattern[str]:
    return re.compile(f"(?:{_any(common('lacking')['powers'])})$")


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(fold(word)) for word in sorted(words, key=len, reverse=True))


@lru_cache(maxsize=1024)  # every list of words is looked for in what is left of the same text
def without_denied(text: str) -> str:
    """A folded text without what it says it is not: 不含行政裁决 leaves nothing of 行政裁决."""
    for denial in _denials():
        text = denial.sub("", text)
    return text


def denied(text: str) -> tuple[str, ...]:
    """Each thing a folded text says is not done: 行政裁决 of 不办理行政裁决, 审核 of 不审核."""
    *ahead, _ = _denials()
    found = ((match[1], match[2]) for one in ahead for match in one.finditer(text))
    parts = (_power().sub("", part) for verb, what in found for part in _AND.split(what or verb[1:]))
    return tuple(part for part in parts if len(part) > 1)
