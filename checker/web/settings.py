"""What the web face is told when it starts: where it listens, where it keeps things, and what a file may cost."""

import ipaddress
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from checker import faults
from checker.config import Config

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Settings:
    """home holds uploads, ledger and store unless these are elsewhere; hosts are the names it answers to.

    A check keeps its result for keep_seconds; one upload may hold so many files; seconds and megabytes are what one
    file may use in a worker. accounts is True where people must log in; secure, where they reach us by https. What
    proxies say of the address and the name of a person is believed. clamd is where the virus scanner listens. config
    is what checker.toml says, read from config_file: ledger, store and register of its batch are ours too.
    """

    home: Path = field(default_factory=lambda: faults.folder() / "web")
    host: str = "127.0.0.1"
    port: int = 8000
    hosts: tuple[str, ...] = ()
    ledger: str = ""
    store: str = ""
    register: str = ""
    accounts: bool = False
    secure: bool = False
    plain_http: bool = False
    proxies: tuple[str, ...] = ()
    identity_header: str = ""
    clamd: str = ""
    workers: int = field(default_factory=lambda: max(2, os.cpu_count() or 2))
    upload_megabytes: int = 64
    files_at_once: int = 20
    seconds_a_file: float = 120.0
    megabytes_a_file: int = 4096
    keep_seconds: float = 3600.0
    session_seconds: float = 8 * 3600.0
    audit_days: float = 400.0
    config: Config = field(default_factory=Config)
    config_file: str = ""

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach us."""
        return is_loopback(self.host)

    @property
    def needs_accounts(self) -> bool:
        """Whether others than whoever sits at this machine may reach us: by its address, a name, or a proxy."""
        return not self.is_local or bool(self.hosts or self.proxies or self.identity_header)

    @property
    def upload_bytes(self) -> int:
        return self.upload_megabytes * MEGABYTE

    @property
    def names(self) -> frozenset[str]:
        """The names a request may call us by; on loopback no other, so that no page elsewhere can pose as us."""
        local = {"localhost", "127.0.0.1", "[::1]"} if self.is_local else set()
        return frozenset({*self.hosts, *local})


def from_config(config: Config) -> Settings:
    """The settings that checker.toml and the environment make."""
    web = config.web
    settings = Settings(
        host=web.host,
        port=web.port,
        hosts=tuple(name.lower() for name in web.names),
        plain_http=web.plain_http,
        proxies=web.proxies,
        identity_header=web.identity_header,
        clamd=web.clamd,
        upload_megabytes=web.upload_megabytes,
        files_at_once=web.files_at_once,
        seconds_a_file=web.seconds_a_file,
        megabytes_a_file=web.megabytes_a_file,
        keep_seconds=web.check_minutes * 60,
        session_seconds=web.session_hours * 3600,
        audit_days=web.audit_days,
        config=config,
    )
    settings = replace(settings, home=Path(web.home)) if web.home else settings
    return replace(settings, workers=web.workers) if web.workers else settings


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
