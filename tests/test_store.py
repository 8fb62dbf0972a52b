"""The store and the folders under it: on the disk and behind a real S3 API on loopback alike."""

import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from fsspec.implementations.dirfs import DirFileSystem
from fsspec.implementations.local import LocalFileSystem
from moto.server import ThreadedMotoServer

from checker.errors import Lost, Unavailable
from checker.folder import Folder, open_folder
from checker.store import Store, open_store

WORKBOOK = b"PK\x03\x04" + os.urandom(50_000)


@pytest.fixture(scope="session")
def s3() -> Iterator[dict[str, object]]:
    """The options that lead to an S3 server of our own."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield {"endpoint_url": f"http://{host}:{port}", "key": "test", "secret": "test"}
    server.stop()


@pytest.fixture(params=["disk", "s3"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Folder:
    if request.param == "disk":
        return open_folder(tmp_path / "报送")
    options = request.getfixturevalue("s3")
    made = open_folder(f"s3://bucket-{uuid4().hex[:12]}/报送", **options)
    made.system.mkdir(made.root.partition("/")[0])
    return made


@pytest.fixture
def store(folder: Folder) -> Store:
    return Store(folder)


def test_what_is_kept_is_read_back_by_its_hash(store):
    digest = store.keep(WORKBOOK)

    assert digest == sha256(WORKBOOK).hexdigest()
    assert store.read(digest) == WORKBOOK
    assert store.holds(digest)


def test_a_file_kept_twice_is_one_file_that_was_written_once(store):
    digest = store.keep(WORKBOOK)
    before = store.folder.system.modified(store.folder.path(f"{digest[:2]}/{digest}"))
    time.sleep(0.01)

    assert store.keep(WORKBOOK) == digest
    assert store.folder.system.modified(store.folder.path(f"{digest[:2]}/{digest}")) == before
    assert list(store.folder.names()) == [f"{digest[:2]}/{digest}"]


def test_several_files_are_kept_in_their_order(store):
    contents = [b"%d" % number for number in range(20)]

    assert [store.read(digest) for digest in store.keep_all(contents)] == contents


def test_a_file_that_was_changed_behind_our_back_is_not_read(store):
    digest = store.keep(WORKBOOK)
    store.folder.write(f"{digest[:2]}/{digest}", WORKBOOK[:-1])

    with pytest.raises(Lost, match="已损坏"):
        store.read(digest)


def test_what_was_damaged_behind_our_back_is_whole_again_once_it_is_kept_again(store):
    digest = store.keep(WORKBOOK)
    store.folder.write(f"{digest[:2]}/{digest}", WORKBOOK[:-1])

    assert not store.is_whole(digest)
    assert store.keep(WORKBOOK) == digest
    assert store.read(digest) == WORKBOOK


def test_a_file_that_is_missing_is_asked_for_by_its_hash(store):
    with pytest.raises(Lost, match=f"没有文件 {'0' * 64}"):
        store.read("0" * 64)


def test_a_folder_lists_every_file_at_any_depth_in_order(folder):
    for name in ("文化局/预算.xlsx", "a.xlsx", "文化局/更正/预算.xlsx"):
        folder.write(name, name.encode())

    assert list(folder.names()) == ["a.xlsx", "文化局/更正/预算.xlsx", "文化局/预算.xlsx"]
    assert folder.read("文化局/更正/预算.xlsx") == "文化局/更正/预算.xlsx".encode()


def test_a_file_in_a_folder_is_replaced_as_a_whole(folder):
    folder.write("a.xlsx", b"old" * 1000)
    folder.write("a.xlsx", b"new")

    assert folder.read("a.xlsx") == b"new"
    assert list(folder.names()) == ["a.xlsx"]


@pytest.mark.parametrize("name", ["../a.xlsx", "/etc/passwd", "a/../../b", "a\\..\\..\\b", ""])
def test_no_name_leads_out_of_the_folder(folder, name):
    with pytest.raises(ValueError, match="not a name inside"):
        folder.write(name, b"")


def test_a_file_that_is_not_there_is_said_not_to_be_there(folder):
    assert not folder.holds("a.xlsx")
    with pytest.raises(FileNotFoundError):
        folder.read("a.xlsx")


def test_an_empty_folder_has_no_names(folder):
    assert list(folder.names()) == []


def test_a_file_system_without_whole_puts_is_written_under_another_name_first(tmp_path):
    slow = Folder("dir", DirFileSystem(str(tmp_path), LocalFileSystem()), "/")
    slow.write("甲/a.xlsx", b"old")
    slow.write("甲/a.xlsx", b"new")

    assert (tmp_path / "甲" / "a.xlsx").read_bytes() == b"new"
    assert [path.name for path in tmp_path.rglob("*")] == ["甲", "a.xlsx"]


def test_what_a_killed_writer_left_is_not_a_file_of_the_folder(tmp_path):
    (tmp_path / ".checker-abc").write_bytes(b"half")

    assert list(open_folder(tmp_path).names()) == []


def test_file_modes_follow_the_mask_of_the_process(tmp_path):
    open_folder(tmp_path).write("a.xlsx", b"1")

    assert (tmp_path / "a.xlsx").stat().st_mode & 0o777 == 0o644 & ~_mask()


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def write_until_killed(home: str) -> None:
    folder = open_folder(home)
    for number in range(10**6):
        folder.write(f"{number % 7}.xlsx", bytes([number % 256]) * 3_000_000)


def test_a_killed_writer_leaves_no_half_written_file(tmp_path):
    writer = multiprocessing.get_context("spawn").Process(target=write_until_killed, args=(str(tmp_path),), daemon=True)
    writer.start()
    while not (tmp_path / "3.xlsx").exists():
        time.sleep(0.01)
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()

    files = [(tmp_path / name).read_bytes() for name in open_folder(tmp_path).names()]
    assert files
    assert {(len(content), len(set(content))) for content in files} == {(3_000_000, 1)}


def test_two_writers_of_the_same_bytes_do_not_disturb_each_other(tmp_path):
    store, digests = open_store(tmp_path), []
    threads = [threading.Thread(target=lambda: digests.append(store.keep(WORKBOOK))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(digests) == 16
    assert store.read(digests[0]) == WORKBOOK
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_full_disk_is_named_and_nothing_half_written_stays(tmp_path):
    """The limit on the size of a file stands in for the end of the disk: the kernel refuses in the same place."""
    program = f"""
from checker.errors import Unavailable
from checker.store import open_store
try:
    open_store({str(tmp_path / "store")!r}).keep(bytes(100_000))
except Unavailable as told:
    print(told)
"""

    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, check=True, text=True, env={**os.environ, "PYTHONUTF8": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
    )  # fmt: skip

    assert "磁盘空间不足" in run.stdout
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_object_store_that_is_away_is_said_to_be_away():
    folder = open_folder(
        "s3://bucket/x", endpoint_url="http://127.0.0.1:1", key="k", secret="s",
        config_kwargs={"retries": {"max_attempts": 0}, "connect_timeout": 1},
    )  # fmt: skip

    with pytest.raises(Unavailable, match="请检查"):
        folder.write("a.xlsx", b"1")


def test_a_bucket_that_does_not_exist_is_said_not_to_exist(s3):
    with pytest.raises(Unavailable, match="a.xlsx"):
        open_folder("s3://no-such-bucket/x", **s3).write("a.xlsx", b"1")


def test_an_address_nobody_understands_is_answered_in_chinese():
    with pytest.raises(Unavailable, match="请核对地址"):
        open_folder("gopher://host/x")


def test_a_mistyped_inbox_is_not_taken_for_an_empty_one(tmp_path):
    with pytest.raises(Unavailable, match="没有文件夹"):
        open_folder(tmp_path / "inbxo", make=False)


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "a").write_bytes(b"")

    with pytest.raises(Unavailable, match="无法使用"):
        open_folder(tmp_path / "a")
