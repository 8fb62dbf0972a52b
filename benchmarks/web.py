"""What the pages bear: fifty clients uploading at once, with and without bombs among their files.

python -m benchmarks.web [SECONDS]      rewrites docs/benchmarks-web.md; a minute each unless said otherwise
"""

import asyncio
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import psutil

from benchmarks import lines, workbooks
from benchmarks.bombs import BOMBS
from benchmarks.web_page import PAGE, page
from checker.terms import Verdict
from tests.served import Served, start

CLIENTS, LINES, DISTINCT, EVERY = 50, 200, 40, 20
PAUSE = 0.2  # between two looks at a page
ROUNDS = (
    ("checks", False),
    ("checks", True),
    ("submissions", True),
)  # what is done with the files, and are there bombs
RESULTS = Path(__file__).parent / "results" / "web.json"
Row = dict[str, Any]


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60.0
    files = list(_files())
    for bomb in BOMBS:
        bomb(files[0])  # made once, before anybody waits
    measured = [_measure(files, seconds, what, with_bombs) for what, with_bombs in ROUNDS]
    known = {
        "machine": {"cores": os.cpu_count(), "system": platform.system(), "python": platform.python_version()},
        "on": datetime.now(UTC).date().isoformat(),
        "clients": CLIENTS,
        "lines": LINES,
        "measured": measured,
    }
    RESULTS.write_text(json.dumps(known, ensure_ascii=False, indent=1) + "\n", "utf-8")
    PAGE.write_text(page(known), "utf-8")
    print(json.dumps(measured, indent=1))


def _used(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _files() -> list[bytes]:
    """Workbooks with texts of their own."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(DISTINCT):
            workbooks.write(path := Path(folder) / "a.xlsx", lines.lines(LINES, seed=seed), LINES)
            found.append(path.read_bytes())
    return found


def _measure(files: list[bytes], seconds: float, what: str, with_bombs: bool) -> Row:
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as home:
        server = start(Path(home) / "web")
        try:
            used = time.process_time()
            row = asyncio.run(_run(server, files, seconds, what, with_bombs))
            serving = psutil.Process(server.process.pid)
            row["processor_seconds"] = {
                "clients": round(time.process_time() - used, 1),
                "pages": round(_used(serving), 1),
                "workers": round(sum(map(_used, serving.children(recursive=True))), 1),
            }
        finally:
            server.kill()
    return {"what": what, "bombs": with_bombs, "load_before": round(before, 1)} | row


async def _run(server: Served, files: list[bytes], seconds: float, what: str, with_bombs: bool) -> Row:
    numbers, taken, looks, wrong = count(), [], [], Counter[str]()
    limits = httpx2.Limits(max_connections=CLIENTS + 10)
    async with httpx2.AsyncClient(base_url=server.address, timeout=180, limits=limits) as client:
        first = await _upload(client, "checks", "first.xlsx", files[0])
        begin = time.perf_counter()
        end = begin + seconds

        async def upload() -> None:
            while time.perf_counter() < end:
                number = next(numbers)
                if with_bombs and number % EVERY == EVERY - 1:
                    bomb = BOMBS[number // EVERY % len(BOMBS)]
                    await _upload(client, what, f"bomb-{number}.xlsx", bomb(files[0]), wait=False)
                    wrong["bombs"] += 1
                    continue
                started = time.perf_counter()
                told = await _upload(client, what, f"{number}.xlsx", _unlike(files[number % DISTINCT], number))
                taken.append(time.perf_counter() - started)
                if told.get("status") != "checked" or _lines(told) != LINES:
                    wrong["errors"] += 1

        async def look() -> None:
            places = ["/", "/checks", f"/checks/{first['id']}", "/plans", "/codes/LV01"]
            for number in count():
                if time.perf_counter() >= end:
                    return
                started = time.perf_counter()
                answer = await client.get(places[number % len(places)])
                looks.append(time.perf_counter() - started)
                wrong["pages"] += answer.status_code != 200
                await asyncio.sleep(PAUSE)

        await asyncio.gather(look(), *(upload() for _ in range(CLIENTS)))
        whole = time.perf_counter() - begin
        done = await _kept(client, what)
    return {
        "seconds": round(whole, 1),
        "uploads": len(taken),
        "a_second": round(len(taken) / whole, 2),
        "bombs_sent": wrong["bombs"],
        "errors": wrong["errors"] + wrong["pages"],
        "lost": len(taken) - done,
        "seconds_to_result": _spread(taken),
        "looks": len(looks),
        "seconds_to_page": _spread(looks),
    }


async def _upload(client: httpx2.AsyncClient, what: str, name: str, content: bytes, wait: bool = True) -> Row:
    answer = await client.post(f"/api/v1/{what}", params={"wait": wait}, files={"file": (name, content)})
    told: Row = answer.json()
    return told


def _lines(told: Row) -> int:
    """How many lines were judged."""
    counts = told["report"]["counts"] if "report" in told else told["counts"]
    return sum(counts[verdict] for verdict in Verdict)


async def _kept(client: httpx2.AsyncClient, what: str) -> int:
    """How many of the sound files are there, checked, when all is over."""
    if what == "checks":
        kept = (await client.get("/api/v1/checks")).json()
    else:
        first = (await client.get("/api/v1/submissions")).json()
        pages = range(1, first["pages"] + 1)
        kept = [
            one
            for page in pages
            for one in (await client.get(f"/api/v1/submissions?page={page}")).json()["submissions"]
        ]
    return sum(one["status"] == "checked" and one["file"][0].isdigit() for one in kept)


def _unlike(content: bytes, number: int) -> bytes:
    """The same workbook in other bytes: with a comment at the end of the package."""
    note = b"%06d" % number
    return content[:-2] + len(note).to_bytes(2, "little") + note


def _spread(taken: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(taken, n=100)
    return {f"p{part}": round(cuts[part - 1], 3) for part in (50, 95, 99)} | {"worst": round(max(taken), 3)}


if __name__ == "__main__":
    main()
