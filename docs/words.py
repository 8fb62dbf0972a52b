"""What the pages say → checker/web/words/en.po with a place for every text; what is translated stays."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from checker.web import faces

PAGES = Path(faces.__file__).parent / "pages"
ENGLISH = PAGES.parent / "words" / "en.po"
_HEAD = """\
# The English words of the pages: `make words` brings in what the pages say anew, and a test wants every one of them.
msgid ""
msgstr ""
"Language: en\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


def said() -> Catalog:
    """Every text the templates ask a translation of."""
    catalogue = Catalog()
    options = {"**": {"newstyle_gettext": "true", "trimmed": "true"}}
    for _, _, text, _, _ in extract_from_dir(PAGES, [("**.html", "jinja2")], options_map=options):
        catalogue.add(text)
    return catalogue


def known() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def main() -> None:
    catalogue = known()
    catalogue.update(said(), no_fuzzy_matching=True, update_creation_date=False)
    written = BytesIO()
    write_po(written, catalogue, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    ENGLISH.write_text(_HEAD + written.getvalue().decode().strip() + "\n", "utf-8")


if __name__ == "__main__":
    main()
