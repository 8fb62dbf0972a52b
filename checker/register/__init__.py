"""登记簿: what an office has determined of unlisted matters (认定) and what it has excused (豁免), read and applied."""

from checker.register.entries import Determination, Determinations, Register, Ruling, Waiver
from checker.register.loading import listed, load
from checker.register.sheets import definitions
from checker.register.waiving import waive

__all__ = ["Determination", "Determinations", "Register", "Ruling", "Waiver", "definitions", "listed", "load", "waive"]
