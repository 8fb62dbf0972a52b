"""What stops a run: a file nobody can read, a declaration of ours that is wrong, or what the work stands on is gone."""


class CheckerError(Exception):
    """Base of the others; anything else that is raised is a bug and must crash."""


class UnreadableWorkbook(CheckerError):
    """The bytes cannot be checked; code says why for programs, the message tells the clerk the cure.

    code is one of the keys of schemas/unreadable.yaml: stable, lower case, with hyphens.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message


class BadDeclaration(CheckerError):
    """A file under schemas/ contradicts itself or its source; the message reads `path: id: what`."""


class Unavailable(CheckerError):
    """The ledger, the store or a folder cannot be used now; the Chinese message says what to do before the next run."""


class Lost(Unavailable):
    """One file of the store is missing, or no longer what was kept; the others are as they were."""


class Occupied(Unavailable):
    """One place cannot be written to now: somebody has the file open, or it is none; another name beside it may do."""


class BadConfig(CheckerError):
    """A setting that does not exist or cannot be used; the Chinese message names it and where it was set."""
