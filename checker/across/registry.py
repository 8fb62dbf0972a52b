"""Checks over a batch declared → the registry of the XS family, each code with its Chinese title, why and fix."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from checker.across.claims import Batch, Claim
from checker.terms import Finding, Severity


@dataclass(frozen=True)
class Overlap:
    """A finding over several submissions: its claims, and how like the first each is (0 to 1, None where not asked)."""

    finding: Finding
    claims: tuple[Claim, ...] = ()
    alike: tuple[float | None, ...] = ()
    files: tuple[str, ...] = ()


Function = Callable[[Batch], Iterable[Overlap]]


@dataclass(frozen=True)
class AcrossCheck:
    """核查: one finding code that needs more than one submission."""

    code: str
    title: str
    why: str
    fix: str
    severity: Severity
    function: Function
    needs: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()

    def run(self, batch: Batch) -> list[Overlap]:
        """Its findings, stamped with code, severity and fix."""
        return [replace(found, finding=self._stamped(found.finding)) for found in self.function(batch)]

    def _stamped(self, finding: Finding) -> Finding:
        return replace(finding, code=self.code, severity=self.severity, fix=self.fix)


ACROSS: dict[str, AcrossCheck] = {}


def across(
    code: str, title: str, *, why: str, fix: str, severity: Severity = Severity.WARNING
) -> Callable[[Function], Function]:
    """Declare the function below as the one check behind an XS code; texts as in checks.registry.code."""

    def declare(function: Function) -> Function:
        if code in ACROSS:
            raise ValueError(f"{code} is already declared")
        ACROSS[code] = AcrossCheck(code, title, why, fix, severity, function)
        return function

    return declare
