"""What is chosen of the submissions → level matrix, charts and undecided lines, the same figures always as a table."""

from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from checker.desk.figures import Sums
from checker.ledger.listing import listed
from checker.reasons import DETERMINABLE
from checker.terms import Verdict
from checker.web.faces import page
from checker.web.gate import review
from checker.web.office import Office, office_of
from checker.web.review import MOST, Chosen, query
from checker.web.submissions import file_of
from checker.web.tally import Figures, figures

router = APIRouter(prefix="/review", include_in_schema=False, dependencies=[Depends(review)])
_WIDEST = 1000  # of a bar, in units of its drawing
_SHOWN = 200  # undecided lines of one reason on a page
_ORDER = (Verdict.WRONG, Verdict.UNDECIDED, Verdict.RIGHT, Verdict.OUTSIDE)


@dataclass(frozen=True)
class Piece:
    """A part of a bar: from and width in thousandths of the widest bar."""

    verdict: Verdict
    start: int
    width: int


@router.get("/figures")
def shown(request: Request, wanted: Chosen) -> Response:
    found = _figures(request, wanted)
    most = max((sum(sums.fen.values()) for sums in found.places.values()), default=0)
    return page(
        request, "figures.html", found=found, wanted=wanted, query=query(wanted), order=_ORDER, most=MOST,
        lines=_bar(found.total, "lines", 0), money=_bar(found.total, "fen", 0),
        places=[(name, sums, _bar(sums, "fen", most)) for name, sums in found.ordered_places],
    )  # fmt: skip


@router.get("/undecided")
def undecided(request: Request, wanted: Chosen) -> Response:
    found = _figures(request, wanted)
    return page(
        request, "undecided.html", reasons=found.reasons, query=query(wanted), shown=_SHOWN, wanted=wanted,
        determinable=DETERMINABLE, base=file_of,
    )  # fmt: skip


def _figures(request: Request, wanted: Chosen) -> Figures:
    office: Office = office_of(request)
    return figures(office.store, listed(office.ledger, wanted, MOST))


def _bar(sums: Sums, what: str, most: int) -> tuple[Piece, ...]:
    """The shares of the verdicts, beside each other; most is the sum that fills the width, its own where 0."""
    counted = getattr(sums, what)
    whole, start, pieces = most or sum(counted.values()), 0, []
    for verdict in _ORDER:
        width = round(_WIDEST * counted[verdict] / whole) if whole else 0
        if width:
            pieces.append(Piece(verdict, start, min(width, _WIDEST - start)))
            start += width
    return tuple(pieces)
