"""A seed and a number → that many lines as bureaus fill them in, with realistic repetition and faults."""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from checker.terms import Level

Line = dict[str, str | float]

DISTINCT = 0.1  # of the lines have a text (name, content, basis) of their own; the others repeat one
FAULTY = 0.05  # of the lines have a cell that is blank, malformed or does not add up
_WRONG = 0.05  # of the texts are charged to another level than their label's
_DOUBTFUL = 0.04  # of the texts are such as people left undecided
_OUTSIDE = 0.15  # of the texts are of other domains, running costs among them
_LABELLED = sorted((Path(__file__).parent.parent / "tests" / "lines").glob("*.csv"))
_SHARES = {"ok": 1 - _WRONG - _DOUBTFUL - _OUTSIDE, "wrong_level": _WRONG, "needs_review": _DOUBTFUL}
_BUREAUS = [
    "市场监督管理局",
    "教育局",
    "司法局",
    "农业农村局",
    "科学技术局",
    "工业和信息化局",
    "文化广电和旅游局",
    "商务局",
    "卫生健康局",
    "财政局",
    "发展和改革局",
    "人力资源和社会保障局",
    "生态环境局",
    "交通运输局",
    "水利局",
    "统计局",
    "审计局",
    "医疗保障局",
    "应急管理局",
    "林业局",
]
_UNITS = ("", "综合保障中心", "执法大队", "信息中心", "事务服务中心")
_AGENCIES = ("石政办函", "石市监", "石政办发", "冀政办字")


@dataclass(frozen=True)
class Text:
    """What repeats: the words of a project, and whose work it is."""

    name: str
    content: str
    basis: str
    level: str
    division: str
    scope: str
    charged: str


def lines(count: int, seed: int = 1, distinct: float = DISTINCT) -> Iterator[Line]:
    """The lines of one consolidated workbook, numbered from 1; amounts in 万元."""
    chance = random.Random(seed)
    texts = list(_texts(max(20, int(count * distinct)), chance))
    for serial in range(1, count + 1):
        text = texts[serial - 1] if serial <= len(texts) else chance.choice(texts)
        line = _line(serial, text, chance)
        yield _spoilt(line, chance) if chance.random() < FAULTY else line


def _texts(count: int, chance: random.Random) -> Iterator[Text]:
    by_verdict = _labelled()
    documents = [_document(chance.choice(by_verdict["ok"])["project_name"], chance) for _ in range(count // 20 + 10)]
    for number in range(count):
        verdict = chance.choices([*_SHARES, "other"], [*_SHARES.values(), _OUTSIDE])[0]
        row = chance.choice(by_verdict[verdict])
        yield Text(
            f"{row['project_name']}（{number // 97 + 1}期）" if number % 3 else row["project_name"],
            f"{row['description']}，计划{number % 89 + 2}批次、惠及{number + 10}人次",
            chance.choice(documents),
            row["unit_level"],
            row["region"],
            row["scope"],
            row["charged_level"],
        )


def _document(about: str, chance: random.Random) -> str:
    """A document that some twenty projects are based on."""
    number = f"〔{chance.randint(2019, 2026)}〕{chance.randint(1, 99)}号"
    return f"《石家庄市{about[:12]}实施方案》（{chance.choice(_AGENCIES)}{number}）"


@cache
def _labelled() -> dict[str, list[dict[str, str]]]:
    """The labelled lines of the tests that a template can hold, by what people said of them."""
    found: dict[str, list[dict[str, str]]] = {}
    for path in _LABELLED:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                if row["unit_level"] in set(Level) and row["charged_level"] in set(Level):
                    verdict = row["gold_verdict"]
                    found.setdefault(verdict if verdict in _SHARES else "other", []).append(row)
    return found


def _line(serial: int, text: Text, chance: random.Random) -> Line:
    place = text.division if text.level == Level.COUNTY else "石家庄市"
    amount = round(chance.lognormvariate(2.5, 1), 2) + 0.5
    transfer = round(amount * 0.3, 2) if chance.random() < 0.1 else 0
    return {
        "serial": serial,
        "bureau": f"{place}{chance.choice(_BUREAUS)}{chance.choice(_UNITS)}",
        "bureau_level": text.level,
        "division": place,
        "name": text.name,
        "category": "特定目标类",
        "function_code": "2011408",
        "content": text.content,
        "scope": text.scope,
        "nature": "工作经费",
        "mode": "本级实施",
        "basis": text.basis,
        "charged_level": text.charged,
        "amount": round(amount, 2),
        "own_funds": round(amount - transfer, 2),
        "economic_code": "30227",
    } | ({"transfer": transfer} if transfer else {})


def _spoilt(line: Line, chance: random.Random) -> Line:
    """One thing wrong with it, as happens."""
    faults: tuple[Line, ...] = (
        {"name": ""},
        {"charged_level": ""},
        {"amount": "约5万"},
        {"amount": f"{line['amount']:,}".replace(".", "．")},
        {"own_funds": 1.5},
        {"basis": ""},
        {"basis": f"{line['basis']}".replace("〔", "[").replace("〕", "]")},
        {"economic_code": "3022"},
        {"scope": "全省"},
        {"bureau_level": "乡级"},
    )
    return line | chance.choice(faults)
