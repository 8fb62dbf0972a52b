"""Looking things up in the ledger, on SQLite and on PostgreSQL alike."""

from dataclasses import replace

import pytest

from checker import ledger
from checker.ledger import Ledger
from checker.ledger.listing import (
    FAULTY,
    PASSED,
    UNREADABLE,
    WAITING,
    Choices,
    Wanted,
    choices,
    count,
    editions,
    find,
    inbox_of,
    listed,
    ordinals,
    run_lines,
)
from checker.report import Outcome
from tests.test_ledger import INBOX, NEW_LAW, book, check, clock, digest, names, report_of, start, url

__all__ = ["book", "clock", "url"]


@pytest.fixture
def filled(book: Ledger) -> Ledger:
    """A bureau with an error, one without, a file nobody can read, and one that waits."""
    run = start(book)
    for name, bureau, finds in (("甲/一.xlsx", "文化局", 2), ("乙/一.xlsx", "体育局", 0)):
        check(book, run, ledger.receive(book, run, name, digest(name)), report_of(bureau, finds=finds))
    locked = ledger.receive(book, run, "甲/锁_.xlsx", digest("l"))
    ledger.record(book, run, locked, Outcome("锁_.xlsx", error=("encrypted", "设有密码")))
    ledger.receive(book, run, "乙/等%.xlsx", digest("w"))
    return book


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), ["乙/等%.xlsx", "甲/锁_.xlsx", "乙/一.xlsx", "甲/一.xlsx"]),
        (Wanted(text="%"), ["乙/等%.xlsx"]),
        (Wanted(text="文化"), ["甲/一.xlsx"]),
        (Wanted(bureau="体育局"), ["乙/一.xlsx"]),
        (Wanted(division="130100", year=2027), ["乙/一.xlsx", "甲/一.xlsx"]),
        (Wanted(year=2026), []),
        (Wanted(state=WAITING), ["乙/等%.xlsx"]),
        (Wanted(state=UNREADABLE), ["甲/锁_.xlsx"]),
        (Wanted(state=FAULTY), ["甲/一.xlsx"]),
        (Wanted(state=PASSED), ["乙/一.xlsx"]),
        (Wanted(state="nonsense"), []),
        (Wanted(verdict="right", code="LN01"), ["甲/一.xlsx"]),
        (Wanted(verdict="wrong"), []),
        (Wanted(under="乙"), ["乙/等%.xlsx", "乙/一.xlsx"]),
        (Wanted(inbox="/elsewhere"), []),
        (Wanted(inbox=INBOX, under="甲", text="一"), ["甲/一.xlsx"]),
    ],
)
def test_submissions_are_found_by_what_is_known_of_them(filled, wanted, expected):
    assert names(listed(filled, wanted, 10)) == expected
    assert count(filled, wanted) == len(expected)


def test_bureaus_whose_names_differ_by_a_capital_letter_are_two(book):
    run = start(book)
    for name in ("IT中心/甲.xlsx", "it中心/乙.xlsx", "IT中心二/丙.xlsx"):
        ledger.receive(book, run, name, digest(name[:3]))

    assert names(listed(book, Wanted(under="IT中心"), 10)) == ["IT中心/甲.xlsx"]


def test_a_list_is_given_a_page_at_a_time(filled):
    assert names(listed(filled, Wanted(), 2, 1)) == ["甲/锁_.xlsx", "乙/一.xlsx"]


def test_a_file_handed_in_again_and_checked_again_is_listed_once_as_it_stands(book):
    run, later = start(book), start(book, NEW_LAW)
    first = check(book, run, ledger.receive(book, run, "a.xlsx", digest("1")))
    check(book, run, ledger.receive(book, run, "a.xlsx", digest("2")))
    newest = check(book, later, ledger.receive(book, later, "a.xlsx", digest("2")))

    [shown] = listed(book, Wanted(), 10)

    assert shown == newest
    assert [one.id for one in editions(book, newest)] == [first.id, newest.id]
    assert find(book, first.id) == first
    assert find(book, 999) is None
    assert inbox_of(book, first) == INBOX


def test_a_file_that_replaces_another_is_listed_in_its_place_and_the_other_stays_as_its_first_edition(book):
    run = start(book)
    first, other, second = (
        check(book, run, ledger.receive(book, run, name, digest(name))) for name in ("a.xlsx", "b.xlsx", "改.xlsx")
    )

    ledger.follow(book, second, first)

    assert names(listed(book, Wanted(), 10)) == ["改.xlsx", "b.xlsx"]
    assert [one.submission.name for one in editions(book, find(book, first.id))] == ["a.xlsx", "改.xlsx"]
    assert ordinals(book, (first, other, second)) == {
        first.submission.id: 1, other.submission.id: 1, second.submission.id: 2,
    }  # fmt: skip
    assert [one.submission.name for one in ledger.standing(book, run)] == ["b.xlsx", "改.xlsx"]
    assert ledger.replaced(book, run) == {"a.xlsx": ("a.xlsx",)}


def test_the_choices_are_what_occurs(filled):
    assert choices(filled) == Choices(("体育局", "文化局"), ("130100",), (2027,), ("LN01",))


def test_runs_are_listed_with_what_they_did(filled, clock):
    over = start(filled)
    ledger.end(filled, over, "磁盘已满")
    clock.forward(3600)

    second, first = run_lines(filled, 10)

    assert (first.inbox, first.files, first.ended_at, first.is_alive) == (INBOX, 3, None, False)
    assert (second.problem, second.files, second.is_alive) == ("磁盘已满", 0, False)
    assert [line.id for line in run_lines(filled, 1, 1)] == [first.id]


def test_a_remark_sent_twice_stands_there_once(filled):
    [job, *_] = listed(filled, Wanted(), 1)

    for author, words in (("王", "请补充依据"), ("王", "请补充依据"), ("李", "请补充依据"), ("王", "<b>另</b>")):
        ledger.comment(filled, job.submission.id, author, words)

    said = ledger.comments_on(filled, [job.submission.id])
    assert [(one.author, one.words) for one in said] == [
        ("王", "请补充依据"), ("李", "请补充依据"), ("王", "<b>另</b>"),
    ]  # fmt: skip
    assert replace(said[0], id=said[1].id, author="李") == replace(said[1], written_at=said[0].written_at)
