"""A CSV (单位, 行政区划, 邮箱) → who gets a bureau's mail."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from checker.errors import BadConfig
from checker.places import find, mentions
from checker.text import normalise

TITLES = ("单位", "行政区划", "邮箱")
ANY = "*"
# What smtplib can send without SMTPUTF8, and nothing that could begin a header of its own.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_BETWEEN = re.compile(r"[;；,，、\s]+")

Key = tuple[str, str]


@dataclass(frozen=True)
class AddressBook:
    """(bureau, division) → addresses; a blank one stands for any, a blank bureau for the rest of its division."""

    entries: dict[Key, tuple[str, ...]]

    def recipients(self, bureau: str, division: str = "") -> tuple[str, ...]:
        """The addresses of the bureau in its division, else of the bureau, else of the division, else of anybody."""
        name, place = normalise(bureau), _place(division) or _own_place(bureau)
        for key in ((name, place), (name, ""), ("", place), (ANY, "")):
            if (key[0] or key[1]) and key in self.entries:
                return self.entries[key]
        return ()


def load(path: Path) -> AddressBook:
    """Read the address book, in UTF-8 or as Chinese Excel writes it; raises BadConfig with the line."""
    try:
        content = path.read_bytes()
    except OSError as cause:
        raise BadConfig(f"通讯录 {path} 打不开（{cause.strerror}）。请核对 [mail] 的 address_book。") from cause
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", "replace")
    return _book(csv.DictReader(StringIO(text)), path)


def _book(rows: "csv.DictReader[str]", path: Path) -> AddressBook:
    titles = [(title or "").strip() for title in rows.fieldnames or ()]
    if missing := [title for title in ("单位", "邮箱") if title not in titles]:
        raise BadConfig(f"通讯录 {path} 缺少“{'”“'.join(missing)}”一列；标题行应为：{','.join(TITLES)}。")
    entries: dict[Key, tuple[str, ...]] = {}
    for row in rows:
        values = {
            (title or "").strip(): (value or "").strip() for title, value in row.items() if isinstance(value, str)
        }
        if not any(values.values()):
            continue
        key = _key(values, f"通讯录 {path} 第 {rows.line_num} 行")
        found = _addresses(values.get("邮箱", ""), f"通讯录 {path} 第 {rows.line_num} 行")
        entries[key] = tuple(dict.fromkeys((*entries.get(key, ()), *found)))
    return AddressBook(entries)


def _key(values: dict[str, str], where: str) -> Key:
    division = values.get("行政区划", "")
    if division and not find(division):
        raise BadConfig(f"{where}：行政区划“{division}”不在代码表中。请写区划名称或六位代码，或留空。")
    if not values["单位"] and not division:
        raise BadConfig(f"{where}：单位和行政区划不能都空着。给其余所有单位的邮箱，单位请写 {ANY}。")
    return normalise(values["单位"]), _place(division)


def _addresses(text: str, where: str) -> Iterable[str]:
    found = [address for address in _BETWEEN.split(text) if address]
    if not found:
        raise BadConfig(f"{where}：没有邮箱。")
    for address in found:
        if not _ADDRESS.fullmatch(address):
            raise BadConfig(f"{where}：“{address}”不是可用的邮箱地址。几个邮箱之间用分号隔开。")
    return found


def _place(division: str) -> str:
    found = find(division) if division else None
    return found.id if found else ""


def _own_place(bureau: str) -> str:
    named = mentions(normalise(bureau))
    return named[0][0].id if named else ""
