"""Workbooks of other people, marked every way and examined with other libraries than the marker's own."""
