"""schemas/domains/*.yaml and what a plan adds → Vocabulary, every word of it ready to be found."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

import ahocorasick

from checker.declaration import read
from checker.errors import BadDeclaration
from checker.files import SCHEMAS
from checker.plan import Plan
from checker.vocabulary import (
    MATTERS,
    OTHER_DOMAINS,
    RUNNING,
    STRENGTHS,
    UNCUT,
    UNLISTED,
    UPPER,
    Pattern,
    Topic,
    Vocabulary,
    fold,
)

_KINDS = (MATTERS, UNLISTED, UPPER, RUNNING, OTHER_DOMAINS)
_OF_TOPIC = {
    "heads",
    "keeps",
    "why",
    "objects",
    "gives_way",
    "otherwise",
    "level",
    "needs_own",
    "about",
    "sure",
    "undone",
}
_TOPIC_KEYS = {*STRENGTHS, *_OF_TOPIC}
_FILE_KEYS = {"domain", "name", "groups", "own_bodies", "competent", "institutions", "uncut", "shared", *_KINDS}
_LONG = 5  # words at least this long are recognised with one character mistyped


@cache
def _declared(domain: str) -> dict[str, Any]:
    path = SCHEMAS / "domains" / f"{domain}.yaml"
    return read(path) if path.is_file() else {"domain": domain, "name": domain}


@lru_cache(maxsize=16)
def vocabulary_of(plan: Plan) -> Vocabulary:
    """The words of a plan's domain, and those the plan file adds; a matter nobody gave words is found by its name."""
    spec = dict(_declared(plan.domain))
    matters = {name: dict(topic) for name, topic in spec.get(MATTERS, {}).items()}
    for matter in plan.matters:
        topic = matters.setdefault(matter.name, {"names": [matter.name]})
        topic["names"] = [*topic.get("names", ()), *matter.words]
        topic["against"] = [*topic.get("against", ()), *matter.not_words]
    return compile_vocabulary({**spec, MATTERS: matters}, f"{plan.domain}.yaml")


def compile_vocabulary(spec: dict[str, Any], path: str) -> Vocabulary:
    """A domain as declared → Vocabulary."""
    _refuse_unknown(spec, _FILE_KEYS, path, "file")
    groups = {f"{{{name}}}": [fold(word) for word in words] for name, words in spec.get("groups", {}).items()}
    topics, patterns = [], []
    for kind in _KINDS:
        for name, declared in spec.get(kind, {}).items():
            _refuse_unknown(declared, _TOPIC_KEYS, path, name)
            topic = _topic(name, kind, declared, groups)
            topics.append(topic)
            patterns += [
                Pattern(topic, _parts(words, groups, path, name), strength)
                for strength in STRENGTHS
                for words in declared.get(strength, ())
            ]
    symbols = _symbols(patterns, groups, [fold(word) for word in spec.get("institutions", ())])
    for word in spec.get("uncut", ()):
        plain = fold(word.replace(UNCUT, ""))
        symbols[plain] = (*symbols.get(plain, ()), fold(word))
    automaton = ahocorasick.Automaton()
    for word, known in symbols.items():
        automaton.add_word(word, (len(word), word[0].isdigit(), known))
    automaton.make_automaton()
    heads = {head: topic for topic in topics for head in topic.heads}
    mistyped = _mistyped(patterns)
    return Vocabulary(
        spec["domain"],
        spec["name"],
        tuple(topics),
        *_by_part(patterns),
        automaton,
        heads,
        max(map(len, heads), default=0),
        tuple(fold(word) for word in spec.get("own_bodies", ())),
        tuple(fold(word) for word in spec.get("competent", ())),
        frozenset(fold(word) for word in spec.get("uncut", ())),
        frozenset(fold(word) for word in spec.get("shared", ())),
        mistyped,
        _halves(mistyped.values()),
    )


def _topic(name: str, kind: str, declared: dict[str, Any], groups: dict[str, list[str]]) -> Topic:
    heads = [word for head in declared.get("heads", ()) for word in groups.get(head, [fold(head)])]
    return Topic(
        name,
        kind,
        frozenset(heads),
        frozenset(declared.get("keeps", ())),
        declared.get("why", ""),
        declared.get("level", ""),
        declared.get("needs_own", False),
        declared.get("about", False),
        frozenset(fold(word) for word in declared.get("objects", ())),
        frozenset(declared.get("gives_way", ())),
        declared.get("otherwise", ""),
        declared.get("sure", False),
        frozenset(fold(word) for word in declared.get("undone", ())),
    )


def _parts(words: str, groups: dict[str, list[str]], path: str, name: str) -> tuple[str, ...]:
    parts = tuple(part if part in groups else fold(part) for part in words.split("…"))
    if not all(parts) or any("{" in part and part not in groups for part in parts):
        raise BadDeclaration(f"{path}: {name}: {words!r} has an empty part or an unknown group")
    return parts


def _symbols(
    patterns: list[Pattern], groups: dict[str, list[str]], institutions: list[str]
) -> dict[str, tuple[str, ...]]:
    symbols: dict[str, dict[str, None]] = defaultdict(dict)
    for pattern in patterns:
        for part in pattern.parts:
            if part not in groups:
                symbols[part][part] = None
    for group, words in groups.items():
        for word in words:
            symbols[word][group] = None
    for word in institutions:
        symbols[word]["institutions"] = None
    return {word: tuple(parts) for word, parts in symbols.items()}


def _by_part(
    patterns: list[Pattern],
) -> tuple[dict[str, tuple[Pattern, ...]], dict[str, dict[str, tuple[Pattern, ...]]]]:
    """Patterns of one part by that part; those of several by their last part, then by their first."""
    words: dict[str, tuple[Pattern, ...]] = {}
    chains: dict[str, dict[str, tuple[Pattern, ...]]] = {}
    for pattern in patterns:
        known = words if len(pattern.parts) == 1 else chains.setdefault(pattern.parts[-1], {})
        known[pattern.parts[0]] = (*known.get(pattern.parts[0], ()), pattern)
    return words, chains


def _mistyped(patterns: list[Pattern]) -> dict[str, str]:
    """Every long name with each of its characters left open; what two names could both mean is left out."""
    words = {part for one in patterns if one.strength == "names" and len(one.parts) == 1 for part in one.parts}
    gaps: dict[str, set[str]] = defaultdict(set)
    for word in words:
        if len(word) >= _LONG and not word.isascii():
            for place in range(len(word)):
                gaps[f"{word[:place]}\0{word[place + 1 :]}"].add(word)
    return {gap: next(iter(meant)) for gap, meant in gaps.items() if len(meant) == 1}


def _halves(names: Iterable[str]) -> dict[int, frozenset[str]]:
    """The first and second halves of long names, by the length of the name."""
    halves: dict[int, set[str]] = defaultdict(set)
    for name in names:
        halves[len(name)] |= {name[: len(name) // 2], name[len(name) // 2 :]}
    return {size: frozenset(halves[size]) for size in sorted(halves)}


def _refuse_unknown(declared: dict[str, Any], known: set[str], path: str, where: str) -> None:
    unknown = sorted(set(declared) - known)
    if unknown:
        raise BadDeclaration(f"{path}: {where}: unknown key {unknown[0]!r}")
