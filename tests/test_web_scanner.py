"""Viruses are looked for before anything is kept, and nothing is taken in where nobody can look."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from checker.errors import BadConfig, Unavailable
from checker.ledger.listing import Wanted, count
from checker.web import app as web
from checker.web.scanner import Scanner, scanner_at
from checker.web.settings import Settings
from tests import clamd
from tests.conftest import NO_CLAMD
from tests.test_web import XLSX, checked, csrf_of, sample, upload

INFECTED = b"PK " + clamd.VIRUS


@pytest.fixture(scope="module", params=["clamd", "faithful"])
def scanner(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "clamd" and not clamd.program():
        pytest.skip(NO_CLAMD)
    with clamd.real() if request.param == "clamd" else clamd.faithful() as address:
        yield address


@pytest.fixture(scope="module")
def browser(scanner: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(home=tmp_path_factory.mktemp("web"), workers=1, clamd=scanner)
    with TestClient(web.create(settings), base_url="http://localhost") as client:
        yield client


def test_what_is_found_has_its_name_and_what_is_clean_has_none(scanner: str) -> None:
    asked = Scanner(scanner)

    assert asked.scan(b"x" * 100_000 + clamd.VIRUS) == "Checker.Test.UNOFFICIAL"
    assert [asked.scan(clean) for clean in (b"", b"clean", sample("city-clean.xlsx"))] == ["", "", ""]


def test_more_than_the_scanner_takes_is_not_called_clean(scanner: str) -> None:
    with pytest.raises(Unavailable, match="StreamMaxLength"):
        Scanner(scanner).scan(b"0" * (clamd.MOST * 3))


def test_a_clean_file_is_checked_and_its_page_says_that_it_was_scanned(browser: TestClient) -> None:
    _, page = checked(browser, "a.xlsx", sample("city-clean.xlsx"))

    assert "病毒扫描：未发现病毒" in page.text


def test_without_a_scanner_nothing_is_said_of_viruses(tmp_path: Path) -> None:
    with TestClient(web.create(Settings(home=tmp_path, workers=1)), base_url="http://localhost") as browser:
        _, page = checked(browser, "a.xlsx", sample("city-clean.xlsx"))

    assert "病毒" not in page.text


def test_of_an_infected_file_nothing_is_kept_and_the_others_are_checked(browser: TestClient) -> None:
    upload(browser, ("坏.xlsx", INFECTED), ("好.xlsx", sample("city-clean.xlsx")))
    address, page = checked(browser, "坏.xlsx", INFECTED)

    assert "病毒扫描发现 Checker.Test.UNOFFICIAL" in page.text
    assert "/original" not in page.text
    assert browser.get(f"{address}/original").content == b""
    assert "好.xlsx" in browser.get("/checks").text


def test_an_infected_file_cannot_be_handed_in(browser: TestClient) -> None:
    form = {"csrf": csrf_of(browser)}

    answer = browser.post("/submissions", data=form, files=[("files", ("坏.xlsx", INFECTED, XLSX))])
    told = browser.post("/api/v1/submissions", files={"file": ("坏.xlsx", INFECTED)})

    assert answer.status_code == 422
    assert "病毒扫描发现 Checker.Test.UNOFFICIAL" in answer.text
    assert told.status_code == 422
    assert "病毒扫描发现" in told.json()["error"]["message"]
    assert count(browser.app.state.office.ledger, Wanted()) == 0  # type: ignore[attr-defined]


def test_a_program_is_told_as_it_is_of_other_files_that_cannot_be_checked(browser: TestClient) -> None:
    told = browser.post("/api/v1/checks", files={"file": ("坏.xlsx", INFECTED)}).json()

    assert (told["status"], told["report"]["error"]["code"]) == ("unreadable", "infected")


def test_where_the_scanner_is_away_no_file_is_taken_in(tmp_path: Path) -> None:
    with TestClient(
        web.create(Settings(home=tmp_path, workers=1, clamd=str(tmp_path / "none.ctl"))), base_url="http://localhost"
    ) as browser:
        answers = [upload(browser, ("a.xlsx", b"1")), browser.post("/api/v1/checks", files={"file": ("a.xlsx", b"1")})]
        form = {"csrf": csrf_of(browser)}
        answers.append(browser.post("/submissions", data=form, files=[("files", ("a.xlsx", b"1", XLSX))]))

        kept = list(browser.app.state.office.trials.all())  # type: ignore[attr-defined]

    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert all("病毒扫描服务（clamd）现在连不上，文件没有接收" in answer.text for answer in answers)
    assert kept == []


def _hangs_up(connection: socket.socket) -> None:
    connection.recv(1)


def _says(words: bytes) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        while not connection.recv(65536).endswith(b"\0\0\0\0"):
            pass
        connection.sendall(words)

    return answer


@pytest.mark.parametrize(
    "does", [_hangs_up, _says(b""), _says(b"UNKNOWN COMMAND\0"), _says(b"stream: Can't allocate memory ERROR\0")]
)
def test_an_answer_that_is_none_is_never_taken_for_clean(does: Callable[[socket.socket], None]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def once() -> None:
            connection, _ = server.accept()
            with connection:
                does(connection)

        thread = threading.Thread(target=once)
        thread.start()
        with pytest.raises(Unavailable):
            Scanner(f"127.0.0.1:{server.getsockname()[1]}", seconds=5).scan(b"x" * 200_000)
        thread.join()


def test_a_scanner_that_never_answers_is_not_waited_for_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(Unavailable):
        Scanner(f"127.0.0.1:{server.getsockname()[1]}", seconds=0.2).scan(b"x")


@pytest.mark.parametrize("address", ["clamd", "localhost:port", ":x"])
def test_an_address_that_is_none_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(BadConfig, match="clamd"):
        scanner_at(address)
