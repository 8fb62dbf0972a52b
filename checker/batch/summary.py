"""The end of a run → one summary on the desk of the budget office, and the mails that are owed."""

from checker.batch.run import Done, Office, Screen
from checker.config import Config
from checker.ledger import Run


def finish(office: Office, run: Run, config: Config, finished: tuple[Done, ...], screen: Screen) -> None:
    """Lay the summary where everybody finds it, and send what is due; nothing new, no new summary."""
