"""Bytes and a name → a file to save: never shown in the browser, whatever it holds."""

from urllib.parse import quote

from starlette.responses import Response

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MACROS = "application/vnd.ms-excel.sheet.macroEnabled.12"


def attachment(content: bytes, name: str, kind: str = "") -> Response:
    """A download; the name may be any text, the kind is told by us and never guessed."""
    spelt = name.encode("ascii", "ignore").decode()
    plain = "".join(one if one.isalnum() or one in "._-" else "_" for one in spelt).strip("._") or "download"
    if "." not in plain and "." in name:
        plain = f"{plain}.{name.rpartition('.')[2]}"
    return Response(
        content,
        media_type=kind or (MACROS if name.lower().endswith(".xlsm") else WORKBOOK),
        headers={"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"},
    )
