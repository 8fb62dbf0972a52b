"""Where schemas/ and templates/ are: inside the package in a wheel, beside it in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_HOME = _PACKAGE if (_PACKAGE / "schemas").is_dir() else _PACKAGE.parent
SCHEMAS = _HOME / "schemas"
TEMPLATES = _HOME / "templates"
CASES = _HOME / "cases" if (_HOME / "cases").is_dir() else _HOME / "tests" / "checks"
