"""The standard workbooks to download, filled in for a place and a year."""

from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from checker import template as templates
from checker.definition import budget_year, definitions
from checker.places import divisions, find
from checker.web.downloads import attachment
from checker.web.faces import page
from checker.web.gate import enter

router = APIRouter(include_in_schema=False, dependencies=[Depends(enter)])
YEARS_AHEAD = 10


@router.get("/templates")
def choose(request: Request) -> Response:
    book = request.app.state.office.rulebook
    first = min(plan.valid_from for plan in book.plans)
    places = [division for division in divisions() if not division.former]
    return page(request, "templates.html", tables=definitions(), places=places, years=range(first, first + YEARS_AHEAD))


@router.get("/templates/{table}.xlsx")
def download(table: str, place: str = "", year: Annotated[str, Query()] = "") -> Response:
    return attachment(workbook(table, place, year), f"{definitions()[table].title}.xlsx")


@lru_cache(maxsize=64)
def workbook(table: str, place: str = "", year: str = "") -> bytes:
    """The blank workbook; raises HTTPException for a table, a place or a year that there is not."""
    if table not in definitions() or (place and find(place) is None) or not _is_year(year):
        raise HTTPException(404, "template")
    return templates.template(definitions()[table], place=place or None, year=int(year) if year else None)


def _is_year(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit() and len(text) == 4 and budget_year().admits(int(text)))
