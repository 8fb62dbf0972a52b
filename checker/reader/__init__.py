"""Bytes → Budget: the tables of a submission with their lines, every value at its physical address."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256

from checker.definition import TableDefinition, definitions
from checker.reader.assembly import table
from checker.reader.table import Budget, Failure, HeaderValue, Table, Total
from checker.reader.template import Stamp, accepted, no_lines, not_ours, refuse_expired, stamp
from checker.reader.titles import heading, marks
from checker.terms import Cell
from checker.workbook import Limits, Sheet, Workbook, open_workbook

__all__ = ["Budget", "Failure", "HeaderValue", "Limits", "Table", "Total", "read"]


def read(
    content: bytes,
    limits: Limits | None = None,
    known: Mapping[str, TableDefinition] | None = None,
    *,
    expired: bool = False,
) -> Budget:
    """Read one submission; known are the standard tables by id, those under schemas/tables unless given.

    expired: an earlier version of a table is read also after the last budget year it serves.
    Raises UnreadableWorkbook, and nothing else, on bytes that are no workbook, no table of ours, or an empty one.
    """
    book = open_workbook(content, limits)
    standard = tuple((known or definitions()).values())
    said = stamp(book.sheets, standard)
    sought, sheets = accepted(said, standard), [sheet for sheet in book.sheets if not _is_summary(sheet)]
    found = [(sheet, begins) for sheet in sheets if (begins := heading(sheet, sought))]
    if not found:
        raise not_ours(sheets, standard)
    tables = [table(sheet, begins) for sheet, begins in found]
    filled = tuple(one for one in tables if len(one.lines))
    if not filled:
        raise no_lines(tables[0].sheet, tables[0].definition)
    budget = _budget(content, book, filled, said)
    if not expired:
        refuse_expired(said, standard, budget.year)
    versions = {one.id: one.version for one in standard}
    return replace(budget, outdated=any(one.definition.version != versions[one.definition.id] for one in filled))


def _budget(content: bytes, book: Workbook, tables: tuple[Table, ...], said: Stamp | None) -> Budget:
    facts = {sheet.name: sheet.facts for sheet in book.sheets}
    unstored = ((one, place) for one in tables for place in sorted(facts[one.sheet].unstored))
    errors = ((one, place, text) for one in tables for place, text in sorted(facts[one.sheet].errors.items()))
    return Budget(
        sha256=sha256(content).hexdigest(),
        extension=book.extension,
        tables=tables,
        template=said,
        marked=any(one.marked for one in tables) or any(map(_is_summary, book.sheets)),
        macros=book.macros,
        external_links=book.external_links,
        broken_names=book.broken_names,
        formulas_without_value=tuple(Cell(one.sheet, *place) for one, place in unstored if one.holds(*place)),
        error_cells=tuple((Cell(one.sheet, *place), text) for one, place, text in errors if one.holds(*place)),
        hidden_sheets=tuple((sheet.name, sheet.state) for sheet in book.sheets if _is_strange(sheet, tables)),
    )


def _is_summary(sheet: Sheet) -> bool:
    return sheet.name == marks().summary_sheet


def _is_strange(sheet: Sheet, tables: tuple[Table, ...]) -> bool:
    """Hidden, and neither a table read nor one of the template's own sheets."""
    own = {
        name
        for one in tables
        for name in (one.sheet, one.definition.stamp.sheet, one.definition.guide_sheet, one.definition.codes_sheet)
    }
    return sheet.state != "visible" and sheet.name not in own
