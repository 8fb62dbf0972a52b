"""benchmarks/results/*.json → docs/pictures/speed-*.png and docs/benchmarks.md."""

import json
import math
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
PAGE = ROOT / "docs" / "benchmarks.md"
NOTES = Path(__file__).parent / "notes.md"  # what the figures mean, written by hand
_STAGES = ("import", "read", "validate", "judge", "check", "rest", "mark")
_NAMES = {
    "checker": "checker: read, validate, judge, check, mark",
    "usual": "pandas + pandera + openpyxl: read, validate, mark",
    "frictionless": "frictionless: read, validate",
    "limit": "limit of marking: inflate, parse, deflate",
    "calamine": "calamine: read",
}


def draw(path: Path) -> None:
    """Everything that is drawn from one run."""
    figures = json.loads(path.read_text("utf-8"))
    _plots(figures)
    PAGE.write_text(_page(figures), "utf-8")


def _median(runs: list[dict[str, Any]], clock: str, stage: str) -> float:
    return statistics.median(run[clock].get(stage, 0.0) for run in runs)


def _sizes(figures: dict[str, Any], name: str) -> list[tuple[int, list[dict[str, Any]]]]:
    return [(int(size), found[name]) for size, found in figures["sizes"].items() if name in found]


def slope(points: list[tuple[int, float]]) -> float:
    """The power of the number of lines that the cost grows with: least squares over logarithms."""
    xs, ys = [math.log(lines) for lines, _ in points], [math.log(cost) for _, cost in points]
    middle, level = statistics.mean(xs), statistics.mean(ys)
    across = sum((x - middle) ** 2 for x in xs)
    return sum((x - middle) * (y - level) for x, y in zip(xs, ys, strict=True)) / across


def own_cost(figures: dict[str, Any]) -> list[tuple[int, float]]:
    """Processor seconds of ours beyond its imports, by lines, from 2,000 lines on: below, nothing but fixed costs."""
    return [
        (size, _median(runs, "processor", "whole check") + _median(runs, "processor", "mark"))
        for size, runs in _sizes(figures, "checker")
        if size >= 2_000
    ]


def _stages(runs: list[dict[str, Any]]) -> dict[str, float]:
    """Median processor seconds by stage; validate is a part of read, and judge and check of the whole check."""
    found = {
        name: _median(runs, "processor", name) for name in ("import", "rulebook", "validate", "judge", "check", "mark")
    }
    found["read"] = _median(runs, "processor", "read") - found["validate"]
    inside = ("read", "validate", "judge", "check")
    found["rest"] = (
        _median(runs, "processor", "whole check") - sum(found[name] for name in inside) + found.pop("rulebook")
    )
    return {name: found[name] for name in _STAGES}


def _plots(figures: dict[str, Any]) -> None:
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    for clock, stage, title, unit in (
        ("processor", "process", "Whole process, processor time", "s"),
        ("peak", "", "Peak memory", "MB"),
    ):
        figure, axes = plt.subplots(figsize=(7, 4), dpi=90)
        for name, label in _NAMES.items():
            points = [
                (
                    size,
                    statistics.median(r["peak_mb"] for r in runs) if clock == "peak" else _median(runs, clock, stage),
                )
                for size, runs in _sizes(figures, name)
            ]
            if clock != "peak" or name in ("checker", "usual", "frictionless", "calamine"):
                axes.plot(*zip(*points, strict=True), marker="o", label=label)
        axes.set(xscale="log", yscale="log", xlabel="lines", ylabel=unit, title=title)
        axes.grid(alpha=0.3, which="both")
        axes.legend(fontsize=7)
        figure.tight_layout()
        figure.savefig(PICTURES / f"speed-{'memory' if clock == 'peak' else 'time'}.png", metadata={"Software": None})
    figure, axes = plt.subplots(figsize=(7, 3), dpi=90)
    sizes = _sizes(figures, "checker")
    left = [0.0] * len(sizes)
    for stage in _STAGES:
        shares = [_stages(runs)[stage] / sum(_stages(runs).values()) * 100 for _, runs in sizes]
        axes.barh([f"{size:,}" for size, _ in sizes], shares, left=left, label=stage)
        left = [done + share for done, share in zip(left, shares, strict=True)]
    axes.set(xlabel="% of processor time", ylabel="lines", title="Where the checker's time goes")
    axes.legend(fontsize=7, ncols=len(_STAGES), loc="upper center", bbox_to_anchor=(0.5, -0.2))
    figure.tight_layout()
    figure.savefig(PICTURES / "speed-stages.png", metadata={"Software": None})


def _page(figures: dict[str, Any]) -> str:
    parts = (
        "# How fast it is\n",
        "Written by `make bench` from one run; do not edit (`benchmarks/notes.md` holds the text).\n",
        NOTES.read_text("utf-8"),
        "## Side by side\n",
        *_side_by_side(figures),
        "\n![](pictures/speed-time.png)\n![](pictures/speed-memory.png)\n",
        "## Where the time goes (processor seconds, medians)\n",
        *_where(figures),
        f"\nThe cost grows with lines to the power of {slope(own_cost(figures)):.2f} "
        "(fitted from 2,000 lines on, imports left out; 1 is linear).\n"
        if len(own_cost(figures)) > 1
        else "",
        "![](pictures/speed-stages.png)\n",
        "## Marking beside its limit (processor seconds)\n",
        *_marking(figures),
        "\n## Marking alone, one line in fifty with findings\n",
        *_marking_alone(figures["marking"]),
        "\n## Start-up, small workbooks, judging\n",
        *_small(figures),
        "\n## Machine\n",
        *(f"- {name}: {value}" for name, value in figures["machine"].items()),
    )
    return "\n".join(parts) + "\n"


def _side_by_side(figures: dict[str, Any]) -> Iterator[str]:
    yield "| lines | contestant | runs | processor s | clock s | peak MB | times the checker's processor time |"
    yield "|--:|---|--:|--:|--:|--:|--:|"
    for size, found in figures["sizes"].items():
        ours = _median(found["checker"], "processor", "process")
        for name, runs in found.items():
            spent, clock = _median(runs, "processor", "process"), _median(runs, "wall", "whole")
            peak = statistics.median(run["peak_mb"] for run in runs)
            cells = (f"{int(size):,}", _NAMES[name], len(runs), f"{spent:.2f}", f"{clock:.2f}", f"{peak:.0f}")
            yield f"| {' | '.join(map(str, cells))} | {spent / ours:.2f} |"


def _where(figures: dict[str, Any]) -> Iterator[str]:
    yield f"| lines | {' | '.join(_STAGES)} |"
    yield f"|--:|{'--:|' * len(_STAGES)}"
    for size, runs in _sizes(figures, "checker"):
        yield f"| {size:,} | {' | '.join(f'{spent:.3f}' for spent in _stages(runs).values())} |"


def _marking(figures: dict[str, Any]) -> Iterator[str]:
    yield "| lines | checker's marking | limit | ratio | openpyxl: read and mark | times ours |"
    yield "|--:|--:|--:|--:|--:|--:|"
    for size, found in figures["sizes"].items():
        mark = _median(found["checker"], "processor", "mark")
        limit = sum(_median(found["limit"], "processor", stage) for stage in ("inflate", "parse", "deflate"))
        usual = found.get("usual")
        theirs = sum(_median(usual, "processor", stage) for stage in ("read", "mark")) if usual else math.nan
        shown = (f"{theirs:.2f}", f"{theirs / mark:.1f}") if usual else ("—", "—")
        yield f"| {int(size):,} | {mark:.3f} | {limit:.3f} | {mark / limit:.1f} | {' | '.join(shown)} |"


def _marking_alone(marking: dict[str, dict[str, float]]) -> Iterator[str]:
    yield "| lines | who | processor s | peak MB | times ours |"
    yield "|--:|---|--:|--:|--:|"
    names = {"ours": "checker: annotate", "openpyxl": "openpyxl: load, edit, save"}
    for name, spent in marking.items():
        ratio = spent["processor"] / marking["ours"]["processor"]
        cells = (f"{spent['lines']:,}", names[name], f"{spent['processor']:.2f}", f"{spent['peak_mb']:.0f}")
        yield f"| {' | '.join(cells)} | {ratio:.1f} |"


def _small(figures: dict[str, Any]) -> Iterator[str]:
    yield "| what | clock ms | processor ms |"
    yield "|---|--:|--:|"
    small = {
        **figures["start-up"],
        "200 lines checked and marked in a running process": figures["in a running process"],
    }
    for name, spent in small.items():
        yield f"| {name} | {spent['wall'] * 1000:.0f} | {spent['processor'] * 1000:.0f} |"
    yield "\n| judging: lines | texts of their own | clock s | processor s | µs a line |\n|--:|--:|--:|--:|--:|"
    for share, spent in figures["judging"].items():
        each = spent["processor"] / spent["lines"] * 1e6
        cells = (
            f"| {spent['lines']:,} | {float(share):.0%} | {spent['wall']:.2f} | {spent['processor']:.2f} | {each:.0f} |"
        )
        yield cells


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
