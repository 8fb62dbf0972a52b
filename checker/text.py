"""Text as typed → text as compared; the original is kept by whoever shows it."""

import re
import unicodedata
from functools import cache, lru_cache

# Format characters, byte order marks, joiners and variation selectors: seen in cells pasted from web pages and chat.
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x061C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF,
     *range(0xFE00, 0xFE10)]
)  # fmt: skip
_QUOTES = str.maketrans(dict.fromkeys("“”„‟‘’‚‛「」『』〝〞", '"'))
_SPACES = re.compile(r"\s+")
_BESIDE_CHINESE = re.compile(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])")
_WIDE_SPACES = "\u00a0\u3000\u2002\u2003\u2009"
_FULL_WIDTH = [*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)]
_HALF_WIDTH = {code: code - 0xFEE0 for code in _FULL_WIDTH} | dict.fromkeys(map(ord, _WIDE_SPACES), " ") | _INVISIBLE
_UNTIDY = re.compile("[" + "".join(map(chr, _HALF_WIDTH)) + "]")  # most texts are tidy, and looking is cheap


def tidy(text: str) -> str:
    """What was meant by what was typed: full-width letters, digits and spaces made half width, invisible ones gone.

    Chinese characters and punctuation stay; so a text that tidies to itself needs no remark.
    """
    return text.translate(_HALF_WIDTH).strip() if _UNTIDY.search(text) else text.strip()


@lru_cache(maxsize=65_536)
def normalise(text: str) -> str:
    """Text for matching: NFKC, simplified, straight quotes; nothing invisible, no spaces beside Chinese."""
    text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).translate(_QUOTES)
    return simplify(_BESIDE_CHINESE.sub("", _SPACES.sub(" ", text).strip()))


def simplify(text: str) -> str:
    """Traditional → simplified Chinese."""
    try:
        text.encode("gb2312")  # every common simplified character is in it, so the dictionary is rarely needed
    except UnicodeEncodeError:
        return str(_converter().convert(text))
    return text


@cache
def _converter():  # type: ignore[no-untyped-def]
    from opencc import OpenCC  # loads its dictionaries from disk: only when a text asks for it

    return OpenCC("t2s")
