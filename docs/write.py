"""Checks and rulebook → docs/codes.md and docs/matters.md; run by `make docs`."""

from pathlib import Path

from checker import documentation, rulebook

FOLDER = Path(__file__).parent


def written() -> dict[Path, str]:
    """Each generated document and what must stand in it."""
    return {
        FOLDER / "codes.md": documentation.codes(),
        FOLDER / "matters.md": documentation.matters(rulebook.load()),
    }


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text, "utf-8")
