"""Two editions of a plan → what changed between them, one Chinese sentence a change."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from checker.plan import Document, Matter, Plan
from checker.terms import Clause

# How a reader knows each field of a plan, its document and its matters. Matters are told one by one; what is left out
# says nothing of its own: the source is told by its hash, and which upper plans are loaded is no word of this one.
_OF_PLAN = {
    "document": "", "domain": "领域", "place": "适用地", "levels": "级次的名称", "sections": "章节",
    "valid_from": "起始预算年度", "valid_to": "终止预算年度", "replaces": "所替代的方案", "inherits": "所沿用的方案",
    "classes": "区划的分档", "settings": "口径", "upper_plans": "上级方案", "overrides": "例外规定",
    "not_encoded": "未编入的条款",
}  # fmt: skip
_OF_DOCUMENT = {
    "title": "文件名称", "issuer": "印发机关", "number": "文号", "dated": "成文日期", "under": "所依据的文件",
    "source": "存档原文", "sha256": "存档原文的 sha256",
}  # fmt: skip
_OF_MATTER = {
    "section": "章节", "number": "条款号", "name": "名称", "by": "划分方式", "clauses": "条款", "reads": "补足的级次",
    "also": "同属条款的另一句", "wording": "原文", "words": "认出它的词", "not_words": "排除它的词", "codes": "科目",
    "exclusions": "“未列入”的前提", "shares": "分担办法", "functions": "职能划分", "tells": "认出设立者的词",
    "power": "事权所属级次", "execution": "受托执行的级次", "under": "所细化的上级事项", "inherited_from": "沿用自",
    "note": "说明",
}  # fmt: skip
_CALLED: dict[type, dict[str, str]] = {Plan: _OF_PLAN, Document: _OF_DOCUMENT, Matter: _OF_MATTER}
_NONE = "无"


def diff(before: Plan, after: Plan) -> tuple[str, ...]:
    """What changed: of the plan itself, then matters added, dropped, and changed in any of their fields."""
    old, new = ({matter.id: matter for matter in plan.matters} for plan in (before, after))
    added = [f"新增 {new[id_].title}" for id_ in new if id_ not in old]
    dropped = [f"删去 {old[id_].title}" for id_ in old if id_ not in new]
    changed = [f"{new[id_].title}：{told}" for id_ in new if id_ in old for told in _changes(old[id_], new[id_])]
    return (*_changes(before, after), *added, *dropped, *changed)


def _changes(old: Plan | Document | Matter, new: Plan | Document | Matter) -> Iterator[str]:
    for name, title in _CALLED[type(old)].items():
        yield from _change(title, getattr(old, name), getattr(new, name))


def _change(title: str, old: Any, new: Any) -> Iterator[str]:
    """A mapping is told key by key, a list by what it lost and won, everything else by both its values."""
    if isinstance(old, Mapping):
        for key in dict.fromkeys([*old, *new]):
            yield from _change(f"{title}“{key}”", old.get(key), new.get(key))
    elif isinstance(old, Document):
        yield from _changes(old, new)
    elif isinstance(old, tuple):
        yield from _change_of_list(title, [*map(_told, old)], [*map(_told, new)])
    elif _told(old) != _told(new):
        yield f"{title}由“{_told(old)}”改为“{_told(new)}”"


def _change_of_list(title: str, old: list[str], new: list[str]) -> Iterator[str]:
    lost, won = [one for one in old if one not in new], [one for one in new if one not in old]
    told = [f"{what}“{'”“'.join(some)}”" for what, some in (("删去", lost), ("增加", won)) if some]
    if told or old != new:
        yield f"{title}{'，'.join(told) or '次序改变'}"


def _told(value: Any) -> str:
    """A value in a few words; of a clause its quote, whichever edition it stands in."""
    if isinstance(value, Clause):
        return value.quote
    if isinstance(value, Mapping):
        return "，".join(f"{key}：{_told(one)}" for key, one in value.items()) or _NONE
    if isinstance(value, tuple | frozenset):
        return "、".join(sorted(map(_told, value)) if isinstance(value, frozenset) else map(_told, value)) or _NONE
    if is_dataclass(value):
        said = [_told(getattr(value, one.name)) for one in fields(value)]
        return "，".join(one for one in said if one != _NONE)
    return _NONE if value in (None, "") else str(value)
