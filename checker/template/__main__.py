"""Rewrite the standard workbooks in templates/: `python -m checker.template`."""

from checker.definition import definitions
from checker.files import TEMPLATES
from checker.template import template

for definition in definitions().values():
    (TEMPLATES / f"{definition.id}.xlsx").write_bytes(template(definition))
