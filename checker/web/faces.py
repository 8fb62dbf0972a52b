"""A template and what it is about → a page, in the reader's language and with nothing of a workbook taken as markup."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from checker import __version__
from checker.checks import CHECKS
from checker.money import in_unit, show
from checker.report.safe import plain
from checker.web.marks import highlight

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
LANGUAGES = {"zh": "中文", "en": "English"}


@cache
def _environment(language: str) -> Environment:
    """The templates with the words of one language; Chinese is what they are written in."""
    environment = Environment(
        loader=FileSystemLoader(_HERE / "pages"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    words = NullTranslations() if language == "zh" else Translations(_catalogue(language))
    environment.install_gettext_translations(words, newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {"money": show if language == "zh" else _yuan, "wan": in_unit, "plain": plain}
    environment.globals |= {
        "highlight": highlight,
        "titles": {code: check.title for code, check in CHECKS.items()},
        "languages": LANGUAGES,
        "program": __version__,
        "asset": asset,
    }
    return environment


def _yuan(fen: int) -> str:
    """An amount for those who do not count in ten thousands."""
    return f"CNY {in_unit(fen, '元'):,f}"


def _catalogue(language: str) -> Any:
    """The catalogue compiled in memory, so that no binary file has to be kept in step."""
    from io import BytesIO

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (_HERE / "words" / f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return compiled


@cache
def asset(name: str) -> str:
    """The address of a file in static/; it changes with the file, so that a browser may keep what it has."""
    return f"/static/{name}?{hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


def language_of(request: Request) -> str:
    chosen = request.cookies.get("language", "zh")
    return chosen if chosen in LANGUAGES else "zh"


def page(request: Request, template: str, status: int = 200, **about: Any) -> HTMLResponse:
    """The page; `office` and who reads it are there for every template."""
    language = language_of(request)
    office = request.app.state.office
    text = (
        _environment(language)
        .get_template(template)
        .render(
            request=request,
            language=language,
            office=office,
            status=status,
            reader=getattr(request.state, "reader", None),
            csrf=getattr(request.state, "csrf", ""),
            **about,
        )
    )
    return HTMLResponse(text, status)
