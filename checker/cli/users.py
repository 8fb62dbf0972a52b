"""checker users: accounts for the web face, kept in the ledger."""

import getpass
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from checker.errors import BadConfig

if TYPE_CHECKING:
    from checker.web.accounts import Accounts

ROLES = ("bureau", "reviewer", "admin")
_PATH = click.Path(path_type=Path)


def _places(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say where the ledger is, the same as those of checker serve."""
    for option in (
        click.option("--config", "file", metavar="文件", type=_PATH, help="配置文件 checker.toml。"),
        click.option("--ledger", metavar="台账", help="账号所在的台账，与 checker serve 用同一本。"),
        click.option("--home", metavar="文件夹", type=_PATH, help="数据放在哪里。"),
    ):
        command = option(command)
    return command


def _secret(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say where a password comes from; without them it is asked for."""
    for option in (
        click.option("--generate", is_flag=True, help="随机生成口令并显示，首次登录时须更换。"),
        click.option("--password-stdin", "piped", is_flag=True, help="从标准输入读口令。"),
    ):
        command = option(command)
    return command


@click.group(help="网页的账号：增加、列出、删除、重设口令、发放接口令牌。")
def users() -> None:
    """The group."""


@users.command(help="增加一个账号。")
@click.argument("name", metavar="账号名")
@click.option("--role", required=True, type=click.Choice(ROLES), help="角色：预算单位、审核人员、管理员。")
@click.option("--bureau", default="", metavar="单位", help="预算单位的名称（角色为 bureau 时必填）。")
@_secret
@_places
def add(name: str, role: str, bureau: str, generate: bool, piped: bool, **places: Any) -> None:
    accounts, password = _accounts(**places), _password(generate, piped)
    from checker.web.gate import Role

    _refuse(accounts.add(name, Role(role), bureau, password, renew=generate))
    _note(accounts, "user-added", f"{name} {role} {bureau}")
    click.echo(f"已增加账号 {name}。正在运行的 checker serve 若此前没有账号，须重新启动。", err=True)
    if generate:
        click.echo(password)


@users.command(name="list", help="列出账号。")
@_places
def show(**places: Any) -> None:
    accounts = _accounts(**places)
    from checker.ledger import accounts as kept
    from checker.web.gate import Role

    for user in kept.users_of(accounts.ledger):
        seen = user.seen_at.astimezone().strftime("%Y-%m-%d %H:%M") if user.seen_at else "没有登录过"
        click.echo("\t".join((user.name, Role(user.role).label, user.bureau, seen)))


@users.command(help="删除账号，连同它的登录和令牌。")
@click.argument("name", metavar="账号名")
@_places
def remove(name: str, **places: Any) -> None:
    accounts = _accounts(**places)
    from checker.ledger import accounts as kept

    _refuse("" if kept.remove_user(accounts.ledger, name) else f"没有名为 {name} 的账号。")
    _note(accounts, "user-removed", name)
    click.echo(f"已删除账号 {name}。", err=True)


@users.command(help="重设口令，结束该账号的全部登录，作废它的令牌。")
@click.argument("name", metavar="账号名")
@_secret
@_places
def password(name: str, generate: bool, piped: bool, **places: Any) -> None:
    accounts, chosen = _accounts(**places), _password(generate, piped)
    _refuse(accounts.reset(name, chosen, renew=generate))
    _note(accounts, "user-password", name)
    click.echo(f"已重设 {name} 的口令，原来的登录和令牌都已作废。", err=True)
    if generate:
        click.echo(chosen)


@users.command(help="为程序发放访问令牌（只显示一次），列出或作废令牌。")
@click.argument("name", metavar="账号名")
@click.option("--label", default="命令行", metavar="用途", help="令牌的用途，便于以后辨认。")
@click.option("--list", "listing", is_flag=True, help="列出令牌。")
@click.option("--revoke", type=int, metavar="编号", help="作废这个编号的令牌。")
@_places
def token(name: str, label: str, listing: bool, revoke: int | None, **places: Any) -> None:
    accounts = _accounts(**places)
    from checker.ledger import accounts as kept

    if listing:
        for one in accounts.tokens(name):
            used = one.used_at.astimezone().strftime("%Y-%m-%d %H:%M") if one.used_at else "没有用过"
            click.echo(f"{one.id}\t{one.label}\t{used}")
    elif revoke is not None:
        done = kept.revoke_token(accounts.ledger, name, revoke)
        _refuse("" if done else f"{name} 没有编号为 {revoke} 的令牌。")
        _note(accounts, "user-token-revoked", f"{name} {revoke}")
    else:
        secret = accounts.give_token(name, label)
        _refuse("" if secret else f"没有名为 {name} 的账号。")
        _note(accounts, "user-token", f"{name} {label}")
        click.echo(secret)


def _accounts(home: Path | None, ledger: str | None, file: Path | None) -> "Accounts":
    from checker.cli.serve import not_installed, settings_of

    try:
        from checker.web.accounts import Accounts
        from checker.web.office import open_book
    except ImportError as error:
        raise not_installed(error) from error
    settings = settings_of(file, home=home, ledger=ledger)
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Accounts(open_book(settings), settings)


def _password(generate: bool, piped: bool) -> str:
    from checker.web.accounts import invented

    if generate:
        return invented()
    if piped:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("口令", hide_input=True, confirmation_prompt="再输入一次口令", err=True))


def _refuse(problem: str) -> None:
    if problem:
        raise BadConfig(problem)


def _note(accounts: "Accounts", what: str, about: str) -> None:
    accounts.note(f"命令行 {getpass.getuser()}", what, about)
