"""The figures of benchmarks/results/web.json → docs/benchmarks-web.md."""

from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks-web.md"
_DONE = {"checks": "只核查", "submissions": "报送（进台账和存档）"}
_INTRODUCTION = """# 网页在压力下的表现

由 `make bench-web` 测出并写成，数字存在 `benchmarks/results/web.json`。

本机上一个 `checker serve`（每核一个核查进程），{clients} 个客户端各自不停上传 {lines} 行的工作簿，收到结果再传下一份；
与此同时每 0.2 秒打开一个页面（首页、我的结果、一份结果、划分方案、疑点代码轮流）。每次上传的字节都不相同。
夹有炸弹的两轮里每 20 份夹一个“炸弹”，轮流为：
3 MB 压缩包解开有 3 GB；30 万行、解开 100 MB 以上、逐项都合规的工作表；只有一半的文件。
客户端与服务端抢同样的核，机器上别的负载也计在内；“按处理器时间折算”是核数 ÷ 每份所用的处理器时间
（夹有炸弹的，炸弹所用也算进去），是机器空闲时的上限。
"""


def page(known: dict[str, Any]) -> str:
    machine = known["machine"]
    return "\n\n".join((
        _INTRODUCTION.format(**known).strip(),
        f"机器：{machine['cores']} 核，{machine['system']}，Python {machine['python']}。测于 {known['on']}。",
        _table(known["measured"], machine),
    )) + "\n"  # fmt: skip


def _table(rows: list[dict[str, Any]], machine: dict[str, Any]) -> str:
    titles = ["", *(_DONE[row["what"]] + ("，夹有炸弹" if row["bombs"] else "") for row in rows)]
    shown = [titles, ["---"] + ["--:"] * len(rows)]
    for label, told in (
        ("开始时的负载", lambda row: f"{row['load_before']:.1f}"),
        ("核查完的工作簿", lambda row: f"{row['uploads']:,}"),
        ("每秒", lambda row: f"{row['a_second']:.1f}"),
        ("按处理器时间折算，每秒", lambda row: f"{_by_processor(row, machine['cores']):.1f}"),
        ("夹带的炸弹", lambda row: str(row["bombs_sent"])),
        ("出错", lambda row: str(row["errors"])),
        ("丢失", lambda row: str(row["lost"])),
        ("从上传到结果 p50 / p95 / p99", lambda row: _spread(row["seconds_to_result"])),
        ("所用处理器秒数：核查进程 + 网页进程 + 客户端", lambda row: _processor(row["processor_seconds"])),
        ("打开页面的次数", lambda row: str(row["looks"])),
        ("打开页面 p50 / p95 / p99", lambda row: _spread(row["seconds_to_page"])),
    ):
        shown.append([label, *(told(row) for row in rows)])
    return "\n".join("| " + " | ".join(line) + " |" for line in shown)


def _by_processor(row: dict[str, Any], cores: int) -> float:
    """What the machine would do with nothing else on it."""
    return float(cores * row["uploads"] / sum(row["processor_seconds"].values()))


def _processor(used: dict[str, float]) -> str:
    return " + ".join(f"{used[part]:.0f}" for part in ("workers", "pages", "clients"))


def _spread(found: dict[str, float]) -> str:
    return " / ".join(_time(found[part]) for part in ("p50", "p95", "p99"))


def _time(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
