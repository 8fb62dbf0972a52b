"""A cron expression → runs at those moments: a missed one once, an overlapping one after the other, until stopped."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger

from checker.errors import BadConfig

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")  # as cron counts them; 0 and 7 are Sunday
_HELP = "五段依次是分 时 日 月 周，例如 30 18 * * 1-5 是周一至周五 18:30。"


def trigger(expression: str, timezone: str) -> CronTrigger:
    """The moments of a crontab line; raises BadConfig."""
    parts = expression.split()
    if len(parts) != 5:
        raise BadConfig(f"定时表达式“{expression}”应有五段。{_HELP}")
    minute, hour, day, month, weekday = parts
    if day != "*" and weekday != "*":
        raise BadConfig(f"定时表达式“{expression}”不能同时限定日和周。{_HELP}")
    try:
        return CronTrigger(
            minute=minute, hour=hour, day=day, month=month, day_of_week=_weekdays(weekday), timezone=_zone(timezone)
        )
    except (ValueError, IndexError) as cause:
        raise BadConfig(f"定时表达式“{expression}”不能用。{_HELP}") from cause


def _weekdays(field: str) -> str:
    """APScheduler counts from Monday as 0 and cron from Sunday: the days are given by name."""
    if field == "*" or field.isalpha():
        return field.lower()
    days: set[str] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        begin, end = (0, 6) if span == "*" else (_day(first), _day(last or first))
        days |= {_DAYS[number] for number in range(begin, end + 1, int(step or 1))}
    if not days:
        raise ValueError(field)
    return ",".join(sorted(days))


def _day(text: str) -> int:
    number = _DAYS.index(text.lower()) if text.isalpha() else int(text)
    if not 0 <= number < len(_DAYS):
        raise ValueError(text)
    return number


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as cause:
        raise BadConfig(f"没有时区 {name}。国内请写 Asia/Shanghai。") from cause


def was_missed(moments: CronTrigger, last: datetime | None, now: datetime | None = None) -> bool:
    """Whether a moment passed since the last run began; before the first run none was missed."""
    if last is None:
        return False
    due = moments.get_next_fire_time(None, last)
    return due is not None and due <= (now or datetime.now(UTC))


def keep_running(
    moments: CronTrigger, run: Callable[[], object], stopping: threading.Event, *, at_once: bool = False
) -> None:
    """Run at every moment, one after the other, until stopping is set and the run in hand has ended.

    A moment that comes while a run is on waits for it; several that were missed (machine asleep) become one.
    """
    scheduler = BackgroundScheduler(
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": None},
        timezone=moments.timezone,
    )
    scheduler.add_job(run, moments)
    if at_once:
        scheduler.add_job(run)
    scheduler.start()
    stopping.wait()
    scheduler.shutdown(wait=True)
