"""Runs by the clock: the days cron means, a missed run once, overlapping ones in turn, a stop in good order."""

import threading
import time
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.interval import IntervalTrigger

from checker.batch.schedule import keep_running, trigger, was_missed
from checker.errors import BadConfig

CHINA = ZoneInfo("Asia/Shanghai")
SCHEDULES = Path(__file__).parent.parent / "docs" / "schedule"


def days(expression: str) -> list[str]:
    """The weekdays of a week on which it runs, from Monday, 2026-11-23."""
    moments, at, found = trigger(expression, "Asia/Shanghai"), datetime(2026, 11, 23, tzinfo=CHINA), []
    while (at := moments.get_next_fire_time(at, at)) and at < datetime(2026, 11, 30, tzinfo=CHINA):
        found.append(f"{at:%a %H:%M}")
    return found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("30 18 * * 1-5", ["Mon 18:30", "Tue 18:30", "Wed 18:30", "Thu 18:30", "Fri 18:30"]),
        ("0 8 * * 0", ["Sun 08:00"]),
        ("0 8 * * 7", ["Sun 08:00"]),
        ("0 8 * * mon,fri", ["Mon 08:00", "Fri 08:00"]),
        ("0 8 * * 1-6/2", ["Mon 08:00", "Wed 08:00", "Fri 08:00"]),
        ("0 8,20 * * 6", ["Sat 08:00", "Sat 20:00"]),
    ],
)
def test_the_days_are_counted_as_cron_counts_them(expression, expected):
    assert days(expression) == expected


@pytest.mark.parametrize("expression", ["", "30 18", "61 18 * * *", "0 8 1 * 1", "0 8 * * 8", "0 8 * * x-y"])
def test_an_expression_that_cannot_be_meant_is_refused_with_an_example(expression):
    with pytest.raises(BadConfig, match="例如 30 18"):
        trigger(expression, "Asia/Shanghai")


def test_an_unknown_time_zone_is_refused():
    with pytest.raises(BadConfig, match="没有时区"):
        trigger("0 8 * * *", "Asia/Shijiazhuang")


def test_a_moment_that_passed_while_nothing_ran_was_missed():
    moments, now = trigger("30 18 * * *", "Asia/Shanghai"), datetime(2026, 11, 24, 9, tzinfo=CHINA)

    assert was_missed(moments, datetime(2026, 11, 22, 18, 30, tzinfo=CHINA), now)
    assert not was_missed(moments, datetime(2026, 11, 23, 18, 31, tzinfo=CHINA), now)
    assert not was_missed(moments, None, now)


def test_a_moment_that_comes_during_a_run_waits_for_its_end_and_a_stop_waits_for_the_run_in_hand():
    running, overlaps, ended = [], [], []
    stopping = threading.Event()

    def run() -> None:
        running.append(1)
        overlaps.append(len(running))
        time.sleep(0.25)
        running.pop()
        ended.append(1)
        if len(ended) == 3:
            stopping.set()

    keep_running(IntervalTrigger(seconds=0.1, timezone=CHINA), run, stopping, at_once=True)

    assert len(ended) >= 3
    assert (set(overlaps), running) == ({1}, [])


def test_the_ready_made_schedules_call_the_command_we_have():
    ours = {path.name: path.read_bytes() for path in SCHEDULES.iterdir()}
    task = ET.fromstring(ours.pop("windows-task.xml"))  # UTF-16, as Windows writes it itself

    assert set(ours) == {"checker.service", "checker.timer", "crontab"}
    assert b"checker batch --config checker.toml" in ours["checker.service"]
    assert b"checker batch --config checker.toml" in ours["crontab"]
    assert [node.text for node in task.iter() if node.tag.endswith("Arguments")] == ["batch --config checker.toml"]
