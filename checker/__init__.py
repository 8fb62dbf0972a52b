"""The budget level checker: says, line by line, whether the right level of government is paying."""
