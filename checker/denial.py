"""A folded text → what it says it is not, and what is left of it."""

import re
from functools import cache, lru_cache

from checker.declaration import read
from checker.files import SCHEMAS
from checker.vocabulary import fold

_AND = re.compile(r"[、和及与或]")


@cache
def _denials() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What a text denies ahead (不含…) and behind (…另列), each up to the next or the last divider."""
    common = read(SCHEMAS / "domains" / "common.yaml")
    ahead = "|".join(re.escape(fold(word)) for word in sorted(common["negations"], key=len, reverse=True))
    behind = "|".join(re.escape(fold(word)) for word in common["excepted"])
    return re.compile(f"(?:{ahead})([^,，。;；)）\n]*)"), re.compile(f"[^,，。;；()（）\n]*(?:{behind})")


@lru_cache(maxsize=1024)  # every list of words is looked for in what is left of the same text
def without_denied(text: str) -> str:
    """A folded text without what it says it is not: 不含行政裁决 leaves nothing of 行政裁决."""
    for denial in _denials():
        text = denial.sub("", text)
    return text


def denied(text: str) -> tuple[str, ...]:
    """Each thing a folded text says is not done: 行政裁决 of 不办理行政裁决."""
    ahead, _ = _denials()
    return tuple(part for match in ahead.finditer(text) for part in _AND.split(match[1]) if len(part) > 1)
