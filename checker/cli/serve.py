"""checker serve: the web face on this machine, until it is interrupted."""

from pathlib import Path

import click


@click.command(help="在浏览器里核查：本机直接使用；其他地址须先设账号（checker users add）。")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="地址", help="在哪个地址上提供服务。")
@click.option("--port", default=8000, show_default=True, metavar="端口", type=click.IntRange(0, 65535), help="端口。")
@click.option("--home", metavar="文件夹", type=click.Path(path_type=Path, file_okay=False), help="数据放在哪里。")
def serve(host: str, port: int, home: Path | None) -> None:
    """One process answers; the checking is done by others beside it."""
    try:
        import uvicorn

        from checker.web.app import create
        from checker.web.settings import Settings
    except ImportError as error:
        raise click.UsageError(
            f'还没有安装网页部分（缺少 {error.name}）：pip install "budget-level-checker[web]"。'
        ) from error
    settings = Settings(host=host, port=port) if home is None else Settings(host=host, port=port, home=home)
    if not settings.is_local:
        raise click.UsageError("除本机（127.0.0.1）以外的地址须先设账号。")
    app = create(settings)
    click.echo(f"请用浏览器打开 http://{host}:{port} （按 Ctrl+C 停止）", err=True)
    uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)
