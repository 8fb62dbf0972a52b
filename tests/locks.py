"""A lock file → its requirements, and those that anything could be installed for."""

import re


def requirements(lock: str) -> list[str]:
    """Every requirement with all that belongs to it, on one line."""
    joined = lock.replace("\\\n", " ").splitlines()
    return [line for line in joined if line.strip() and not line.lstrip().startswith("#")]


def not_pinned(lock: str) -> list[str]:
    """The requirements without a version or without a hash of their own."""
    pinned = re.compile(r"\S+==\S+.*--hash=sha256:[0-9a-f]{64}")
    return [requirement for requirement in requirements(lock) if not pinned.match(requirement)]
