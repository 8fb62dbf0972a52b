"""A YAML file under schemas/ → plain data, refusing what nobody could have meant."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

from checker.errors import BadDeclaration

_WRITTEN = "请看括号和引号是否成对、冒号后面是否有空格、缩进是否对齐"


class _Strict(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """SafeLoader that refuses a key written twice, where YAML would silently keep the last."""


def _mapping(loader: _Strict, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: set[Any] = set()
    for key_node, _ in node.value:
        if key_node.tag == "tag:yaml.org,2002:merge":  # <<: *other
            continue
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise yaml.constructor.ConstructorError(None, None, f"{key} 写了两次", key_node.start_mark)
        seen.add(key)
    return dict(loader.construct_mapping(node, deep=True))


_Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read(path: Path) -> dict[str, Any]:
    """The mapping a YAML file holds; raises BadDeclaration."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Strict)  # noqa: S506 - a SafeLoader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadDeclaration(f"{path.name}: -: 不是可读的 YAML：{_told(error)}") from error
    if not isinstance(content, dict):
        raise BadDeclaration(f"{path.name}: -: 顶层应是“键: 值”")
    return content


def _told(error: Exception) -> str:
    """Why a file cannot be read, and where to look."""
    if isinstance(error, UnicodeDecodeError):
        return "不是 UTF-8 文字，请另存为 UTF-8"
    if isinstance(error, OSError):
        return "文件打不开"
    if (mark := getattr(error, "problem_mark", None)) is None:
        return "文件里有不该有的字符"
    what = error.problem if isinstance(error, yaml.constructor.ConstructorError) and error.problem else _WRITTEN
    return f"第{mark.line + 1}行第{mark.column + 1}个字附近，{what}"


def known_keys(
    given: object, allowed: Collection[str], where: str, required: Collection[str] = ()
) -> Mapping[str, Any]:
    """The mapping itself, once it holds every required key and none that is unknown; where is `path: id`.

    allowed may say of each key what it holds: text, texts, mapping, entries (a list) or anything.
    """
    if not isinstance(given, dict):
        raise BadDeclaration(f"{where}: 应是“键: 值”，写的是 {given!r}")
    if unknown := [str(key) for key in given if key not in allowed]:
        raise BadDeclaration(f"{where}: 不认识的键 {'、'.join(unknown)}；可用的键：{'、'.join(allowed)}")
    if missing := [key for key in required if given.get(key) in (None, "", {}, [])]:
        raise BadDeclaration(f"{where}: 缺少 {'、'.join(missing)}")
    if isinstance(allowed, Mapping):
        for key, value in given.items():
            if value is not None and not _KINDS[allowed[key]](value):
                raise BadDeclaration(f"{where}: {key} 应是{_CALLED[allowed[key]]}，写的是 {value!r}")
    return given


_KINDS: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "texts": lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value),
    "mapping": lambda value: isinstance(value, dict) and all(isinstance(key, str) for key in value),
    "entries": lambda value: isinstance(value, list),
    "anything": lambda _value: True,
}
_CALLED = {"text": "文字", "texts": "文字的列表（[甲, 乙]）", "mapping": "“键: 值”", "entries": "列表", "anything": ""}
