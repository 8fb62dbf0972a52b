"""Labelled lines of the repository → the weights of checker.likeness: `python -m checker.training`."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from checker.evaluation import read_labelled
from checker.likeness import path_of, save, train

_DOMAIN = "intellectual-property"
_LINES = Path(__file__).parent.parent / "tests" / "lines"
_KEPT_ASIDE = "kept-aside.csv"  # never learned from, so that figures measured with it are honest


def lines_to_learn(paths: Iterable[Path]) -> Iterator[tuple[str, str, str]]:
    """(name, content, kind) of every line of labelled files."""
    for path in paths:
        for one in read_labelled(path):
            yield one.line.name, one.line.content, one.kind


def labelled_files() -> list[Path]:
    """Every labelled file of the repository but the one kept aside."""
    return sorted(path for path in _LINES.glob("*.csv") if path.name != _KEPT_ASIDE)


def main() -> None:
    """Learn from the labelled files, and keep what was learned."""
    save(train(list(lines_to_learn(labelled_files()))), path_of(_DOMAIN))


if __name__ == "__main__":
    main()
