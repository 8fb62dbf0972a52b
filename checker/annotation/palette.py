"""The colours and cell formats of our marks, and the number a mark's colour carries."""

from dataclasses import dataclass

from checker.terms import Severity, Verdict

# Light enough for black text. The low four bits of each channel are ours: they hold the number of the fill that was
# there before, so that a marked cell can be restored wherever a program or a person has moved it.
_TINTS = {Severity.ERROR: 0xF0C0C0, Severity.WARNING: 0xF0E090, Severity.INFO: 0xD0E0F0}
_LOW_BITS = 0x0F0F0F
_SALT = 0xA37  # keeps number 0 away from round colours that people choose
FILLS = 1 << 12

SIGNS = {Severity.ERROR: "✗", Severity.WARNING: "！", Severity.INFO: "※"}
VERDICT_SIGNS = {Verdict.RIGHT: "✓", Verdict.WRONG: "✗", Verdict.UNDECIDED: "？", Verdict.OUTSIDE: "－"}


def tint(severity: Severity, number: int) -> str:
    """The ARGB colour of a mark that lies over the original fill of that number."""
    bits = number ^ _SALT
    spread = (bits >> 8 & 15) << 16 | (bits >> 4 & 15) << 8 | bits & 15
    return f"FF{_TINTS[severity] | spread:06X}"


def tint_number(colour: str | None) -> int | None:
    """The number a colour carries if it is one of ours."""
    try:
        value = int((colour or "")[-6:], 16)
    except ValueError:
        return None
    if value & ~_LOW_BITS not in _TINTS.values():
        return None
    return ((value >> 16 & 15) << 8 | (value >> 8 & 15) << 4 | value & 15) ^ _SALT


@dataclass(frozen=True, eq=False)
class Look:
    """A cell format of our own: font, fill, border and alignment, in SpreadsheetML without namespace.

    Looks are told apart as objects, since every cell we write asks for one.
    """

    size: int = 10
    bold: bool = False
    ink: str = "FF262626"
    paper: str = ""
    rule: str = ""
    horizontal: str = "left"
    vertical: str = "top"
    wrap: bool = True
    number_format: int = 0
    link: bool = False

    @property
    def font(self) -> str:
        bold, under = "<b/>" if self.bold else "", "<u/>" if self.link else ""
        return (
            f'<font>{bold}{under}<sz val="{self.size}"/><color rgb="{self.ink}"/>'
            '<name val="微软雅黑"/><family val="2"/><charset val="134"/></font>'
        )

    @property
    def fill(self) -> str:
        return solid(self.paper) if self.paper else '<fill><patternFill patternType="none"/></fill>'

    @property
    def border(self) -> str:
        sides = ("left", "right", "top", "bottom")
        if not self.rule:
            return f"<border>{''.join(f'<{side}/>' for side in sides)}<diagonal/></border>"
        line = "".join(f'<{side} style="thin"><color rgb="{self.rule}"/></{side}>' for side in sides)
        return f"<border>{line}<diagonal/></border>"

    @property
    def alignment(self) -> str:
        wrap = ' wrapText="1"' if self.wrap else ""
        return f'<alignment horizontal="{self.horizontal}" vertical="{self.vertical}"{wrap}/>'


def solid(colour: str) -> str:
    return (
        f'<fill><patternFill patternType="solid"><fgColor rgb="{colour}"/><bgColor indexed="64"/></patternFill></fill>'
    )


_GRID, _NAVY, _WHITE = "FFBFBFBF", "FF1F3864", "FFFFFFFF"
_RED, _AMBER, _GREEN, _GREY, _BLUE = "FFFBE3E1", "FFFFF3CD", "FFE5F3E3", "FFF2F2F2", "FFE3EDF8"
_DARK_RED, _DARK_AMBER, _DARK_GREEN, _DARK_BLUE = "FF9C1C14", "FF7A5200", "FF1E5B22", "FF1F4E79"

TITLE = Look(size=18, bold=True, ink=_NAVY, vertical="center", wrap=False)
HEADER = Look(bold=True, ink=_WHITE, paper=_NAVY, rule=_GRID, horizontal="center", vertical="center")
BODY = Look(rule=_GRID)
CENTRE = Look(rule=_GRID, horizontal="center")
MEANING = Look(rule=_GRID, vertical="center")
NUMBER = Look(rule=_GRID, horizontal="right", vertical="center", number_format=3)
AMOUNT = Look(rule=_GRID, horizontal="right", vertical="center", number_format=4)
TOTAL = Look(rule=_GRID, bold=True, paper=_GREY, horizontal="center", vertical="center")
TOTAL_NUMBER = Look(rule=_GRID, bold=True, paper=_GREY, horizontal="right", vertical="center", number_format=3)
TOTAL_AMOUNT = Look(rule=_GRID, bold=True, paper=_GREY, horizontal="right", vertical="center", number_format=4)
LINK = Look(rule=_GRID, ink="FF0563C1", link=True)
RESULT = Look(size=9, rule=_GRID)
STRONG = Look(bold=True, vertical="center", wrap=False)
NOTE = Look(size=9, ink="FF595959", wrap=False)
REMARK = Look(size=9, ink="FF595959", vertical="center")
BANNERS = {
    Severity.ERROR: Look(size=14, bold=True, ink=_DARK_RED, paper=_RED, vertical="center"),
    Severity.WARNING: Look(size=14, bold=True, ink=_DARK_AMBER, paper=_AMBER, vertical="center"),
    Severity.INFO: Look(size=14, bold=True, ink=_DARK_GREEN, paper=_GREEN, vertical="center"),
}
SEVERITIES = {
    Severity.ERROR: Look(bold=True, ink=_DARK_RED, paper=_RED, rule=_GRID, horizontal="center"),
    Severity.WARNING: Look(bold=True, ink=_DARK_AMBER, paper=_AMBER, rule=_GRID, horizontal="center"),
    Severity.INFO: Look(bold=True, ink=_DARK_BLUE, paper=_BLUE, rule=_GRID, horizontal="center"),
}
VERDICTS = {
    Verdict.RIGHT: Look(bold=True, ink=_DARK_GREEN, paper=_GREEN, rule=_GRID, horizontal="center", vertical="center"),
    Verdict.WRONG: Look(bold=True, ink=_DARK_RED, paper=_RED, rule=_GRID, horizontal="center", vertical="center"),
    Verdict.UNDECIDED: Look(
        bold=True, ink=_DARK_AMBER, paper=_AMBER, rule=_GRID, horizontal="center", vertical="center"
    ),
    Verdict.OUTSIDE: Look(bold=True, ink="FF404040", paper=_GREY, rule=_GRID, horizontal="center", vertical="center"),
}
TABS = {Severity.ERROR: "FFC00000", Severity.WARNING: "FFED9B00", Severity.INFO: "FF2E8B3D"}
