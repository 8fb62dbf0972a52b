"""schemas/domains/common.yaml → the words every domain shares, list by list."""

from functools import cache
from typing import Any

from checker.declaration import read
from checker.files import SCHEMAS


def common(name: str) -> Any:
    """One list of the file; raises BadDeclaration, KeyError for a name it does not have."""
    return _common()[name]


@cache
def _common() -> dict[str, Any]:
    return read(SCHEMAS / "domains" / "common.yaml")
