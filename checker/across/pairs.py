"""Claims → those that are the same item, also reworded; compared only where place or beneficiary is the same.

Pairs are found by their rarest pairs of characters (the prefix filter of set similarity joins, which misses none), so
that 100,000 lines are never all compared with all.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from math import ceil

from checker.across.claims import Claim, Wording
from checker.checks.settings import setting

Pair = tuple[int, int]


def likeness(one: Wording, other: Wording) -> float:
    """The share of pairs of characters two texts have in common (Jaccard); equal words are 1, blank ones 0."""
    if one.core == other.core:
        return float(bool(one.core))
    both = len(one.pairs & other.pairs)
    return both / (len(one.pairs) + len(other.pairs) - both) if both else 0.0


def same_items(claims: Sequence[Claim]) -> Iterator[tuple[int, int, float]]:
    """Pairs of claims of different bureaus that are the same item for the same place or beneficiary."""
    seen: set[Pair] = set()
    for members in _blocks(claims):
        for one, other in _candidates(claims, members):
            if (one, other) not in seen:
                seen.add((one, other))
                alike = same_item(claims[one], claims[other])
                if alike:
                    yield one, other, alike


def demanded_items(claims: Sequence[Claim]) -> Iterator[tuple[int, int, float]]:
    """Pairs of a claim that asks another level for money, and a claim of that level for the same item."""
    limit = setting("across")["alike"]
    heads = _heads([(place, claim.named.pairs) for place, claim in enumerate(claims)], limit)
    demands: dict[str, list[int]] = defaultdict(list)
    for place, head, _ in heads:
        for pair in head if claims[place].demand else ():
            demands[pair].append(place)
    for other, head, _ in heads:
        for place in sorted({place for pair in head for place in demands.get(pair, ())}):
            alike = likeness(claims[place].named, claims[other].named)
            if alike >= limit and _asks(claims[place], claims[other]) and not _apart(claims[place], claims[other]):
                yield place, other, alike


def _asks(demand: Claim, other: Claim) -> bool:
    """Whether the other claim is charged to a level the demand is made of, by somebody else."""
    return other.charged_level not in {None, demand.charged_level} and other.who != demand.who


def same_item(one: Claim, other: Claim) -> float:
    """How like two claims are that may be the same item; 0 where anything speaks against it.

    Alike names alone are not enough (every bureau has its 知识产权宣传): the same money, contents, beneficiary or a
    place that both name must come to them.
    """
    known = setting("across")
    if one.who == other.who or _apart(one, other):
        return 0.0
    name, content = likeness(one.named, other.named), _content_likeness(one, other)
    same_body = bool(one.bodies & other.bodies)
    if (one.for_itself or other.for_itself) and not same_body:
        return 0.0
    same_money = bool(one.amount_fen) and one.amount_fen == other.amount_fen
    copied = content is not None and content >= known["content_alike"]
    if content is not None and content < known["content_apart"] and not (same_money or same_body):
        return 0.0
    if name < known["alike"] or (_each_says_more(one.named, other.named) and not (same_money or same_body)):
        return max(name, content or 0) if copied and (name >= known["name_at_least"] or same_money) else 0.0
    long = name >= known["content_alike"] and min(len(one.named.core), len(other.named.core)) >= known["telling"]
    backed = (content or 0) >= known["content_backs"]
    return name if same_money or same_body or backed or long or _name_one_place(one, other) else 0.0


def _name_one_place(one: Claim, other: Claim) -> bool:
    """Whether both names name it, or one names the place of the other, which is not its own."""
    elsewhere = (one.named_places - {one.division}) & other.places | (
        other.named_places - {other.division}
    ) & one.places
    return bool(one.named_places & other.named_places or elsewhere)


def _content_likeness(one: Claim, other: Claim) -> float | None:
    """None where one of the two says too little to be compared."""
    shortest = setting("across")["content_shortest"]
    if min(len(one.said.core), len(other.said.core)) < shortest:
        return None
    return likeness(one.said, other.said)


def _apart(one: Claim, other: Claim) -> bool:
    """一期 and 二期, 甲公司 and 乙公司: two items, however alike their names."""
    numbers, bodies = (one.named.numbers, other.named.numbers), (one.bodies, other.bodies)
    return any(a and b and not a & b for a, b in (numbers, bodies))


def _each_says_more(one: Wording, other: Wording) -> bool:
    """Whether each has a character the other has not: 梨产业 and 枣产业 are not reworded, one is not the other."""
    return bool({*one.core} - {*other.core}) and bool({*other.core} - {*one.core})


def _blocks(claims: Sequence[Claim]) -> Iterator[list[int]]:
    """Claims for one place, or for one beneficiary; without what more bureaus have than can share an item."""
    blocks: dict[Hashable, list[int]] = defaultdict(list)
    for place, claim in enumerate(claims):
        for key in (*sorted(claim.places), *(("body", name) for name in sorted(claim.bodies))):
            blocks[key].append(place)
    most, shortest = setting("across")["most_bureaus"], setting("across")["core_shortest"]
    for block, members in blocks.items():
        bureaus: dict[str, set[str]] = defaultdict(set)
        for place in members:
            bureaus[claims[place].named.core].add(claims[place].who)
        everybody = {core for core, names in bureaus.items() if len(names) > most} if isinstance(block, str) else set()
        kept = [
            place
            for place in members
            if claims[place].named.core not in everybody and len(claims[place].named.core) >= shortest
        ]
        if len({claims[place].who for place in kept}) > 1:
            yield kept


def _candidates(claims: Sequence[Claim], members: Sequence[int]) -> Iterator[Pair]:
    """Pairs whose names or contents are alike enough to be looked at."""
    known = setting("across")
    yield from _alike([(place, claims[place].named.pairs) for place in members], known["alike"])
    long = [
        (place, claims[place].said.pairs)
        for place in members
        if len(claims[place].said.core) >= known["content_shortest"]
    ]
    yield from _alike(long, known["content_alike"])


def _alike(texts: Sequence[tuple[int, frozenset[str]]], limit: float) -> Iterator[Pair]:
    """Pairs whose sets may have a Jaccard likeness of at least the limit."""
    index: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for place, head, length in _heads(texts, limit):
        found = {
            other for pair in head for other, size in index[pair] if limit * size <= length and limit * length <= size
        }
        for pair in head:
            index[pair].append((place, length))
        yield from ((min(place, other), max(place, other)) for other in sorted(found))


def _heads(texts: Sequence[tuple[int, frozenset[str]]], limit: float) -> list[tuple[int, list[str], int]]:
    """Each text's rarest pairs of characters, and how many it has: two that are alike share one of their heads.

    Of n members these are the first n − ⌈limit·n⌉ + 1 in order of rarity.
    """
    often = Counter(pair for _, pairs in texts for pair in pairs)
    heads = []
    for place, pairs in texts:
        rarest = sorted(pairs, key=lambda pair: (often[pair], pair))
        heads.append((place, rarest[: len(pairs) - ceil(limit * len(pairs)) + 1], len(pairs)))
    return heads


def grouped(pairs: Iterable[tuple[int, int, float]]) -> list[list[int]]:
    """Places joined by pairs, each group in order, groups by their first place."""
    leader: dict[int, int] = {}

    def first(place: int) -> int:
        while leader.setdefault(place, place) != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    for one, other, _ in pairs:
        low, high = sorted((first(one), first(other)))
        leader[high] = low
    groups: dict[int, list[int]] = defaultdict(list)
    for place in sorted(leader):
        groups[first(place)].append(place)
    return list(groups.values())
