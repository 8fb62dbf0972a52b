"""Everything measured, side by side in one run → benchmarks/results/*.json, the plots and docs/benchmarks.md.

python -m benchmarks.run [--sizes 200,2000,20000,200000] [--repeat 3] [--name NAME]
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.draw import draw
from benchmarks.lines import DISTINCT, FAULTY, lines
from benchmarks.workbooks import write

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results"
BIN = Path(sys.executable).parent
# The largest size each contestant is asked for: beyond it, one run would take minutes and all the memory.
_LARGEST = {"usual": 200_000, "frictionless": 20_000}
_CONTESTANTS = ("checker", "usual", "frictionless", "limit", "calamine")
_REPEATED_UP_TO = 20_000  # larger ones once, or as often as --large says


def main() -> None:
    asked = _arguments()
    figures: dict[str, Any] = {"machine": _machine(), "workload": {"distinct": DISTINCT, "faulty": FAULTY}}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        figures["sizes"] = {
            str(size): _measured(Path(folder), size, asked.repeat if size <= _REPEATED_UP_TO else asked.large)
            for size in asked.sizes
        }
        figures["start-up"] = _start_up(Path(folder), asked.repeat)
        figures["in a running process"] = _running(Path(folder))
        figures["judging"] = _judging()
        figures["marking"] = _marking(Path(folder), asked.repeat)
    figures["machine"]["load at the end"] = os.getloadavg()
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{asked.name}.json"
    path.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", "utf-8")
    draw(path)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=lambda text: [int(one) for one in text.split(",")], default=[200, 2000, 20000])
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--large", type=int, default=1, help="times each size above 20,000 is run")
    parser.add_argument("--name", default="latest")
    return parser.parse_args()


def _machine() -> dict[str, Any]:
    return {
        "date": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        "python": platform.python_version(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load at the start": os.getloadavg(),
    }


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    found = path.read_text("utf-8").split("model name\t: ") if path.is_file() else []
    return found[1].split("\n")[0] if len(found) > 1 else platform.processor()


def _measured(folder: Path, size: int, repeat: int) -> dict[str, list[dict[str, Any]]]:
    """Every contestant in its own process, in turn, as often as asked."""
    source = folder / f"{size}.xlsx"
    write(source, lines(size), size)
    taking_part = [name for name in _CONTESTANTS if size <= _LARGEST.get(name, size)]
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in taking_part}
    for turn in range(repeat):
        for name in taking_part:
            found[name].append(_run(name, source, folder / "marked.xlsx"))
            print(
                f"{size:>9,} {name:<13} {turn + 1}/{repeat} {found[name][-1]['processor']['process']:8.2f} s",
                flush=True,
            )
    return found


def _run(name: str, source: Path, target: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.contestants", name, str(source), str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def _start_up(folder: Path, repeat: int) -> dict[str, dict[str, float]]:
    """The command from the shell, medians: of the clock, and of the processor."""
    source = folder / "start.xlsx"
    write(source, lines(200), 200)
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "checker --version": [BIN / "checker", "--version"],
        "checker --help": [BIN / "checker", "--help"],
        "checker check (200 lines)": [BIN / "checker", "check", source, "-o", folder / "out"],
    }
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(max(repeat, 7)):
        for name, command in commands.items():
            found[name].append(_timed_command([str(word) for word in command]))
    return {
        name: {"wall": statistics.median(w for w, _ in times), "processor": statistics.median(p for _, p in times)}
        for name, times in found.items()
    }


def _timed_command(command: list[str]) -> tuple[float, float]:
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, capture_output=True, check=False)
    wall, after = time.perf_counter() - start, os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, spent


def _running(folder: Path, times: int = 30) -> dict[str, float]:
    """A workbook of 200 lines checked and marked in a process that has done others before."""
    import checker
    from checker import rulebook

    plans, contents = rulebook.load(), []
    for seed in range(times + 3):  # each another workbook: what is remembered of texts must not flatter us
        path = folder / f"running-{seed}.xlsx"
        write(path, lines(200, seed=seed), 200)
        contents.append(path.read_bytes())
    found = list(_each_timed(checker, plans, contents))[3:]
    return {"wall": statistics.median(w for w, _ in found), "processor": statistics.median(p for _, p in found)}


def _each_timed(checker: Any, plans: Any, contents: list[bytes]) -> Iterator[tuple[float, float]]:
    for content in contents:
        wall, processor = time.perf_counter(), time.process_time()
        checker.annotate(content, checker.check(content, plans))
        yield time.perf_counter() - wall, time.process_time() - processor


def _marking(folder: Path, repeat: int, size: int = 20_000) -> dict[str, dict[str, float]]:
    """Marking alone, beside openpyxl's load, edit and save, in turn; medians of the processor, the highest peak."""
    import pickle

    import checker
    from benchmarks.marking import light
    from checker import rulebook

    source, report = folder / f"{size}.xlsx", folder / "report.pickle"
    write(source, lines(size), size)
    report.write_bytes(pickle.dumps(light(checker.check(source.read_bytes(), rulebook.load()))))
    found: dict[str, list[dict[str, float]]] = {"ours": [], "openpyxl": []}
    for _ in range(repeat):
        for name, runs in found.items():
            command = [sys.executable, "-m", "benchmarks.marking", name, source, report, folder / "marked.xlsx"]
            done = subprocess.run([str(word) for word in command], cwd=ROOT, capture_output=True, text=True, check=True)
            runs.append(json.loads(done.stdout))
    return {
        name: {
            "lines": size,
            "processor": statistics.median(run["processor"] for run in runs),
            "peak_mb": max(run["peak_mb"] for run in runs),
        }
        for name, runs in found.items()
    }


def _judging(count: int = 200_000) -> dict[str, dict[str, float]]:
    """Lines recognised and judged on one core, by the share of texts that occur nowhere else."""
    from checker import rulebook
    from checker.judgement import judge_all
    from checker.terms import Level, Line

    plans, known = rulebook.load().in_force("石家庄市", 2027), {level.value: level for level in Level}
    taken = ("name", "content", "basis", "nature", "scope", "mode", "bureau", "division")
    found = {}
    for share, number in ((0.01, count), (DISTINCT, count), (1.0, count // 20)):
        judged = [
            Line(
                **{name: str(line.get(name, "")) for name in taken},
                bureau_level=known.get(str(line["bureau_level"])),
                charged_level=known.get(str(line["charged_level"])),
                own_funds=round(float(line["own_funds"]) * 1_000_000),
                transfer=round(float(line.get("transfer", 0)) * 1_000_000) or None,
            )
            for line in lines(number, distinct=share)
        ]
        wall, processor = time.perf_counter(), time.process_time()
        judge_all(judged, plans)
        spent = {"wall": time.perf_counter() - wall, "processor": time.process_time() - processor}
        found[f"{share:g}"] = {"lines": number, **spent}
        print(f"judging {number:,} lines, {share:.0%} distinct: {spent['processor']:.2f} s", flush=True)
    return found


if __name__ == "__main__":
    main()
