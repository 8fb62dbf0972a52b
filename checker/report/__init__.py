"""Report → text, JSON, SARIF, a summary workbook, or the workbook rebuilt: a module for each."""

from checker.report.outcome import Outcome

__all__ = ["Outcome"]
