"""checker.toml, the environment (CHECKER_…) and a command's options → one Config, every name and value examined."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from checker.errors import BadConfig

FILE = "checker.toml"
_PREFIX = "CHECKER_"
_TRUE, _FALSE = {"1", "true", "yes", "on", "是"}, {"0", "false", "no", "off", "否"}
_KINDS = {str: "文字", int: "整数", float: "数字", bool: "true 或 false", tuple: "文字列表", dict: "键值表"}


@dataclass(frozen=True)
class Batch:
    """Where a run reads and writes, and what it may use."""

    inbox: str = ""
    outbox: str = ""
    ledger: str = ""
    store: str = ""
    register: str = ""
    plans: tuple[str, ...] = ()
    workers: int = 0
    cluster: str = ""
    cron: str = ""
    timezone: str = "Asia/Shanghai"
    seconds_a_file: float = 300.0
    megabytes_a_file: int = 4096
    settle_seconds: float = 2.0
    lease_seconds: float = 60.0
    patience_seconds: float = 60.0
    summary: str = "汇总.xlsx"
    storage: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Mail:
    """How marked workbooks are mailed back; without a host none are."""

    host: str = ""
    port: int = 587
    starttls: bool = True
    user: str = ""
    password: str = ""
    sender: str = ""
    address_book: str = ""
    attach_megabytes: float = 10.0
    link: str = ""
    summary_to: tuple[str, ...] = ()
    attempts: int = 5
    retry_minutes: float = 10.0
    timeout_seconds: float = 60.0


@dataclass(frozen=True)
class Web:
    """Who may reach the pages, what an upload may cost, and how long things are kept."""

    host: str = "127.0.0.1"
    port: int = 8000
    home: str = ""
    names: tuple[str, ...] = ()
    plain_http: bool = False
    proxies: tuple[str, ...] = ()
    identity_header: str = ""
    clamd: str = ""
    workers: int = 0
    upload_megabytes: int = 64
    files_at_once: int = 20
    seconds_a_file: float = 120.0
    megabytes_a_file: int = 4096
    check_minutes: float = 60.0
    session_hours: float = 8.0
    audit_days: float = 400.0


@dataclass(frozen=True)
class Config:
    """Everything that can be set: a section of the file is a field here."""

    batch: Batch = Batch()
    mail: Mail = Mail()
    web: Web = Web()


def load(path: Path | None, environ: Mapping[str, str], flags: Mapping[str, Any] | None = None) -> Config:
    """Read the file (checker.toml beside us if there is one), then the environment, then the flags of [batch].

    A flag that was not given is None. raises: BadConfig
    """
    config = _from_file(path or Path(FILE)) if path or Path(FILE).is_file() else Config()
    config = _from_environment(config, environ)
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    return _examined(replace(config, batch=_set(config.batch, given, "命令行选项")))


def _from_file(path: Path) -> Config:
    try:
        data = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as cause:
        raise BadConfig(f"配置文件 {path} 打不开（{cause.strerror}）。请核对 --config 后面的路径。") from cause
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise BadConfig(f"配置文件 {path} 不合 TOML 格式：{cause}。可对照 docs/checker.toml 改正。") from cause
    config = Config()
    _refuse_unknown(data, [part.name for part in fields(Config)], f"{path} 中", "节")
    for name, values in data.items():
        if not isinstance(values, dict):
            raise BadConfig(f"{path} 中的 {name} 应当是一节，写作 [{name}]。")
        config = replace(config, **{name: _set(getattr(config, name), values, f"{path} 的 [{name}]")})
    return config


def _from_environment(config: Config, environ: Mapping[str, str]) -> Config:
    """CHECKER_MAIL_PASSWORD sets password of [mail]; other names that begin alike are refused as misspelt."""
    sections = [part.name for part in fields(Config)]
    known = {
        f"{_PREFIX}{name}_{one.name}".upper(): (name, one.name)
        for name in sections
        for one in fields(getattr(config, name))
    }
    ours = {name: text for name, text in environ.items() if name.startswith(_PREFIX)}
    _refuse_unknown(ours, known, "环境变量中", "变量")
    for variable, text in ours.items():
        section, name = known[variable]
        now = getattr(config, section)
        value = _from_text(text, type(getattr(now, name)), variable)
        config = replace(config, **{section: _set(now, {name: value}, f"环境变量 {variable}")})
    return config


def _from_text(text: str, kind: type, variable: str) -> Any:
    """What an environment variable means: lists with commas, tables as TOML."""
    try:
        if kind is bool:
            return {**dict.fromkeys(_TRUE, True), **dict.fromkeys(_FALSE, False)}[text.strip().lower()]
        if kind is tuple:
            return tuple(part.strip() for part in text.split(",") if part.strip())
        if kind is dict:
            return tomllib.loads(f"value = {text}")["value"]
        return kind(text)
    except (KeyError, ValueError) as cause:
        raise BadConfig(f"环境变量 {variable} 的值“{text}”不能用，应为{_KINDS[kind]}。") from cause


def _set(section: Any, values: Mapping[str, Any], where: str) -> Any:
    """The section with these values in it, each of the kind that stands there."""
    _refuse_unknown(values, [one.name for one in fields(section)], where, "项")
    return replace(
        section, **{name: _as(value, type(getattr(section, name)), f"{where} {name}") for name, value in values.items()}
    )


def _as(value: Any, kind: type, where: str) -> Any:
    if kind is tuple and isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return tuple(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not kind:
        raise BadConfig(f"{where} 应为{_KINDS[kind]}，现在是 {value!r}。")
    return value


def _refuse_unknown(given: Iterable[str], known: Iterable[str], where: str, what: str) -> None:
    known = list(known)
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f"是不是 {near[0]}？" if near else f"可用的有：{'、'.join(known)}。"
            raise BadConfig(f"{where}没有叫 {name} 的{what}。{hint}")


def _examined(config: Config) -> Config:
    batch, mail, web = config.batch, config.mail, config.web
    for name, value, least in (
        ("workers", batch.workers, 0),
        ("seconds_a_file", batch.seconds_a_file, 1),
        ("megabytes_a_file", batch.megabytes_a_file, 256),
        ("settle_seconds", batch.settle_seconds, 0),
        ("lease_seconds", batch.lease_seconds, 1),
        ("patience_seconds", batch.patience_seconds, 0),
        ("port", mail.port, 1),
        ("attempts", mail.attempts, 1),
        ("retry_minutes", mail.retry_minutes, 0),
        ("attach_megabytes", mail.attach_megabytes, 0),
        ("timeout_seconds", mail.timeout_seconds, 1),
        ("port", web.port, 0),
        ("workers", web.workers, 0),
        ("upload_megabytes", web.upload_megabytes, 1),
        ("files_at_once", web.files_at_once, 1),
        ("seconds_a_file", web.seconds_a_file, 1),
        ("megabytes_a_file", web.megabytes_a_file, 256),
        ("check_minutes", web.check_minutes, 1),
        ("session_hours", web.session_hours, 0.1),
        ("audit_days", web.audit_days, 1),
    ):
        if value < least:
            raise BadConfig(f"{name} 不能小于 {least}，现在是 {value}。")
    if batch.workers and batch.cluster:
        raise BadConfig("workers 和 cluster 只能用一个：本机多进程，或 dask 集群。")
    if mail.host and not mail.sender:
        raise BadConfig("发邮件须在 [mail] 里写明 sender（发件人邮箱）。")
    if not mail.host and (mail.address_book or mail.summary_to):
        raise BadConfig("[mail] 写了 address_book 或 summary_to，却没有写 host（邮件服务器）。请补上，或删去这些项。")
    return config
