"""XS: the same item twice over several submissions, two files of one bureau, money asked of another level."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache

from checker.across.claims import Batch, Claim, Handed, Item, batch_of
from checker.across.pairs import demanded_items, grouped, likeness, same_items
from checker.across.registry import ACROSS, Overlap, across
from checker.checks.settings import setting
from checker.messages import title
from checker.money import show
from checker.report import Outcome
from checker.terms import Finding, Level

_NEW, _TWICE = "没有同名项目", "多填"
_TOLD = 4  # of so many claims the message speaks; all of them stand below it

_Group = tuple[tuple[Claim, ...], tuple[float | None, ...]]


def compare(outcomes: Iterable[Outcome] | Batch) -> tuple[Overlap, ...]:
    """Every XS finding over these submissions, by code, and in the order of the files."""
    batch = outcomes if isinstance(outcomes, Batch) else batch_of(outcomes)
    return tuple(found for check in sorted(ACROSS.values(), key=lambda one: one.code) for found in check.run(batch))


@across(
    "XS01",
    "同一项目由两个单位申报",
    why="同一项目两个单位都申报，会重复安排预算。",
    fix="请这些单位核对：确属同一项目的，由一个单位申报，其余撤回；不是的，在项目名称和内容中写明区别。",
)
def two_bureaus(batch: Batch) -> Iterator[Overlap]:
    """Different bureaus, one charged level, the same place or beneficiary."""
    most = setting("across")["most_bureaus"]
    for claims, alike in _same_items(batch):
        bureaus = {claim.who for claim in claims}
        shared = frozenset.intersection(*(claim.bodies for claim in claims))
        if len(_levels(claims)) < 2 and (len(bureaus) <= most or shared):  # more than that: what every bureau does
            opening = f"{len(bureaus)}个单位申报了疑似同一项目的“{claims[0].name}”"
            yield _overlap(opening, claims, alike, "由一个单位申报")


@across(
    "XS02",
    "同一项目在两个级次申报",
    why="一个项目由一级承担；两级都列预算，至少有一级不该出钱，也会重复安排。",
    fix="按划分方案由应承担的级次申报，另一级撤回；确需两级分别做的，写明各自的内容和范围。",
)
def two_levels(batch: Batch) -> Iterator[Overlap]:
    """Different bureaus, different charged levels, the same place or beneficiary."""
    for claims, alike in _same_items(batch):
        levels = _levels(claims)
        if len(levels) > 1:
            opening = f"疑似同一项目的“{claims[0].name}”在{'、'.join(levels)}都申报了"
            yield _overlap(opening, claims, alike, "由一级申报")


@across(
    "XS03",
    "一个单位同一年度报送了两份不同的文件",
    why="不知以哪一份为准；两份都计入，金额会重复。",
    fix="请单位确认以哪一份为准，把另一份从报送文件夹中撤出。",
)
def two_files(batch: Batch) -> Iterator[Overlap]:
    """Different lines under different file names; the same lines in two files are one submission handed in twice."""
    handed: dict[tuple[str, str, str, int | None], list[Handed]] = defaultdict(list)
    for one in batch.handed:
        handed[one.bureau, one.division, one.template, one.year].append(one)
    for (bureau, *_, year), files in handed.items():
        if len({one.items for one in files}) > 1:
            told = "；".join(_file(one, files) for one in files[:_TOLD])
            message = f"{bureau}{f'{year}年度' if year else ''}报送了{len(files)}份文件，内容不同：{told}"
            yield Overlap(Finding(message, accepted="一份"), files=tuple(one.file for one in files))


def _file(one: Handed, files: Sequence[Handed]) -> str:
    """Lines and money of a file, how many of its lines stand so in no other, and in what they differ."""
    others = [item for other in files if other is not one for item in other.items]
    alone = tuple((Counter(one.items) - Counter(others)).elements())
    total = sum(item.amount_fen or 0 for item in one.items)
    kinds = Counter(kind for item in alone for kind in _differs_in(item, others))
    told = "、".join(f"{kind}{kinds[kind]}行" for kind in (*_compared().values(), _NEW, _TWICE) if kinds[kind])
    differing = f"其中{len(alone)}行与其他文件不同（{told}）" if alone else "每行在其他文件里都有"
    return f"{one.file}（{len(one.items)}行、{show(total)}，{differing}）"


def _differs_in(item: Item, others: Sequence[Item]) -> list[str]:
    """The columns in which a line differs from the nearest of its name elsewhere."""
    named = [_unlike(item, other) for other in others if other.name == item.name]
    return min(named, key=len) or [_TWICE] if named else [_NEW]


def _unlike(item: Item, other: Item) -> list[str]:
    return [told for name, told in _compared().items() if getattr(item, name) != getattr(other, name)]


@cache
def _compared() -> dict[str, str]:
    """What two items of one name may differ in → what it is called."""
    columns = {"charged_level": "charged_level", "amount_fen": "amount", "content": "content"}
    return {name: title(field) for name, field in columns.items()} | {"rest": "其他栏目"}


@across(
    "XS04",
    "一级要求另一级为同一项目出钱",
    why="各级不得要求其他级次分担应属自身事权范围内的支出；上级点菜、下级买单，两级预算都会失真。",
    fix="由应承担的级次全额安排，删去分摊、配套的要求，另一级相应撤回；确属共同承担的，附上规定分担办法的文件。",
)
def money_demanded(batch: Batch) -> Iterator[Overlap]:
    """A line asks another level for money (LV09), and a line of that level is the same item."""
    found: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for demand, other, alike in demanded_items(batch.claims):
        found[demand].append((other, alike))
    for demand, others in sorted(found.items()):
        claim = batch.claims[demand]
        claims = (claim, *(batch.claims[other] for other, _ in others))
        levels = "、".join(_levels(claims[1:]))
        opening = (
            f"{claim.charged_level or claim.bureau}承担的“{claim.name}”写有“{claim.demand}”，{levels}为同一项目申报了"
        )
        total = show(sum(one.amount_fen or 0 for one in claims[1:]))
        yield _overlap(
            f"{opening}{len(others)}笔、共{total}", claims, (None, *(alike for _, alike in others)), "由一级全额承担"
        )


@lru_cache(maxsize=1)  # two checks ask for the same, one after the other
def _same_items(batch: Batch) -> tuple[_Group, ...]:
    """Groups of claims for the same item, but for those where money is demanded, which is a finding of its own."""
    claims = batch.claims
    demanded = {frozenset(pair[:2]) for pair in demanded_items(claims)}
    pairs = [pair for pair in same_items(claims) if frozenset(pair[:2]) not in demanded]
    best: dict[int, float] = defaultdict(float)
    for one, other, alike in pairs:
        best[one], best[other] = max(best[one], alike), max(best[other], alike)
    groups = []
    for places in grouped(pairs):
        shown: tuple[float | None, ...] = (None, *(best[place] for place in places[1:]))
        groups.append((tuple(claims[place] for place in places), shown))
    return tuple(groups)


def _levels(claims: Iterable[Claim]) -> list[Level]:
    return sorted({claim.charged_level for claim in claims if claim.charged_level}, key=lambda level: level.rank)


def _overlap(opening: str, claims: tuple[Claim, ...], alike: tuple[float | None, ...], accepted: str) -> Overlap:
    told = "；".join(_claim(claim) for claim in claims[:_TOLD])
    more = f"；等{len(claims)}笔" if len(claims) > _TOLD else ""
    because = _because(claims)
    message = f"{opening}：{told}{more}。{because}"
    cells = tuple(claim.cell for claim in claims)
    return Overlap(
        Finding(message, cells, claims[0].name, accepted),
        claims,
        alike,
        tuple(dict.fromkeys(one.file for one in claims)),
    )


def _claim(claim: Claim) -> str:
    money = show(claim.amount_fen) if claim.amount_fen is not None else "金额读不出"
    return f"{claim.bureau}“{claim.name}”（{claim.charged_level or '级次未填'}，{money}）"


def _because(claims: tuple[Claim, ...]) -> str:
    """What the two texts have in common, so that the reader can disagree."""
    first, second = claims[:2]
    reasons = [
        "名称一致" if first.named.core == second.named.core else f"名称相似度{likeness(first.named, second.named):.0%}"
    ]
    if first.said.core and second.said.core:
        content = likeness(first.said, second.said)
        reasons += (
            ["内容一致" if content == 1 else f"内容相似度{content:.0%}"]
            if content >= setting("across")["content_backs"]
            else []
        )
    if first.amount_fen and first.amount_fen == second.amount_fen:
        reasons.append("金额相同")
    if bodies := sorted(first.bodies & second.bodies):
        reasons.append(f"对象都是“…{bodies[0]}…”")
    if first.named_places & second.named_places:
        reasons.append("写明同一地方")
    return f"依据：{'，'.join(reasons)}。"
