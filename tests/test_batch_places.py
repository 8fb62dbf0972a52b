"""Inbox, outbox and store behind a real S3 API, and archives of every kind."""

import struct
import zipfile
from io import BytesIO
from uuid import uuid4

import pytest

from checker.batch.archive import Caps, Part, unpacked
from checker.config import Batch, Config
from checker.folder import open_folder
from tests.batches import run, submission
from tests.test_store import s3  # noqa: F401 the server


def test_inbox_outbox_and_store_may_lie_behind_s3(tmp_path, s3):  # noqa: F811
    bucket = f"bucket-{uuid4().hex[:12]}"
    inbox = open_folder(f"s3://{bucket}/收件", **s3)
    inbox.system.mkdir(bucket)
    inbox.write("某局/预算.xlsx", submission())
    config = Config(Batch(
        inbox=f"s3://{bucket}/收件", outbox=f"s3://{bucket}/发件", store=f"s3://{bucket}/存档",
        ledger=str(tmp_path / "ledger.db"), storage=s3,
    ))  # fmt: skip

    first, second = run(config), run(config)

    assert (set(first), second) == ({"某局/预算.xlsx"}, {})
    assert list(open_folder(config.batch.outbox, **s3).names()) == ["正定县市场监督管理局/预算.checked.xlsx"]
    assert len(list(open_folder(config.batch.store, **s3).names())) == 3  # original, report, marked copy


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def parts(content: bytes, **caps: int) -> dict[str, bytes | str]:
    """Name → bytes, or the code of what is wrong."""
    found: list[Part] = list(unpacked(content, lambda name: name.endswith((".xlsx", ".zip")), Caps(**caps)))
    return {part.name: part.error[0] if part.error else part.content for part in found}


def test_an_archive_in_an_archive_is_opened_and_only_workbooks_are_taken():
    inner = zipped({"b.xlsx": b"B", "说明.txt": b"-"})

    assert parts(zipped({"a.xlsx": b"A", "县/内.zip": inner})) == {"a.xlsx": b"A", "县/内.zip/b.xlsx": b"B"}


def test_archives_are_opened_three_deep_and_no_deeper():
    deep = zipped({"a.xlsx": b"A"})
    for _ in range(3):
        deep = zipped({"z.zip": deep})

    assert parts(deep) == {"z.zip/z.zip/z.zip": "too-deep"}


@pytest.mark.parametrize("name", ["../../etc/a.xlsx", "/etc/a.xlsx", "C:/etc/a.xlsx", "..\\..\\etc\\a.xlsx"])
def test_a_name_that_leads_out_of_the_archive_leads_nowhere(name):
    assert parts(zipped({name: b"A"})) == {"etc/a.xlsx": b"A"}


def test_a_name_that_chinese_windows_wrote_is_read():
    content = zipped({"xxxx.xlsx": b"A"}).replace(b"xxxx", "预算".encode("gbk"))

    assert parts(content) == {"预算.xlsx": b"A"}


def test_two_parts_of_one_name_are_told_apart():
    twins = zipped({"a.xlsx": b"A", "b.xlsx": b"B"}).replace(b"b.xlsx", b"a.xlsx")

    assert parts(twins) == {"a.xlsx": b"A", "a (2).xlsx": b"B"}


def test_a_bomb_is_refused_before_it_goes_off_and_the_others_are_taken():
    content = zipped({"bomb.xlsx": bytes(3_000_000), "a.xlsx": b"A"})

    assert parts(content, bytes_a_file=1_000_000) == {"bomb.xlsx": "too-large", "a.xlsx": b"A"}


def test_a_bomb_that_lies_about_its_size_is_refused_too():
    content = zipped({"bomb.xlsx": bytes(3_000_000)})
    lying = content.replace(struct.pack("<I", 3_000_000), struct.pack("<I", 10))

    assert parts(lying, bytes_a_file=1_000_000)["bomb.xlsx"] == "corrupt"


def test_many_parts_together_may_not_be_too_much():
    content = zipped({f"{number}.xlsx": bytes(400_000) for number in range(4)})

    assert list(map(type, parts(content, bytes_in_all=1_000_000).values())) == [bytes, bytes, str, str]


def test_more_files_than_anybody_hands_in_are_refused():
    assert parts(zipped({f"{number}.xlsx": b"" for number in range(30)}), files=20) == {"": "too-large"}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_part_is_one_row_however_it_was_packed(method):
    inner = BytesIO()
    with zipfile.ZipFile(inner, "w", method) as archive:
        archive.writestr("a.xlsx", bytes(range(256)) * 40)
        archive.writestr("b.xlsx", b"B")
    damaged = bytearray(inner.getvalue())
    for place in range(45, 85):
        damaged[place] ^= 0x5A

    assert parts(bytes(damaged)) == {"a.xlsx": "corrupt", "b.xlsx": b"B"}


def test_an_archive_in_pieces_is_one_row():
    assert parts(zipped({"a.xlsx": b"A" * 1000})[:-30]) == {"": "corrupt"}
