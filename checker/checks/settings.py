"""schemas/checks.yaml → the thresholds and word lists the checks go by."""

from functools import cache
from typing import Any

from checker.declaration import known_keys, read
from checker.files import SCHEMAS

_SECTIONS = (
    "finding", "amounts", "placeholders", "basis_not_needed", "no_basis_alone", "basis_years", "documents", "totals",
    "demanded", "codes_of", "across",
)  # fmt: skip


@cache
def setting(section: str) -> Any:
    """One section of the file; raises BadDeclaration."""
    path = SCHEMAS / "checks.yaml"
    return known_keys(read(path), _SECTIONS, f"{path.name}: -", _SECTIONS)[section]
