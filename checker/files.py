"""Where schemas/ and templates/ are: inside the package in a wheel, beside it in a checkout."""

from pathlib import Path
from typing import Any

import yaml

from checker.errors import BadDeclaration

_PACKAGE = Path(__file__).parent
_HOME = _PACKAGE if (_PACKAGE / "schemas").is_dir() else _PACKAGE.parent
SCHEMAS = _HOME / "schemas"
TEMPLATES = _HOME / "templates"


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML that refuses what plain YAML drops in silence: a key written twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if doubled := {key for key in keys if keys.count(key) > 1}:
            raise yaml.YAMLError(f"written twice: {sorted(doubled)}, line {node.start_mark.line + 1}")
        return dict(super().construct_mapping(node, deep))


def declaration(path: Path) -> dict[str, Any]:
    """One file under schemas/ as plain data; BadDeclaration names the file if it is not a mapping of unique keys."""
    try:
        declared = yaml.load(path.read_text("utf-8"), _Loader)  # noqa: S506 - a safe loader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadDeclaration(f"{path.name}: ?: {error}") from error
    if not isinstance(declared, dict):
        raise BadDeclaration(f"{path.name}: ?: must be a mapping of keys")
    return declared
