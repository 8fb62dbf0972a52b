"""Why a line cannot be judged → what the bureau can do about it, so that the next check decides; one text a cause.

Each was tried: done as it says, it leads to a verdict, or to the person who decides.
"""

from checker.terms import Level

NO_LEVEL = "在“单位级次”中选填报单位自己所属的级次。"
NOT_OF_THIS_PLAN = "核对“单位级次”，填错的改正；确是上级单位的不用改，由财政部门对照上级方案认定。"
BY_THE_OFFICE = "填报单位不用改，由财政部门认定。"
ABOVE = "填报单位不用改，由财政部门的审核人对照上级方案认定。"
TAKING_PART = "写明本级出钱做的是哪一部分、实施单位隶属哪一级；写不清的，由财政部门认定。"
NO_PLAN = "核对“行政区划”和“预算年度”；都没有填错的，不用改，由财政部门认定。"
WIDER_THAN_OWN = "受上级委托办理的：在“项目内容”中写明；只在本地做的：改正“项目名称”。写不清的，由财政部门认定。"
WHOSE_WORK = "在“项目内容”中写明由哪一级组织、面向哪些地方；写不清的，由财政部门认定。"
_ENTRUSTED = (
    "受市级委托办理的：“实施方式”选“受上级委托”，这样属市级事务，应从本单位的申报表中删去，由市级主管部门列入市级预算。"
)
_OF_A_COUNTY = "只是某一县（市、区）自己的工作的：从本单位的申报表中删去，由该县（市、区）的主管部门列入县级预算。"
SCOPE_OF_COUNTY = f"只在本县（市、区）做的：“实施范围”改为“本县区”，名称、内容里的“全市”也改过来。{_ENTRUSTED}"
ACROSS = (
    f"只做本县（市、区）这一部分的：“实施范围”改为“本县区”。{_ENTRUSTED}几个县（市、区）联合开展的，由财政部门认定。"
)
SCOPE_OF_CITY = f"面向全市的：“实施范围”改为“全市”。{_OF_A_COUNTY}"
ONE_COUNTY = f"由市级组织、该地只是地点或其中一处的：“实施范围”选“全市”，并在项目内容中写明由市级组织。{_OF_A_COUNTY}"


HANDED_DOWN = (
    f"由市级组织实施的：在项目内容中写明由市级组织，“支出性质”不选“对下转移”。{_OF_A_COUNTY}"
    "确属对下转移支付的，由财政部门核实。"
)


def wide(words: str, column: str) -> str:
    """For a county's line that claims more than the county in its name or content."""
    return f"只在本县（市、区）做的：把“{column}”里的“{words}”改掉。{_ENTRUSTED}"


TRANSFERRED = (
    "确是拨给下级财政的：在项目内容中写明拨给哪里、办什么，由财政部门核实。是本级自己花的：“支出性质”改选实际的性质。"
)


def from_above(holders: tuple[Level, ...], charged: Level) -> str:
    """For a line that speaks of money of a level above."""
    holder = "、".join(holders)
    if charged in holders:
        fill = "金额填入“上级转移支付”，并写明下达文件。"
        return f"用上级下达的资金的：{fill}全由本级安排的：把文字里上级资金的说法改掉。"
    fill = f"“承担级次”填“{holder}”，金额填入“上级转移支付”，并写明下达文件。"
    move = f"由{charged}直接办、直接花的：从本单位的申报表中删去，由{charged}主管部门申报。"
    return f"用上级下达的资金、办的是{holder}事项的：{fill}{move}"


def paid_from_above(holders: tuple[Level, ...]) -> str:
    """For a line of another level's matter that is paid for by money handed down."""
    holder = "、".join(holders)
    return (
        f"确由{holder}下达资金的：写明下达文件，由财政部门核实。"
        f"没有下达的：从本单位的申报表中删去，由{holder}主管部门列入{holder}预算。"
    )


def charge(holders: tuple[Level, ...], charged: Level, own: Level | None) -> str:
    """For a line charged to a level that does not hold it: its own bureau changes a cell, any other takes it out."""
    holder = "、".join(holders)
    change = f"把“承担级次”由“{charged}”改为“{holder}”，列入{holder}预算。"
    move = f"从本单位的申报表中删去这一行，由{holder}主管部门列入{holder}预算申报。"
    if own in holders:
        told = change
    elif own is None:
        told = f"本单位属{holder}的：{change}不属{holder}的：{move}"
    else:
        told = f"{move}只把“承担级次”改为“{holder}”而留在本表，{holder}预算里仍没有这笔钱。"
    if own is charged and all(charged.is_above(level) for level in holders):
        told += f"{charged}确需补助的，“支出性质”选“对下转移”，由财政部门核实。"
    return f"{told}认为判断有误的，写明理由请财政部门认定。"


def elsewhere(holder: Level) -> str:
    """For a line rightly charged to another level than the bureau's own."""
    return (
        f"从本单位的申报表中删去这一行，由{holder}主管部门列入{holder}预算；已经列入的，删去即可。"
        f"确由本单位代编{holder}预算的，在“备注”中说明。"
    )
