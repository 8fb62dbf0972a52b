"""checker serve: the web face on this machine, until it is interrupted."""

import os
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from checker.web.settings import Settings

_PATIENCE = 3  # seconds that answers under way may still take when the server is told to stop


@click.command(
    help="在浏览器里核查：本机直接使用；其他地址须先设账号（checker users add）。"
    "其余设置写在 checker.toml 的 [web] 里。"
)
@click.option("--host", metavar="地址", help="在哪个地址上提供服务（不写则 127.0.0.1，只有本机能用）。")
@click.option("--port", metavar="端口", type=click.IntRange(0, 65535), help="端口（不写则 8000）。")
@click.option("--home", metavar="文件夹", type=click.Path(path_type=Path, file_okay=False), help="数据放在哪里。")
@click.option("--ledger", metavar="台账", help="SQLite 文件路径，或 postgresql:// 地址（不写则与批量核查同一本）。")
@click.option("--store", metavar="存档处", help="报送原件和结果的存档文件夹或 s3:// 地址（不写则在台账旁）。")
@click.option("--register", metavar="文件", help="认定和豁免登记簿（不写则在台账旁，登记第一条时建立）。")
@click.option("--plain-http", is_flag=True, default=None, help="没有 HTTPS（只宜在可信的内网）：登录不加密。")
@click.option("--config", "file", metavar="文件", type=click.Path(path_type=Path), help="配置文件 checker.toml。")
def serve(file: Path | None, **given: Any) -> None:
    """One process answers; the checking is done by others beside it."""
    try:
        import uvicorn

        from checker.web.app import create
    except ImportError as error:
        raise not_installed(error) from error
    settings = settings_of(file, **given)
    app = create(settings)
    click.echo(f"请用浏览器打开 http://{settings.host}:{settings.port} （按 Ctrl+C 停止）", err=True)
    # What proxies say is weighed by ourselves: uvicorn would forget who said it.
    # Whoever only waits to be told does not hold up the end: pages ask again by themselves.
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_PATIENCE,
        )
    )
    app.state.is_stopping = lambda: server.should_exit
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # called when all is put away
    with suppress(KeyboardInterrupt, SystemExit):
        server.run()
    if not server.started:
        raise click.UsageError(f"不能在 {settings.host}:{settings.port} 上提供服务：地址不可用，或端口已被占用。")


def not_installed(error: ImportError) -> click.UsageError:
    """What to do where the extra is not there."""
    return click.UsageError(f'还没有安装网页部分（缺少 {error.name}）：pip install "budget-level-checker[web]"。')


def settings_of(file: Path | None, **given: Any) -> "Settings":
    """checker.toml, the environment and the options → the settings; an option that was not given is None."""
    from checker import config
    from checker.web.settings import from_config

    read = config.load(file, os.environ)
    told = {name: value for name, value in given.items() if value is not None}
    return replace(from_config(read), config_file=str(file or ""), **told)
