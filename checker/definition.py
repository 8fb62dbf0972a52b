"""schemas/tables/*.yaml → table definitions: what the template, the reader and the schema are made from."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from checker.declaration import known_keys, read
from checker.errors import BadDeclaration
from checker.files import SCHEMAS
from checker.text import normalise

DTYPES = ("text", "integer", "amount", "list", "code", "date")


@dataclass(frozen=True)
class Column:
    """One field of a table: what it is called, what it may hold, and how the template shows it.

    Limits of an amount are in the table's unit. synonyms maps a spelling to its value (市本级 → 市级). values_from
    names a code list that somebody else holds. A value in a key column makes a row a line.
    """

    field: str
    title: str
    dtype: str
    accepted: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    key: bool = False
    values: tuple[str, ...] = ()
    values_from: str = ""
    synonyms: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)
    above: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    plausible_maximum: int | None = None
    max_length: int | None = None
    pattern: str = ""
    suffixes: tuple[str, ...] = ()
    fixed: str = ""
    prompt: str = ""
    guide: str = ""
    example: str | int | float = ""
    width: float = 12
    align: str = ""
    number_format: str = "General"

    def canonical(self, text: str) -> str | None:
        """The value of the list that text names, however it is usually spelled; None if it names none."""
        return self._spellings.get(normalise(text))

    def admits(self, number: int) -> bool:
        """Whether a number lies within the limits of the column."""
        return (self.minimum is None or self.minimum <= number) and (self.maximum is None or number <= self.maximum)

    @cached_property
    def _spellings(self) -> dict[str, str]:
        return {normalise(text): value for text, value in self.synonyms.items()} | {
            normalise(value): value for value in self.values
        }


@dataclass(frozen=True)
class Version:
    """An earlier version of a table, accepted through a budget year: its other titles, and the fields it lacks."""

    version: str
    through: int
    titles: Mapping[str, str] = dataclasses.field(default_factory=dict, hash=False)
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stamp:
    """Where a workbook says which template it is: a sheet, and the two labels on it."""

    sheet: str
    id: str
    version: str


@dataclass(frozen=True)
class TableDefinition:
    """One standard table. header stands above the table, label and value side by side; columns in their order."""

    id: str
    version: str
    title: str
    sheet: str
    guide_sheet: str
    stamp: Stamp
    ready_lines: int
    capacity: int
    instructions: tuple[str, ...]
    columns: tuple[Column, ...]
    header: tuple[Column, ...] = ()
    codes_sheet: str = ""
    unit: str = ""
    hint: str = ""
    previous: tuple[Version, ...] = ()
    total_words: tuple[str, ...] = ()
    note_words: tuple[str, ...] = ()
    placeholders: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """The column or header field of that name; KeyError if the table has none."""
        return self._by_field[name]

    @cached_property
    def _by_field(self) -> dict[str, Column]:
        return {column.field: column for column in (*self.header, *self.columns)}

    def __hash__(self) -> int:  # it is looked up by, and to hash all of its columns again takes longer than reading
        return hash((self.id, self.version))

    @cached_property
    def titles(self) -> dict[str, str]:
        """Normalised title or alias → field, of the columns."""
        return dict(_titles(self.columns))

    @cached_property
    def labels(self) -> dict[str, str]:
        """Normalised label or alias → field, of the header block."""
        return dict(_titles(self.header))

    @property
    def keys(self) -> tuple[str, ...]:
        """The fields of which one must have a value for a row to be a line."""
        return tuple(column.field for column in self.columns if column.key)


def _titles(columns: Iterable[Column]) -> list[tuple[str, str]]:
    return [(normalise(title), column.field) for column in columns for title in (column.title, *column.aliases)]


@cache
def definitions(folder: Path = SCHEMAS / "tables") -> dict[str, TableDefinition]:
    """Every standard table by its id."""
    return {table.id: table for table in (load(path) for path in sorted(folder.glob("*.yaml")))}


def load(path: Path) -> TableDefinition:
    """One table from its file; `extends: <id>` takes everything the file leaves out from its neighbour.

    Raises BadDeclaration, `path: id: what`.
    """
    declared = _extended(path)
    identity = f"{path.name}: {declared.get('id', '-')}"
    _refuse_unknown(declared, TableDefinition, identity, also=("fields",))
    try:
        return _table(declared, identity)
    except (TypeError, AttributeError) as error:
        raise BadDeclaration(f"{identity}: 内容不是应有的形式：{error}") from error


def _extended(path: Path) -> dict[str, Any]:
    declared = read(path)
    base = declared.pop("extends", None)
    return _extended(path.with_name(f"{base}.yaml")) | declared if base else declared


def _table(declared: dict[str, Any], identity: str) -> TableDefinition:
    columns = {name: _column(name, facts, identity) for name, facts in declared.pop("fields").items()}
    places = [*declared.get("header", ()), *declared["columns"]]
    _refuse_unless(len(set(places)) == len(places), identity, "同一字段在表中出现两次")
    _refuse_unless(not (lost := set(places) - set(columns)), identity, f"fields 中没有 {sorted(lost)}")
    previous = tuple(_version(facts, columns, identity) for facts in declared.pop("previous", ()))
    table = TableDefinition(
        **{key: _frozen(value) for key, value in declared.items() if key not in ("header", "columns", "stamp")},
        stamp=Stamp(**declared["stamp"]),
        header=tuple(columns[name] for name in declared.get("header", ())),
        columns=tuple(columns[name] for name in declared["columns"]),
        previous=previous,
    )
    has_amounts = any(column.dtype == "amount" for column in table.columns)
    _refuse_unless(bool(table.unit) or not has_amounts, identity, "有金额的表须写明 unit")
    _refuse_doubled_titles(table, identity)
    return table


def _column(name: str, declared: dict[str, Any], identity: str) -> Column:
    identity = f"{identity}: {name}"
    _refuse_unknown({"field": name} | declared, Column, identity)
    spellings = [(text, value) for value, texts in declared.get("synonyms", {}).items() for text in texts]
    facts = {key: _frozen(value) for key, value in declared.items()} | {"synonyms": dict(spellings)}
    column = Column(field=name, **facts)
    _refuse_unless(column.dtype in DTYPES, identity, f"不认识的 dtype {column.dtype}")
    _refuse_unless(len(column.prompt) <= 255, identity, "prompt 超过255个字，Excel 显示不了")
    _refuse_unless(
        column.dtype != "list" or bool(column.values) != bool(column.values_from),
        identity,
        "list 须有 values 或 values_from 之一",
    )
    _refuse_unless(set(column.synonyms.values()) <= set(column.values), identity, "synonyms 中的值不在 values 中")
    every = [normalise(text) for text in (*column.values, *(text for text, _ in spellings))]
    _refuse_unless(len(set(every)) == len(every), identity, f"写法重复 {_doubled(every)}")
    return column


def _version(declared: dict[str, Any], columns: Mapping[str, Column], identity: str) -> Version:
    version = Version(**{key: _frozen(value) for key, value in declared.items()})
    lost = {*version.titles, *version.without} - set(columns)
    _refuse_unless(not lost, f"{identity}: 版本{version.version}", f"fields 中没有 {sorted(lost)}")
    for name, title in version.titles.items():
        _refuse_unless(title in columns[name].aliases, f"{identity}: {name}", f"旧标题“{title}”应保留在 aliases 中")
    return version


def _refuse_doubled_titles(table: TableDefinition, identity: str) -> None:
    for columns in (table.header, table.columns):
        titles = [title for title, _ in _titles(columns)]
        _refuse_unless(len(set(titles)) == len(titles), identity, f"标题指向两列 {_doubled(titles)}")


def _doubled(texts: list[str]) -> list[str]:
    return sorted({text for text in texts if texts.count(text) > 1})


def _refuse_unknown(declared: Mapping[str, Any], kind: type, identity: str, also: tuple[str, ...] = ()) -> None:
    items = dataclasses.fields(kind)
    required = [item.name for item in items if item.default is item.default_factory is dataclasses.MISSING]
    known_keys(declared, [*(item.name for item in items), *also], identity, [*required, *also])


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _refuse_unless(holds: bool, identity: str, what: str) -> None:
    if not holds:
        raise BadDeclaration(f"{identity}: {what}")


def budget_year() -> Column:
    """What the standard tables accept as a budget year."""
    return next(column for table in definitions().values() for column in table.header if column.field == "year")


def as_of(table: TableDefinition, version: str) -> TableDefinition:
    """The table as it stood in an earlier version; StopIteration if it never had that version."""
    past = next(known for known in table.previous if known.version == version)

    def then(columns: tuple[Column, ...]) -> tuple[Column, ...]:
        kept = (column for column in columns if column.field not in past.without)
        return tuple(replace(column, title=past.titles.get(column.field, column.title)) for column in kept)

    return replace(table, version=version, header=then(table.header), columns=then(table.columns), previous=())


def changes(table: TableDefinition, version: str) -> tuple[str, ...]:
    """What is different from an earlier version, one Chinese sentence each."""
    past = as_of(table, version)
    then = {column.field: column.title for column in (*past.header, *past.columns)}
    now = {column.field: column.title for column in (*table.header, *table.columns)}
    return (
        *(f"新增“{title}”。" for name, title in now.items() if name not in then),
        *(f"“{then[name]}”改称“{title}”。" for name, title in now.items() if then.get(name, title) != title),
    )
