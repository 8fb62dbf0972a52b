"""A bureau's text → text that a terminal or a spreadsheet shows and never obeys."""

import re
import unicodedata

# Control characters drive a terminal; bidirectional overrides make text read as another (category Cc and Cf).
_HARMLESS_FORMATS = {"\u00ad"}
_CELL_LIMIT = 32_767
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ESCAPE_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-_])|\x9b[0-?]*[ -/]*[@-~]")


def plain(text: str) -> str:
    """One line of visible characters: no terminal escapes, no control or direction characters."""
    if text.isprintable():
        return text
    return "".join(_visible(character) for character in _ESCAPE_SEQUENCE.sub("", text)).strip()


def _visible(character: str) -> str:
    if character in "\n\r\t\u2028\u2029":
        return " "
    hidden = unicodedata.category(character) in {"Cc", "Cf", "Cs"} and character not in _HARMLESS_FORMATS
    return "" if hidden else character


def starts_a_formula(text: str) -> bool:
    """Whether a spreadsheet program, or the one it is exported to, could take the text for a formula (R-43)."""
    return text.startswith(_STARTS_A_FORMULA)


def cell_text(text: str) -> str:
    """Text for a spreadsheet cell: no control characters but line breaks, no longer than Excel takes."""
    if not text.isprintable():
        text = "".join(
            character for character in text if character in "\n\t" or unicodedata.category(character) != "Cc"
        )
    return text if len(text) <= _CELL_LIMIT else text[: _CELL_LIMIT - 1] + "…"


def width(text: str) -> int:
    """Columns a terminal needs: Chinese characters and full-width punctuation take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def padded(text: str, columns: int) -> str:
    """Text filled with blanks up to so many columns of a terminal."""
    return text + " " * (columns - width(text))
