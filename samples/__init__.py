"""Filled workbooks beside what the checker says of them; python -m samples.write makes them anew."""
