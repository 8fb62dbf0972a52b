"""checker serve: the web face on this machine, until it is interrupted."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import click


@click.command(help="在浏览器里核查：本机直接使用；其他地址须先设账号（checker users add）。")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="地址", help="在哪个地址上提供服务。")
@click.option("--port", default=8000, show_default=True, metavar="端口", type=click.IntRange(0, 65535), help="端口。")
@click.option("--home", metavar="文件夹", type=click.Path(path_type=Path, file_okay=False), help="数据放在哪里。")
@click.option("--ledger", metavar="台账", help="SQLite 文件路径，或 postgresql:// 地址（不写则与批量核查同一本）。")
@click.option("--store", metavar="存档处", help="报送原件和结果的存档文件夹或 s3:// 地址（不写则在台账旁）。")
@click.option("--register", metavar="文件", help="认定和豁免登记簿（不写则在台账旁，登记第一条时建立）。")
@click.option("--config", "file", metavar="文件", type=click.Path(path_type=Path), help="配置文件 checker.toml。")
def serve(host: str, port: int, home: Path | None, file: Path | None, **places: str | None) -> None:
    """One process answers; the checking is done by others beside it."""
    try:
        import uvicorn

        from checker import config
        from checker.web.app import create
        from checker.web.settings import Settings
    except ImportError as error:
        raise click.UsageError(
            f'还没有安装网页部分（缺少 {error.name}）：pip install "budget-level-checker[web]"。'
        ) from error
    given: dict[str, Any] = {name: value for name, value in {"home": home, **places}.items() if value is not None}
    read = config.load(file, os.environ)
    settings = replace(Settings(host=host, port=port), config=read, config_file=str(file or ""), **given)
    if not settings.is_local:
        raise click.UsageError("除本机（127.0.0.1）以外的地址须先设账号。")
    app = create(settings)
    click.echo(f"请用浏览器打开 http://{host}:{port} （按 Ctrl+C 停止）", err=True)
    uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)
