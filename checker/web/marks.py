"""Text of a workbook and the words that decided → the same text as markup, the words marked and all else escaped."""

import re
from collections.abc import Iterable

from markupsafe import Markup, escape


def highlight(text: str, words: Iterable[str]) -> Markup:
    """The text with every one of the words in <mark>; where words overlap, the longest is marked."""
    wanted = sorted({word for word in words if word}, key=lambda word: (-len(word), word))
    if not wanted:
        return escape(text)
    pieces = re.split("(" + "|".join(map(re.escape, wanted)) + ")", text, flags=re.IGNORECASE)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(piece) if place % 2 else escape(piece) for place, piece in enumerate(pieces)
    )
