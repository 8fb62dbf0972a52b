"""Mails that did not arrive, or may not have → a sheet for the person who must look after them."""

from dataclasses import dataclass

from checker.desk.paper import Column, Paper


@dataclass(frozen=True)
class Letter:
    """One mail: about which file or run, to whom, how it stands, and what the server said."""

    about: str
    recipient: str
    state: str
    problem: str


def letters_sheet(paper: Paper, letters: tuple[Letter, ...]) -> None:
    """Nothing where every mail arrived."""
    if not letters:
        return
    columns = [Column("关于", 40), Column("收件人", 34), Column("情况", 16, "centre"), Column("原因和处理办法", 70)]
    page = paper.sheet("退回邮件", [column.width for column in columns], "#C00000")
    page.title("须人工处理的退回邮件", "被拒收和不知是否送达的邮件不会自动重发，请与收件人联系。")
    page.table(columns, ([one.about, one.recipient, one.state, one.problem] for one in letters), repeat=True)
