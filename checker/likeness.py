"""A line → how like it is to labelled lines of each kind: a small linear model over groups of characters.

It never decides alone. It weighs the topics that words of the plan and the domain have already found in a line, and
where it speaks against them the line goes to a person. checker.training learns it from the labelled lines of the
repository by ridge regression in closed form, so the same lines give the same weights.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING

from checker.files import SCHEMAS
from checker.vocabulary import MATTERS, Topic, fold

if TYPE_CHECKING:
    import numpy as np

_SEEN = 2  # lines a group must stand in
_RIDGE = 0.6
_SCALE = 1000  # weights are kept as whole thousandths


@dataclass(frozen=True, eq=False)
class Likeness:
    """Weights of character groups, shape (groups, kinds), in thousandths; a kind is a matter or a kind of topic."""

    kinds: tuple[str, ...]
    groups: Mapping[str, int]
    rarity: "np.ndarray"
    weights: "np.ndarray"

    def of(self, name: str, content: str) -> dict[str, float]:
        """How like a line is to each kind: about 1 for a line of that kind, about 0 for one of another."""
        import numpy as np

        groups = self.groups
        known = {groups[group]: count for group, count in _groups(name, content).items() if group in groups}
        if not known:
            return dict.fromkeys(self.kinds, 0.0)
        place = np.array([*known], np.intp)
        values = np.array([*map(_damped, known.values())], np.float32) * self.rarity[place]
        sums = values @ self.weights[place]
        return dict(zip(self.kinds, (sums / float(np.linalg.norm(values)) / _SCALE).tolist(), strict=True))


def kind_of(topic: Topic) -> str:
    """The kind a topic is weighed by: matters each by itself, the others together."""
    return topic.name if topic.kind == MATTERS else topic.kind


@cache
def _damped(count: int) -> float:
    return 1 + math.log(count)


def _groups(name: str, content: str) -> Counter[str]:
    """Groups of one to three characters; those of the name count twice."""
    named = _slices(f"^{fold(name)}$")
    return Counter([*named, *named, *_slices(fold(content))])


def _slices(text: str) -> list[str]:
    return [*text, *map(add, text, text[1:]), *map(add, map(add, text, text[1:]), text[2:])]


def path_of(domain: str) -> Path:
    return SCHEMAS / "domains" / f"{domain}.npz"


@cache
def load(domain: str) -> Likeness | None:
    """The trained weights of a domain, or None where nobody trained any."""
    import numpy as np

    path = path_of(domain)
    if not path.is_file():
        return None
    with np.load(path) as stored:
        groups = bytes(stored["groups"]).decode("utf-8").split("\n")
        kinds = bytes(stored["kinds"]).decode("utf-8").split("\n")
        places = {group: place for place, group in enumerate(groups)}
        return Likeness(tuple(kinds), places, stored["rarity"], stored["weights"].astype(np.float32))


def train(labelled: Sequence[tuple[str, str, str]]) -> Likeness:
    """Learn from (name, content, kind) of labelled lines."""
    import numpy as np

    counted = [_groups(name, content) for name, content, _ in labelled]
    lines_with = Counter(group for groups in counted for group in groups)
    groups = {group: place for place, group in enumerate(sorted(g for g, n in lines_with.items() if n >= _SEEN))}
    rarity = np.array([math.log((1 + len(counted)) / (1 + lines_with[group])) + 1 for group in groups], np.float32)
    features = np.zeros((len(counted), len(groups)), np.float64)
    for row, line in enumerate(counted):
        for group, count in line.items():
            if group in groups:
                features[row, groups[group]] = _damped(count) * rarity[groups[group]]
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    kinds = tuple(sorted({kind for _, _, kind in labelled}))
    wanted = np.array([[kind == one for one in kinds] for _, _, kind in labelled], np.float64)
    solved = np.linalg.solve(features @ features.T + _RIDGE * np.eye(len(labelled)), wanted)
    return Likeness(kinds, groups, rarity, np.round(features.T @ solved * _SCALE).astype(np.float32))


def save(likeness: Likeness, path: Path) -> None:
    """Write the weights; the same weights give the same bytes."""
    import numpy as np

    np.savez_compressed(
        path,
        groups=np.frombuffer("\n".join(likeness.groups).encode("utf-8"), np.uint8),
        kinds=np.frombuffer("\n".join(likeness.kinds).encode("utf-8"), np.uint8),
        rarity=likeness.rarity.astype(np.float16),
        weights=likeness.weights.astype(np.int16),
    )
