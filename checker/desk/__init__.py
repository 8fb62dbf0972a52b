"""How every submission stands → the one workbook that a run lays on the budget office's desk."""

from checker.desk.book import render
from checker.desk.figures import Figures, Stands, gather

__all__ = ["Figures", "Stands", "gather", "render"]
