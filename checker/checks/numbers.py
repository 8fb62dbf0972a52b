"""A text that could not be read as a number → what in it stands in the way, and what to fill in instead."""

import re
from typing import NamedTuple

from checker.messages import titled
from checker.text import normalise

_ABOUT = "大约|左右|上下|以上|以下|以内|不超过|不少于|至少|最多|预计|暂估|估计|约|近|余|多|几|若干"
_CHINESE_DIGITS = "〇零一二三四五六七八九十百千万两"


class Obstacle(NamedTuple):
    """Why a text is no number, fit to stand behind what was filled in; and the cure."""

    told: str
    fix: str


# The first that fits is the cause; {0} is what was found.
_OBSTACLES = (
    (rf"^[^\d{_CHINESE_DIGITS}]+$", "里面没有数字", "填数字，单位{unit}。还没有定的，按测算数填，在“{remark}”中说明。"),
    (_ABOUT, "写有{0}", "填一个确定的数。还没有定的，按测算数填，在“{remark}”中说明。"),
    (r"\d\s*(?:万元|万|元)?\s*[-~—–至到]+\s*\d", "是一个范围", "填一个数，可按测算的上限填；范围写在“{remark}”中。"),
    (r"^[-+]{2}", "有两个正负号", "只留一个正负号。"),
    (r"^=|\d\s*[=+*×/÷]\s*\d", "是算式", "填算好的数；算法写在“{remark}”中。"),
    (r"亿", "单位写的是亿", "换算成{unit}，只填数字。"),
    (r"\d[eE][-+]?\d", "是科学记数", "写出全部数字，单位{unit}。"),
    (r"\..*\.", "有两个小数点", "只留一个小数点。"),
    (r"^[-\d., ]+$", "逗号或空格不在千位上，看不出是小数点还是千位分隔", "小数点用“.”；千位可以不分隔。"),
    (rf"^[{_CHINESE_DIGITS}亿元整点]+$", "是汉字数字", "改用阿拉伯数字，单位{unit}。"),
    (r"[^\d.,\-\s¥]+", "数字里夹有{0}", "只留数字，单位{unit}；别的话写在“{remark}”中。"),
)


def obstacle(text: str, unit: str) -> Obstacle:
    """What keeps an amount from being read; unit is that of its column."""
    said = normalise(text)
    for pattern, told, fix in _OBSTACLES:
        if found := dict.fromkeys(re.findall(pattern, said)):
            quoted = "".join(f"“{one}”" for one in found)
            return Obstacle(told.format(quoted), titled(fix, unit=unit))
    return Obstacle("写法不规范", f"只填数字，单位{unit}。")
