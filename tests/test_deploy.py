"""What docs/deploy.md hands out fits the program: settings, commands, pinned packages; and a backup brings back all."""

import re
import shutil
import sqlite3
from pathlib import Path

import click
from fastapi.testclient import TestClient

from checker import config
from checker.cli import cli
from checker.web import app as web
from checker.web.settings import Settings, from_config
from tests.locks import not_pinned
from tests.test_web import checked, csrf_of, sample

ROOT = Path(__file__).parent.parent
HOME = ROOT / "docs" / "deploy"
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.MULTILINE)


def test_the_configuration_handed_out_is_one_we_read() -> None:
    settings = from_config(config.load(HOME / "checker.toml", {}))

    assert settings.is_local
    assert settings.needs_accounts
    assert settings.names >= {"hecha.example.gov.cn", "127.0.0.1"}
    assert settings.proxies == ("127.0.0.1",)


def test_the_service_calls_the_command_we_have() -> None:
    words = re.search(
        r"^ExecStart=\S+/checker (.+)$", (HOME / "checker-serve.service").read_text("utf-8"), re.MULTILINE
    )
    assert words
    name, *options = words[1].split()

    command = cli.commands[name]
    _, extra, _ = command.make_parser(click.Context(command)).parse_args(options)

    assert extra == []


def test_the_proxies_let_through_what_the_program_takes_and_send_it_where_it_listens() -> None:
    settings = from_config(config.load(HOME / "checker.toml", {}))
    nginx, caddy = ((HOME / name).read_text("utf-8") for name in ("nginx.conf", "Caddyfile"))

    sizes = [int(size) for size in re.findall(r"(?:client_max_body_size|max_size) (\d+)", nginx + caddy)]

    assert len(sizes) == 2
    assert min(sizes) > settings.upload_megabytes
    assert f"proxy_pass http://{settings.host}:{settings.port};" in nginx
    assert f"reverse_proxy {settings.host}:{settings.port} " in caddy
    assert 'proxy_set_header X-Remote-User "";' in nginx
    assert "header_up -X-Remote-User" in caddy


def test_the_container_names_no_registry_and_only_settings_there_are() -> None:
    text = (ROOT / "Containerfile").read_text("utf-8")
    environ = dict(re.findall(r"(CHECKER_\w+)=(\S+)", text))

    settings = from_config(config.load(None, environ))

    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"debian:bookworm-slim"}
    assert "://" not in text
    assert settings.needs_accounts


def test_what_is_deployed_is_pinned_as_what_is_tested() -> None:
    text = (HOME / "requirements.lock").read_text("utf-8")
    tested = set(PIN.findall((ROOT / "requirements.lock").read_text("utf-8")))

    deployed = set(PIN.findall(text))

    assert deployed <= tested
    assert {"argon2-cffi", "fastapi", "psycopg", "uvicorn"} <= {name for name, _ in deployed}
    assert not {"pytest", "mypy", "moto"} & {name for name, _ in deployed}
    assert "://" not in text
    assert not_pinned(text) == []


def test_a_backup_taken_while_it_runs_brings_back_every_submission(tmp_path: Path) -> None:
    running, backup, restored = (tmp_path / name for name in ("running", "backup", "restored"))
    with TestClient(web.create(Settings(home=running, workers=1)), base_url="http://localhost") as browser:
        address, _ = checked(browser, "申报表.xlsx", sample("county-pushed.xlsx"))
        form = {"csrf": csrf_of(browser)}
        submission = browser.post(f"{address}/submit", data=form, follow_redirects=False).headers["location"]
        marked = browser.get(f"{submission}/marked").content
        backup.mkdir()
        sqlite3.connect(running / "ledger.db").execute("VACUUM INTO ?", (str(backup / "ledger.db"),))
        shutil.copytree(running, backup / "files", ignore=shutil.ignore_patterns("ledger.db*"))

    shutil.rmtree(running)
    shutil.copytree(backup / "files", restored)
    shutil.copy(backup / "ledger.db", restored)

    with TestClient(web.create(Settings(home=restored, workers=1)), base_url="http://localhost") as browser:
        assert browser.get(f"{submission}/original").content == sample("county-pushed.xlsx")
        assert browser.get(f"{submission}/marked").content == marked
        assert "申报表.xlsx" in browser.get("/submissions").text
