"""How every submission stands → the summary workbook, sheet by sheet; equal input gives equal bytes."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from io import BytesIO

import xlsxwriter

from checker.desk import breakdowns, levels, listings, overview, review
from checker.desk.figures import Stands, gather
from checker.desk.letters import Letter, letters_sheet
from checker.desk.paper import Paper
from checker.rulebook import Rulebook
from checker.terms import Level

_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 a fixed moment: equal input gives equal bytes
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def render(
    standings: Iterable[Stands],
    rulebook: Rulebook | None = None,
    *,
    fresh: Collection[str] | None = None,
    on: date | None = None,
    level: Level = Level.CITY,
    letters: Iterable[Letter] = (),
) -> bytes:
    """The bytes of the summary.

    rulebook gives matters their names; fresh names the files this run checked (None: all of them), on its day, level
    is that of the office it is made for, letters are mails that a person must look after.
    """
    figures = gather(standings, fresh, level)
    target = BytesIO()
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        book.set_properties({"title": "预算级次核查汇总", "created": _EPOCH})
        book.set_size(2400, 1500)
        paper = Paper(book)
        overview.sheet(paper, figures, on)
        breakdowns.divisions_sheet(paper, figures)
        breakdowns.bureaus_sheet(paper, figures)
        breakdowns.matters_sheet(paper, figures, rulebook)
        levels.matrix_sheet(paper, figures)
        levels.wrong_sheet(paper, figures)
        listings.undecided_sheet(paper, figures)
        listings.overlaps_sheet(paper, figures)
        listings.changes_sheet(paper, figures)
        listings.unreadable_sheet(paper, figures)
        letters_sheet(paper, tuple(letters))
        review.review_sheet(paper, figures)
        review.by_hand_sheet(paper, figures)
    return target.getvalue()
