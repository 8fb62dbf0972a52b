"""A batch that mails, to a real server that takes, refuses, delays and drops, and is killed meanwhile."""

import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from checker import ledger
from checker.batch.closing import finish
from checker.batch.office import open_office
from checker.batch.run import begun, go
from checker.config import load
from checker.ledger import Ledger, Mail, MailState
from checker.ledger.records import read_mail
from checker.ledger.tables import mails
from tests.batches import SUMMARY, Watcher, here, launch, put, settings, submission
from tests.postbox import HOST, Postbox, served

OFFICE = "office@example.invalid"
BUREAUS = {"甲": "正定县市场监督管理局", "乙": "赵县教育局", "丙": "井陉县卫生健康局", "丁": "无极县水利局"}


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Postbox]:
    with served(Postbox(), tmp_path) as server:
        yield server


@pytest.fixture
def home(tmp_path: Path) -> Path:
    put(tmp_path / "in", {f"{short}.xlsx": submission(bureau) for short, bureau in BUREAUS.items()})
    write_addresses(tmp_path, {bureau: address(short) for short, bureau in BUREAUS.items()})
    return tmp_path


def address(short: str) -> str:
    return f"{'abcd'['甲乙丙丁'.index(short)]}@example.invalid"


def write_addresses(home: Path, book: dict[str, str]) -> None:
    rows = "".join(f"{bureau},{mail}\n" for bureau, mail in book.items())
    (home / "通讯录.csv").write_text(f"单位,邮箱\n{rows}", "utf-8-sig")


def start(home: Path, box: Postbox) -> subprocess.Popen:
    return launch(home, "ledger.db", SSL_CERT_FILE=str(home / "server.crt"), **environ(box))


def environ(box: Postbox) -> dict[str, str]:
    facts = {
        "HOST": HOST, "PORT": str(box.port), "SENDER": "czj@example.invalid", "ADDRESS_BOOK": "通讯录.csv",
        "SUMMARY_TO": OFFICE, "RETRY_MINUTES": "0.02", "TIMEOUT_SECONDS": "2",
    }  # fmt: skip
    return {f"CHECKER_MAIL_{name}": value for name, value in facts.items()}


@pytest.fixture
def run(home: Path, box: Postbox, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """One run in this process: what it says besides what became of each file."""
    monkeypatch.chdir(home)
    monkeypatch.setenv("SSL_CERT_FILE", str(home / "server.crt"))
    mail = replace(load(None, environ(box)).mail, retry_minutes=10.0)  # not within the run, however slow the machine
    config = replace(settings(home, ledger="ledger.db", store="store"), mail=mail)

    def once() -> list[str]:
        office, stopping, watcher = open_office(config), threading.Event(), Watcher()
        with begun(office, stopping) as one, here() as crew:
            finish(office, one, config, go(office, one, crew, watcher, stopping), watcher, stopping)
        return watcher.sentences

    return once


def all_mails(home: Path) -> list[Mail]:
    book: Ledger = ledger.open_ledger(home / "ledger.db")
    return book.read(lambda connection: list(map(read_mail, connection.execute(mails.select()))))


def make_due(home: Path) -> None:
    """Let the time pass for which mails were put off."""
    book: Ledger = ledger.open_ledger(home / "ledger.db")
    book.write(lambda connection: connection.execute(mails.update().values(due_at=book.clock())))


def states(home: Path) -> dict[str, MailState]:
    return {mail.recipient: mail.state for mail in all_mails(home)}


def letters(summary: bytes) -> list[tuple[str, str, str]]:
    """About what, to whom, and how it stands: the sheet a person must go through."""
    book = openpyxl.load_workbook(BytesIO(summary))
    rows = [[cell.value for cell in row] for row in book["退回邮件"].iter_rows()] if "退回邮件" in book else []
    return [(row[0], row[1], row[2]) for row in rows if row[0] and row[0].endswith(".xlsx")]


def test_every_bureau_gets_its_marked_workbook_and_the_office_the_summary_once(home, box, run):
    first, second = run(), run()

    by_address = {message["To"]: message for message in box.taken}
    attached = {to: [part.get_filename() for part in message.iter_attachments()] for to, message in by_address.items()}
    assert first == [f"汇总写在 {home / 'out' / SUMMARY}。", "邮件：5 封发出。"]
    assert second == []
    assert len(box.taken) == 5
    assert attached == {address(short): [f"{short}.checked.xlsx"] for short in BUREAUS} | {OFFICE: [SUMMARY]}
    assert "共核查 4 个文件：4 个有错误" in by_address[OFFICE].get_body().get_content()


def test_a_bureau_that_hands_in_again_is_told_what_it_mended_also_in_the_summary(home, box, run):
    run()
    put(home / "in", {"甲.xlsx": submission(BUREAUS["甲"], wrong=False)})
    run()

    *_, letter, office = box.taken
    sheet = openpyxl.load_workbook(home / "out" / SUMMARY)["本次变化"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert (letter["To"], office["To"]) == (address("甲"), OFFICE)
    assert "已改正 1 处，新出现 0 处，仍未改正 0 处" in letter.get_body().get_content()
    assert [row[:6] for row in rows if row[2] == "再次报送"] == [["甲.xlsx", BUREAUS["甲"], "再次报送", 1, 0, 0]]


def test_what_is_refused_or_in_doubt_is_in_the_summary_and_what_was_put_off_is_sent_by_the_next_run(home, box, run):
    write_addresses(home, {bureau: address(short) for short, bureau in BUREAUS.items() if short != "丁"})
    box.at_recipient[address("甲")] = "550 no such user"
    box.at_data += ["451 try again later", "drop"]

    first = run()
    half_way, summary = states(home), (home / "out" / SUMMARY).read_bytes()
    make_due(home)
    run()

    by_state = {state: to for to, state in half_way.items()}
    names = {address(short): f"{short}.xlsx" for short in BUREAUS}
    put_off, doubted = by_state[MailState.DUE], by_state[MailState.DOUBTFUL]
    assert "邮件：1 封发出，1 封留待再发，1 封被拒收，1 封不知是否送达。" in first
    assert set(letters(summary)) == {
        ("甲.xlsx", address("甲"), "被拒收"),
        (names[doubted], doubted, "是否送达不明"),
        ("丁.xlsx", BUREAUS["丁"], "没有邮箱"),
    }
    assert states(home)[put_off] is MailState.SENT
    assert Counter(message["To"] for message in box.taken) == {put_off: 1, doubted: 1, OFFICE: 1}


def test_a_run_killed_again_and_again_while_it_mails_mails_nothing_twice(home, box, run):
    for killed in range(4):
        process, deadline = start(home, box), time.monotonic() + 60
        while len(box.seen) <= killed and time.monotonic() < deadline:
            time.sleep(0.001)
        process.kill()
        process.communicate()
    time.sleep(1.1)  # until the last one counts as dead

    run()

    after = all_mails(home)
    assert len(box.ids) == len(set(box.ids))
    assert {mail.message_id for mail in after if mail.state is MailState.SENT} <= set(box.ids)
    assert {mail.state for mail in after} <= {MailState.SENT, MailState.DOUBTFUL}
    assert Counter(mail.recipient for mail in after) == {address(short): 1 for short in BUREAUS} | {OFFICE: 1}


def test_a_summary_that_a_killed_run_did_not_lay_down_is_laid_down_by_the_next(home, box, run):
    process = start(home, box)
    while not box.seen:
        time.sleep(0.001)
    process.kill()
    process.communicate()

    told = run()

    assert f"汇总写在 {home / 'out' / SUMMARY}。" in told
    assert OFFICE in {message["To"] for message in box.taken}


def test_a_bureau_whose_next_file_nobody_can_read_is_told_so_at_its_address(home, box, run):
    run()
    put(home / "in", {"甲.xlsx": b"PK nothing"})

    run()

    *_, letter, _ = box.taken
    assert (letter["To"], "无法核查" in letter["Subject"]) == (address("甲"), True)
