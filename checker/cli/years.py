"""A budget year as typed → the year, refused beyond the limits of the standard tables."""

import click


def budget_year(_context: click.Context, _option: click.Parameter, year: int | None) -> int | None:
    """The callback of every --year."""
    from checker.definition import budget_year as asked

    if year is not None and not asked().admits(year):
        raise click.BadParameter(f"应是{asked().accepted}，写的是 {year}。")
    return year
