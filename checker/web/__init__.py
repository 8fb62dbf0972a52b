"""Uploads from browsers and programs → checked workbooks; what the law says, and what was handed in, to read."""
