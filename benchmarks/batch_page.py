"""The figures of benchmarks/results/batch.json → docs/benchmarks-batch.md."""

from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks-batch.md"
_CREWS = {"1 worker": "1 个进程", "2 workers": "2 个进程", "cluster of 2": "dask 集群，2 个工作进程"}
_SIZES = {"200 x 200 lines": "200 份 × 200 行", "60 x 5,000 lines": "60 份 × 5,000 行"}
_STAGES = {
    "read and validate": "读取和校验", "— of it pandera": "　其中 pandera", "judge": "判定级次", "checks": "其他核查",
    "mark": "标注", "report as JSON": "结果写成 JSON", "store": "存档", "ledger": "台账", "rest": "其余",
}  # fmt: skip
_INTRODUCTION = """# 批量核查的速度和内存

由 `make bench-batch` 测出并写成，数字存在 `benchmarks/results/batch.json`。

从收件文件夹到发件文件夹的全过程：收件、存档、记台账、读取、pandera 校验、判定、核查、标注、写回发件文件夹。
每份工作簿的文字各不相同（约一成明细的文字不重复），取自有标签的真实写法，夹有错填。工作进程先启动好再计时。

“每秒份数”是当时的钟表时间，机器上有别的负载时会偏低；“按处理器时间折算”是核数 ÷ 每份所用处理器时间，
是核都用满时的上限；机器忙时处理器时间本身也会变长。两者一并列出，负载是开始前一分钟的平均值。
"""


def page(known: dict[str, Any]) -> str:
    """The whole page; parts that were not measured yet are left out."""
    machine = known["machine"]
    parts = [_INTRODUCTION, f"机器：{machine['cores']} 核，{machine['system']}，Python {machine['python']}。"]
    for name, tables in (("speed", _speed), ("stages", _stages), ("memory", _memory)):
        if name in known:
            parts.append(tables(known[name]["measured"]))
            parts.append(f"测于 {known[name]['on']}，开始时负载 {known[name]['load_before']:.1f}。")
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _table(titles: list[str], rows: list[list[str]]) -> str:
    lines = [titles, ["---"] + ["--:"] * (len(titles) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _speed(rows: list[dict[str, Any]]) -> str:
    titles = ["规模", "由谁做", "每秒份数", "按处理器时间折算", "目标（2 核）", "每份处理器时间", "用上的核", "负载"]
    shown = [
        [
            _SIZES[row["size"]], _CREWS[row["crew"]], f"{row['a_second']:.1f}", f"{row['a_second_by_processor']:.1f}",
            str(row["target"]) if row["crew"] != "1 worker" else "—", f"{row['processor_seconds'] * 1000:.1f} ms",
            f"{row['cores_busy']:.2f}", f"{row['load_before']:.1f}",
        ]
        for row in rows
    ]  # fmt: skip
    return "\n\n".join(("## 速度", _table(titles, shown), _against_the_targets(rows)))


def _against_the_targets(rows: list[dict[str, Any]]) -> str:
    """Said for each size by the better of the two figures: an idle machine would do no less."""
    told = []
    for size, label in _SIZES.items():
        best = max(
            (max(row["a_second"], row["a_second_by_processor"]), row["target"]) for row in rows if row["size"] == size
        )
        told.append(f"{label}：最好 {best[0]:.1f}，目标 {best[1]}，{'达到' if best[0] >= best[1] else '没有达到'}。")
    return "".join(told)


def _stages(rows: list[dict[str, Any]]) -> str:
    """A column a size, the costliest stage of small workbooks first."""
    found = {(row["stage"], row["size"]): row for row in rows}
    titles = ["环节", *(f"{label}：{what}" for label in _SIZES.values() for what in ("份额", "每份"))]
    shown = [
        [label]
        + [
            text
            for size in _SIZES
            if (row := found.get((stage, size), {"share": 0.0, "milliseconds": 0.0}))
            for text in (f"{row['share']:.1%}", f"{row['milliseconds']:.2f} ms")
        ]
        for stage, label in _STAGES.items()
    ]
    return "## 时间用在哪里\n\n一个进程做完全部，按各环节自己所用的处理器时间。\n\n" + _table(titles, shown)


def _memory(measured: dict[str, Any]) -> str:
    shown = [
        [f"{row['workbooks']:,}", str(sum(row["megabytes"])), " + ".join(map(str, row["megabytes"]))]
        for row in measured["held"]
    ]
    last = measured["summary"]
    return "\n\n".join((
        "## 内存",
        f"2 个进程核查 2,000 份 × 200 行，每秒 {measured['a_second']:.1f} 份。每核查完 200 份看一次占用的内存。",
        _table(["已核查", "合计 MB", "主进程 + 各子进程"], shown),
        (f"最后的汇总工作簿涵盖全部 40 万行：{last['seconds']:.0f} 秒处理器时间，{last['megabytes']:.1f} MB，"
        f"做完后主进程占 {last['held']:.0f} MB。"),
    ))  # fmt: skip
