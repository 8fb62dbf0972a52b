"""What is no workbook is refused with its cure, and no text becomes anything but text."""

import io
import zipfile
from dataclasses import replace

import pytest
from lxml import etree

from checker.annotation import annotate
from checker.errors import UnreadableWorkbook
from tests.marked import (
    FULL,
    MAIN,
    SHEET,
    TABLE,
    edited,
    finding,
    line,
    opened,
    packed,
    parts,
    report,
    root,
    submission,
    values,
)


def test_no_text_becomes_a_formula_markup_or_an_escape():
    nasty = "=1+1</t><v>&amp;\x00\x0b\ud800_x0041_\r\n尾"
    found = report(
        replace(finding("B5"), message=nasty, value=nasty, fix=nasty, code=nasty),
        lines=(replace(line(5), judgement=replace(line(5).judgement, because=nasty)),),
        tables=(TABLE,),
    )

    marked = annotate(submission(), found)

    shown = "=1+1</t><v>&amp;_x0041_\n尾"
    assert values(marked)[4][6].endswith(shown.replace("_x0041_", "_x0041_"))
    assert not root(marked, "xl/worksheets/checker-summary1.xml").findall(f".//{{{MAIN}}}f")
    assert all(etree.fromstring(data) is not None for name, data in parts(marked).items() if name.endswith("xml"))


def test_a_text_too_long_for_a_cell_is_cut_and_shows_it():
    long = replace(finding("B5"), message="长" * 40_000)

    marked = opened(annotate(submission(), report(long, lines=(line(5),), tables=(TABLE,))))

    assert len(marked[SHEET]["G5"].value) == 32_767
    assert marked[SHEET]["G5"].value.endswith("…")
    assert len(marked[SHEET]["B5"].comment.text) < 3_000


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not-a-workbook"),
        (b"not a zip", "not-a-workbook"),
        (b"PK\x03\x04 cut", "truncated"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not-xlsx"),
        (packed({"content.xml": b"<x/>"}), "not-xlsx"),
        (packed({**parts(submission()), "../evil": b""}), "unsafe-names"),
        (packed({**parts(submission()), "xl/styles.xml": b"<broken"}), "corrupt"),
        (edited(submission(), "xl/styles.xml", ("<styleSheet", '<!DOCTYPE a [<!ENTITY b "c">]><styleSheet')),
         "entities"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_marked_is_refused_with_its_cure(content, code):
    with pytest.raises(UnreadableWorkbook) as refusal:
        annotate(content, FULL)

    assert refusal.value.code == code
    assert "请" in str(refusal.value)


def test_doubled_part_names_are_refused():
    target = io.BytesIO(submission())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(target, "a") as package:
        package.writestr("xl/workbook.xml", b"")

    with pytest.raises(UnreadableWorkbook, match="同名"):
        annotate(target.getvalue(), FULL)


@pytest.mark.parametrize("sixteenth", range(16))
def test_a_file_cut_off_anywhere_is_refused(sixteenth):
    content = submission()

    with pytest.raises(UnreadableWorkbook):
        annotate(content[: len(content) * sixteenth // 16], FULL)


def test_a_part_whose_checksum_does_not_hold_is_refused():
    content = bytearray(submission())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as package:
        where = package.getinfo("xl/worksheets/sheet1.xml").header_offset
    content[where + 80] ^= 0xFF

    with pytest.raises(UnreadableWorkbook):
        annotate(bytes(content), FULL)
