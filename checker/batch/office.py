"""A Config → everything a run works with, opened and examined before the first file is touched."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path, PurePosixPath

from checker import __version__, mail, register, rulebook
from checker.batch.crew import Crew, processes
from checker.batch.handling import Office
from checker.batch.work import pack
from checker.checks import CHECKS
from checker.config import Batch, Config
from checker.errors import BadConfig, Unavailable
from checker.folder import Folder, open_folder
from checker.ledger import Version, open_ledger
from checker.register import Register
from checker.rulebook import Rulebook
from checker.store import Store

_HOME = "checker-ledger"  # where ledger and store lie if nothing is said: beside the outbox, or here


def open_office(config: Config) -> Office:
    """raises: BadConfig, Unavailable, UnreadableWorkbook (the register), BadDeclaration (a plan)."""
    batch = config.batch
    inbox, outbox = _existing(batch), _open(batch.outbox, batch)
    _keep_apart(inbox, outbox)
    book = rulebook.load(*map(Path, batch.plans))
    decided = _register(batch.register, book)
    version = " + ".join(filter(None, (book.version, decided.version if decided else "")))
    home = home_of(batch)
    return Office(
        inbox=inbox,
        outbox=outbox,
        store=Store(_open(batch.store or str(home / "store"), batch)),
        ledger=open_ledger(batch.ledger or home / "ledger.db", patience=batch.patience_seconds),
        law=pack(book, decided),
        version=Version(version, __version__),
        settle=batch.settle_seconds,
        lease=batch.lease_seconds,
        recipients=_recipients(config),
    )


def _recipients(config: Config) -> Callable[[str, str], tuple[str, ...]]:
    """Who gets the mail about a bureau's file; without a mail server nobody, or it would all be sent one day."""
    if not (config.mail.host and config.mail.address_book):
        return lambda _bureau, _division: ()
    return mail.load(Path(config.mail.address_book).expanduser()).recipients


def crew_of(batch: Batch) -> AbstractContextManager[Crew]:
    """The processes of this machine, or the cluster."""
    if batch.cluster:
        from checker.batch.cluster import cluster

        return cluster(batch.cluster, batch.seconds_a_file)
    return processes(batch.workers, batch.seconds_a_file, batch.megabytes_a_file)


def _absolute(place: str) -> str:
    """A path as the ledger remembers it, the same wherever the command is started."""
    return place if "://" in place else str(Path(place).expanduser().resolve())


def _existing(batch: Batch) -> Folder:
    """The inbox; a misspelt one must not look like an empty one."""
    if "://" not in batch.inbox and not Path(batch.inbox).expanduser().is_dir():
        raise Unavailable(f"收件文件夹 {batch.inbox} 不存在。请核对路径；网络盘请先连接。")
    return _open(batch.inbox, batch)


def _open(place: str, batch: Batch) -> Folder:
    return open_folder(_absolute(place), **(batch.storage if "://" in place else {}))


def _keep_apart(inbox: Folder, outbox: Folder) -> None:
    """What we write must not come in again as a submission."""
    inner, outer = PurePosixPath(outbox.root), PurePosixPath(inbox.root)
    if type(inbox.system) is type(outbox.system) and (inner == outer or outer in inner.parents):
        raise BadConfig("发件文件夹不能是收件文件夹，也不能在它里面：标注好的文件会被当作新报送。请另选一处。")


def home_of(batch: Batch) -> Path:
    """Where ledger and store lie unless they are elsewhere."""
    if batch.ledger and "://" not in batch.ledger:
        return Path(batch.ledger).expanduser().resolve().parent
    return (Path() if "://" in batch.outbox else Path(batch.outbox).expanduser().resolve().parent) / _HOME


def _register(file: str, book: Rulebook) -> Register | None:
    if not file:
        return None
    try:
        return register.load(Path(file).expanduser().read_bytes(), book, CHECKS)
    except OSError as cause:
        raise BadConfig(f"登记簿 {file} 打不开（{cause.strerror}）。请核对路径。") from cause
