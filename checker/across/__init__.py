"""Reports of a batch → XS findings: what no single submission shows."""

from checker.across.checks import compare
from checker.across.claims import Batch, Claim, Handed, batch_of
from checker.across.registry import ACROSS, AcrossCheck, Overlap

__all__ = ["ACROSS", "AcrossCheck", "Batch", "Claim", "Handed", "Overlap", "batch_of", "compare"]
