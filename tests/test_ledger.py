"""The ledger, on SQLite and on a real PostgreSQL server alike."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select, text

from checker import ledger
from checker.errors import Unavailable
from checker.ledger import Job, Ledger, MailState, Run, State, Version
from checker.ledger.tables import METADATA, findings, mails, results
from checker.ledger.work import redo
from checker.report import Outcome
from checker.terms import Cell, Finding, JudgedLine, Judgement, Level, Report, Verdict
from tests import postgres

LAW = Version("shijiazhuang-ip-2024@1", "0.1.0")
NEW_LAW = Version("shijiazhuang-ip-2024@2", "0.1.0")
INBOX = "/inbox"


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "台账.db")
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return server.new_database()


@pytest.fixture
def book(url: str, clock: Clock) -> Ledger:
    return ledger.open_ledger(url, clock)


def start(book: Ledger, version: Version = LAW, inbox: str = INBOX) -> Run:
    return ledger.start(book, inbox, version, lease=60)


def digest(word: str) -> str:
    return word.encode().hex().ljust(64, "0")


def report_of(bureau: str = "文化局", year: int = 2027, finds: int = 1) -> Report:
    line = JudgedLine(
        "填报表", 9, bureau, Level.CITY, "作品登记", 100, Level.CITY, Judgement(Verdict.RIGHT, "由市级承担")
    )
    found = tuple(Finding("金额未填", (Cell("填报表", row, 3),), code="LN01") for row in range(9, 9 + finds))
    return Report("", LAW.rulebook, ("projects", "1.0"), year, (line,), found)


def check(book: Ledger, run: Run, job: Job, report: Report | None = None, division: str = "130100") -> Job:
    return ledger.record(
        book, run, job, Outcome(job.submission.name, report=report or report_of()), "r" * 64, division=division
    )


def finish(book: Ledger, run: Run, **options: object) -> list[Job]:
    """Do all there is to do, as a run would."""
    done = []
    while claimed := ledger.claim(book, run):
        for job in claimed:
            ledger.returned(book, run, job if job.result else check(book, run, job), **options)
            done.append(job)
    return done


def names(jobs: tuple[Job, ...] | list[Job]) -> list[str]:
    return [job.submission.name for job in jobs]


def count(book: Ledger, table: object) -> int:
    return book.read(lambda connection: connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_the_migrations_build_the_tables_that_the_code_expects(book):
    def differences(connection):
        return compare_metadata(MigrationContext.configure(connection), METADATA)

    assert book.read(differences) == []


def test_opening_a_ledger_twice_changes_nothing(book, url, clock):
    ledger.receive(book, start(book), "a.xlsx", digest("a"))

    again = ledger.open_ledger(url, clock)

    assert names(ledger.claim(again, start(again))) == ["a.xlsx"]


def test_a_ledger_of_a_newer_program_is_refused_in_plain_words(book, url):
    book.write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))

    with pytest.raises(Unavailable, match="更新版本的程序"):
        ledger.open_ledger(url)


def test_a_job_goes_from_received_over_checking_and_checked_to_returned(book):
    run = start(book)

    received = ledger.receive(book, run, "文化局/预算.xlsx", digest("a"), sender="文化局")
    [checking] = ledger.claim(book, run)
    checked = check(book, run, checking)
    ledger.returned(book, run, checked, "m" * 64, "文化局/预算.checked.xlsx")

    [returned] = ledger.history(book, received)
    assert [job.state for job in (received, checking, checked, returned)] == [
        State.RECEIVED, State.CHECKING, State.CHECKED, State.RETURNED,
    ]  # fmt: skip
    assert (returned.marked, returned.returned_to) == ("m" * 64, "文化局/预算.checked.xlsx")
    assert returned.result.counts["right"] == 1
    assert replace(returned.submission, id=0, received_at=None) == ledger.Submission(
        0, 1, "文化局/预算.xlsx", 1, digest("a"), "文化局", None, "文化局", "130100", 2027, "projects",
        "文化局/预算.xlsx",
    )  # fmt: skip


def test_a_file_nobody_can_read_is_a_result_too(book):
    run = start(book)
    ledger.receive(book, run, "坏.xlsx", digest("bad"))
    [job] = ledger.claim(book, run)

    done = ledger.record(book, run, job, Outcome("坏.xlsx", error=("encrypted", "文件有密码")), bureau="教育局")

    assert (done.state, done.result.error, done.result.report) == (State.UNREADABLE, ("encrypted", "文件有密码"), "")
    assert ledger.history(book, done)[0].submission.bureau == "教育局"


def test_no_step_is_taken_that_the_table_of_steps_does_not_name(book):
    run = start(book)
    received = ledger.receive(book, run, "a.xlsx", digest("a"))

    assert not ledger.returned(book, run, received)
    assert ledger.history(book, received)[0].state is State.RECEIVED


def test_a_second_run_over_the_same_inbox_has_nothing_to_do(book):
    first = start(book)
    ledger.receive(book, first, "a.xlsx", digest("a"))
    finish(book, first)
    ledger.end(book, first)

    second = start(book)
    ledger.receive(book, second, "a.xlsx", digest("a"))

    assert finish(book, second) == []


def test_a_changed_file_is_a_new_submission_and_so_is_a_file_that_changes_back(book):
    run = start(book)

    numbers = [ledger.receive(book, run, "a.xlsx", digest(word)).submission.number for word in "aabba"]

    assert numbers == [1, 1, 2, 2, 3]


@pytest.mark.parametrize("version", [NEW_LAW, Version(LAW.rulebook, "0.2.0")], ids=["rulebook", "checker"])
def test_a_new_rulebook_or_a_new_checker_checks_the_same_file_again(book, version):
    old = start(book)
    ledger.receive(book, old, "a.xlsx", digest("a"))
    finish(book, old)

    new = start(book, version)
    ledger.receive(book, new, "a.xlsx", digest("a"))

    assert names(finish(book, new)) == ["a.xlsx"]
    assert count(book, results) == 2


def test_one_file_under_two_names_is_checked_once_and_returned_twice(book):
    run = start(book)
    ledger.receive(book, run, "甲/a.xlsx", digest("a"))
    ledger.receive(book, run, "乙/a.xlsx", digest("a"))

    [first] = ledger.claim(book, run)
    check(book, run, first)
    [second] = ledger.claim(book, run)

    assert names([first, second]) == ["甲/a.xlsx", "乙/a.xlsx"]
    assert (second.state, second.result.report, second.submission.bureau) == (State.CHECKED, "r" * 64, "文化局")
    assert count(book, results) == 1


def test_of_a_file_checked_before_the_bureau_is_known_at_once(book):
    run = start(book)
    ledger.receive(book, run, "甲/a.xlsx", digest("a"))
    finish(book, run)

    again = ledger.receive(book, run, "乙/a.xlsx", digest("a"))

    assert (again.submission.bureau, again.submission.year) == ("文化局", 2027)


def test_what_one_run_has_in_hand_another_does_not_get(book):
    first, second = start(book), start(book)
    for word in "abcde":
        ledger.receive(book, first, f"{word}.xlsx", digest(word))

    taken = [
        names(ledger.claim(book, first, 2)),
        names(ledger.claim(book, second, 2)),
        names(ledger.claim(book, first)),
    ]

    assert taken == [["a.xlsx", "b.xlsx"], ["c.xlsx", "d.xlsx"], ["e.xlsx"]]
    assert ledger.held_elsewhere(book, second) == (3, 60)


def test_a_run_does_not_touch_the_work_of_another_inbox_or_another_version(book):
    ledger.receive(book, start(book), "a.xlsx", digest("a"))

    assert ledger.claim(book, start(book, inbox="/other")) == ()
    assert ledger.claim(book, start(book, NEW_LAW)) == ()


def test_the_work_of_a_run_that_fell_silent_is_taken_over_and_that_of_a_living_one_is_not(book, clock):
    silent, living, heir = start(book), start(book), start(book)
    for word in "ab":
        ledger.receive(book, silent, f"{word}.xlsx", digest(word))
    ledger.claim(book, silent, 1), ledger.claim(book, living, 1)
    clock.forward(50)
    ledger.keep_alive(book, living)
    clock.forward(50)

    taken = ledger.claim(book, heir)

    assert [(job.submission.name, job.attempts) for job in taken] == [("a.xlsx", 2)]


def test_a_run_that_ends_frees_what_it_did_not_finish(book):
    ending, next_one = start(book), start(book)
    for word in "ab":
        ledger.receive(book, ending, f"{word}.xlsx", digest(word))
    first, _ = ledger.claim(book, ending)
    check(book, ending, first)
    ledger.end(book, ending, "磁盘空间不足")

    taken = ledger.claim(book, next_one)

    assert [(job.submission.name, job.state) for job in taken] == [
        ("a.xlsx", State.CHECKED), ("b.xlsx", State.CHECKING),
    ]  # fmt: skip


def test_the_first_result_of_a_file_stands_whoever_brings_a_second(book, clock):
    slow, quick = start(book), start(book)
    ledger.receive(book, slow, "a.xlsx", digest("a"))
    [held] = ledger.claim(book, slow)
    clock.forward(100)
    [taken] = ledger.claim(book, quick)

    check(book, quick, taken, report_of(finds=3))
    late = check(book, slow, held, report_of(finds=5))

    assert late.result.counts["error"] == 3
    assert count(book, findings) == 3
    assert ledger.returned(book, quick, taken, mail_to=["a@b.gov.cn"])
    assert not ledger.returned(book, slow, held, mail_to=["a@b.gov.cn", "c@b.gov.cn"])
    assert count(book, mails) == 1


def test_recording_twice_is_recording_once(book):
    run = start(book)
    ledger.receive(book, run, "a.xlsx", digest("a"))
    [job] = ledger.claim(book, run)

    assert check(book, run, job) == check(book, run, job)
    assert count(book, results) == 1


def test_a_file_whose_result_got_lost_is_checked_again_under_every_name_and_mailed_about_once(book):
    run = start(book)
    one, other = (ledger.receive(book, run, name, digest("a")) for name in ("甲.xlsx", "乙.xlsx"))
    finish(book, run, mail_to=["a@b.gov.cn"])

    redo(book, one)

    assert [ledger.history(book, job)[0].state for job in (one, other)] == [State.RECEIVED, State.RECEIVED]
    assert (count(book, results), count(book, findings)) == (0, 0)
    assert sorted(names(finish(book, run, mail_to=["a@b.gov.cn"]))) == ["乙.xlsx", "甲.xlsx"]
    assert (count(book, results), count(book, findings), count(book, mails)) == (1, 1, 2)


def test_a_claim_whose_answer_was_lost_is_repeated_with_the_same_answer(book):
    run = start(book)
    ledger.receive(book, run, "a.xlsx", digest("a"))
    losing = Losing(book)

    claimed = ledger.claim(losing, run)

    assert names(claimed) == ["a.xlsx"]
    assert claimed[0].attempts == 1


@dataclass(frozen=True)
class Losing(Ledger):
    """A ledger whose connection breaks once, after the commit and before the answer."""

    engine: object = None
    lost: list[bool] = field(default_factory=list)

    def __init__(self, book: Ledger) -> None:
        for name in ("engine", "clock", "patience", "name"):
            object.__setattr__(self, name, getattr(book, name))
        object.__setattr__(self, "lost", [])

    def _once(self, work: Callable, **options: bool) -> object:
        answer = super()._once(work, **options)
        if not self.lost:
            self.lost.append(True)
            raise gone()
        return answer


def gone() -> Exception:
    from sqlalchemy.exc import OperationalError

    return OperationalError("SELECT 1", {}, Exception("connection lost"), connection_invalidated=True)


def test_a_resubmission_is_linked_to_what_the_same_bureau_handed_in_before(book):
    run = start(book)
    for name, word, bureau, year in (
        ("v1.xlsx", "a", "文化局", 2027),
        ("other.xlsx", "b", "教育局", 2027),
        ("last-year.xlsx", "c", "文化局", 2026),
        ("v2.xlsx", "d", "文化局", 2027),
    ):
        job = ledger.receive(book, run, name, digest(word))
        ledger.claim(book, run)
        check(book, run, job, report_of(bureau, year))

    assert names(ledger.history(book, job)) == ["v1.xlsx", "v2.xlsx"]


def test_two_bureaus_that_say_the_same_of_themselves_in_other_divisions_are_not_linked(book):
    run = start(book)
    for name, word, division in (("a.xlsx", "a", "130102"), ("b.xlsx", "b", "130104")):
        job = ledger.receive(book, run, name, digest(word))
        ledger.claim(book, run)
        check(book, run, job, division=division)

    assert names(ledger.history(book, job)) == ["b.xlsx"]


def test_the_summary_stands_on_the_newest_file_of_every_name(book):
    run = start(book)
    for name, word in (("a.xlsx", "1"), ("b.xlsx", "2"), ("a.xlsx", "3")):
        ledger.receive(book, run, name, digest(word))
    finish(book, run)

    assert [(job.submission.name, job.submission.number) for job in ledger.standing(book, run)] == [
        ("a.xlsx", 2), ("b.xlsx", 1),
    ]  # fmt: skip


def test_a_mail_is_owed_with_the_return_and_sent_once(book):
    run = start(book)
    ledger.receive(book, run, "a.xlsx", digest("a"))
    finish(book, run, mail_to=["wenhua@sjz.gov.cn"])

    [mail] = ledger.due_mails(book, run)
    in_hand = ledger.due_mails(book, start(book))
    ledger.mail_sent(book, mail)

    assert in_hand == ledger.due_mails(book, run) == ()
    assert ledger.job_of(book, mail).submission.name == "a.xlsx"
    assert [one.sent_at for one in ledger.mails_in(book, run, MailState.SENT)] == [book.clock()]


def test_a_summary_owed_twice_is_owed_once(book):
    run = start(book)
    ledger.owe_summary(book, run, "ysc@sjz.gov.cn")
    ledger.owe_summary(book, run, "ysc@sjz.gov.cn")

    assert [(mail.about, mail.job_id) for mail in ledger.due_mails(book, run)] == [(f"run:{run.id}", None)]


def test_a_mail_put_off_is_due_again_later_under_the_same_message_id(book, clock):
    run = start(book)
    ledger.owe_summary(book, run, "ysc@sjz.gov.cn")
    [mail] = ledger.due_mails(book, run)
    ledger.mail_put_off(book, mail, "邮件服务器忙", clock() + timedelta(minutes=5))

    early = ledger.due_mails(book, run)
    clock.forward(400)
    [again] = ledger.due_mails(book, run)

    assert early == ()
    assert (again.message_id, again.attempts, again.problem) == (mail.message_id, 2, "邮件服务器忙")


def test_a_mail_that_a_killed_run_was_sending_is_doubtful_and_not_sent_again(book, clock):
    killed, next_one = start(book), start(book)
    ledger.owe_summary(book, killed, "ysc@sjz.gov.cn")
    [mail] = ledger.due_mails(book, killed)
    clock.forward(100)

    assert ledger.due_mails(book, next_one) == ()
    [doubtful] = ledger.mails_in(book, next_one, MailState.DOUBTFUL)
    assert (doubtful.id, "不会自动重发" in doubtful.problem) == (mail.id, True)


def test_a_refused_mail_is_not_tried_again(book, clock):
    run = start(book)
    ledger.owe_summary(book, run, "nobody@sjz.gov.cn")
    [mail] = ledger.due_mails(book, run)
    ledger.mail_refused(book, mail, "550 查无此人")
    clock.forward(10_000)

    assert ledger.due_mails(book, run) == ()
    assert [one.problem for one in ledger.mails_in(book, run, MailState.REFUSED)] == ["550 查无此人"]


def test_names_no_database_takes_stay_apart(book):
    run = start(book)
    broken = [b"\xb2\xa1.xlsx".decode("utf-8", "surrogateescape"), b"\xb2\xa2.xlsx".decode("utf-8", "surrogateescape")]
    odd = [*broken, "a\0b.xlsx", "长" * 5000 + "1", "长" * 5000 + "2"]

    for _ in range(2):
        jobs = {ledger.receive(book, run, name, digest(str(at))).id for at, name in enumerate(odd)}

    assert len(jobs) == 5
    assert {job.submission.number for job in ledger.claim(book, run)} == {1}


def test_moments_are_kept_in_utc_whatever_the_clock_says(book, clock):
    from zoneinfo import ZoneInfo

    clock.now = datetime(2026, 11, 23, 18, 30, tzinfo=ZoneInfo("Asia/Shanghai"))

    job = ledger.receive(book, start(book), "a.xlsx", digest("a"))

    assert job.submission.received_at == datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
    assert job.submission.received_at.tzinfo is UTC
