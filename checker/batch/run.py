"""One run over an inbox: receive what is new, have it checked, return it marked, and say what came of it."""

import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any, Protocol

from checker import ledger
from checker.batch.crew import Crew
from checker.batch.handling import Done, Office, handle
from checker.batch.inbox import Found, found
from checker.errors import Unavailable
from checker.ledger import Run, State
from checker.ledger.submissions import receive_all
from checker.ledger.work import redo
from checker.standing import is_lost

_TAKEN_IN = 16  # files of the inbox in memory at once, and waiting together for the disk
_LOOK_AGAIN = 1.0  # seconds, while another run has the rest of the work


class Screen(Protocol):
    """Whoever watches a run; called from several threads."""

    def expect(self, count: int) -> None: ...
    def done(self, done: Done) -> None: ...
    def say(self, sentence: str) -> None: ...


@contextmanager
def begun(office: Office, stopping: threading.Event | None = None) -> Iterator[Run]:
    """A run in the ledger that says it is alive until it ends; whatever it did not finish is free at once.

    One that was stopped has not come to a good end: what it brought is still news to the office.
    """
    run = ledger.start(office.ledger, office.inbox.url, office.version, office.lease)
    over, problem = threading.Event(), ""
    beat = threading.Thread(target=_beat, args=(office, run, over), daemon=True)
    beat.start()
    try:
        yield run
        problem = "stopped" if stopping and stopping.is_set() else ""
    except BaseException as error:
        problem = str(error) or type(error).__name__
        raise
    finally:
        over.set()
        beat.join()
        with suppress(Unavailable):  # then the lease ends it
            ledger.end(office.ledger, run, problem)


def _beat(office: Office, run: Run, over: threading.Event) -> None:
    while not over.wait(office.lease / 4):
        with suppress(Unavailable):
            ledger.keep_alive(office.ledger, run)


def go(office: Office, run: Run, crew: Crew, screen: Screen, stopping: threading.Event) -> tuple[Done, ...]:
    """Do all there is to do in the inbox; stopping ends it after the files in hand.

    raises: Unavailable where ledger, store or outbox fail for good; what was finished by then stays finished.
    """
    office.outbox.sweep()
    room = crew.size * 3 + 1
    with ThreadPoolExecutor(room + 1, "clerk") as clerks:
        receiving = clerks.submit(_receive, office, run, screen, stopping)
        hands: set[Future[Done | None]] = set()
        finished: list[Done] = []
        try:
            while True:
                few = len(hands) <= crew.size * 2  # several claims at once cost no more than one
                jobs = ledger.claim(office.ledger, run, room - len(hands)) if few and not stopping.is_set() else ()
                hands |= {clerks.submit(handle, office, run, crew, job, receiving, stopping) for job in jobs}
                if (
                    not hands
                    and receiving.done()
                    and (stopping.is_set() or not _wait_for_others(office, run, stopping))
                ):
                    break
                finished += _gather(hands, receiving, screen)
        except BaseException:
            stopping.set()
            raise
        return (*receiving.result(), *finished)


def _gather(hands: "set[Future[Done | None]]", receiving: "Future[Any]", screen: Screen) -> Iterator[Done]:
    """Wait until something is finished, or something new may have come in."""
    awaited: set[Future[Any]] = {*hands} if receiving.done() else {*hands, receiving}
    ready, _ = wait(awaited, timeout=None if receiving.done() else 0.05, return_when=FIRST_COMPLETED)
    for future in ready & hands:
        hands.remove(future)
        done = future.result()
        if done:
            screen.done(done)
            yield done


def _wait_for_others(office: Office, run: Run, stopping: threading.Event) -> bool:
    """Whether other runs have unfinished work of this inbox; they are given time, for one may have been killed."""
    count, seconds = ledger.held_elsewhere(office.ledger, run)
    if count:
        stopping.wait(min(max(seconds, 0.05), _LOOK_AGAIN))
    return count > 0


def _receive(office: Office, run: Run, screen: Screen, stopping: threading.Event) -> list[Done]:
    """Keep every file of the inbox in the store and enter it in the ledger; what cannot be taken is said."""
    arriving = found(office.inbox, office.settle)
    refused: list[Done] = []
    while some := list(islice(arriving, _TAKEN_IN)):
        if stopping.is_set():
            break
        taken = [one for one in some if not one.later and not one.error]
        digests = office.store.keep_all(one.content for one in taken)
        files = [(one.name, digest) for one, digest in zip(taken, digests, strict=True)]
        jobs = receive_all(office.ledger, run, files)
        for job in jobs:
            if is_lost(job):
                redo(office.ledger, job)
        screen.expect(sum(job.state is not State.RETURNED for job in jobs))
        refused += _not_taken(some, screen)
    return refused


def _not_taken(some: list[Found], screen: Screen) -> Iterator[Done]:
    for one in some:
        if one.later:
            screen.say(f"{one.name}：{one.later}。")
        elif one.error:
            done = Done(one.name, error=one.error)
            screen.expect(1)
            screen.done(done)
            yield done


def exit_code(finished: tuple[Done, ...]) -> int:
    """As of `check`: 0 nothing of severity error, 1 errors found, 2 a file could not be checked."""
    if any(done.error for done in finished):
        return 2
    return int(any(done.counts.get("error") for done in finished))
