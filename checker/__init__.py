"""The budget level checker: says, line by line, whether the right level of government is paying."""

from typing import TYPE_CHECKING, Any

__all__ = ["__version__", "annotate", "check"]
__version__ = "0.1.0"

if TYPE_CHECKING:
    from checker.annotation import annotate
    from checker.pipeline import check


def __getattr__(name: str) -> Any:
    """check and annotate, imported when first asked for: `checker --version` must not wait for pandas."""
    if name == "check":
        from checker.pipeline import check

        return check
    if name == "annotate":
        from checker.annotation import annotate

        return annotate
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
