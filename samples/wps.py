"""A filled template → the same as WPS 表格 saves it: own names, a wrong dimension, parts no other program writes."""

import re
from base64 import b64decode

from samples.package import Parts, edited, replace

_TYPES, _SHEET, _APP = "[Content_Types].xml", "xl/worksheets/sheet1.xml", "docProps/app.xml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_SPREADSHEET_DRAWING = f"{_DRAWING}/spreadsheetDrawing"
_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
_CUSTOM = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
    'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
    '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="2" name="ICV"><vt:lpwstr>'
    "5A0F6C1E9B7D4C2FA1B2C3D4E5F60718_12</vt:lpwstr></property>"
    '<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="3" name="KSOProductBuildVer"><vt:lpwstr>'
    "2052-12.1.0.18608</vt:lpwstr></property></Properties>"
)
_CELL_IMAGES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<etc:cellImages xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData" '
    f'xmlns:xdr="{_SPREADSHEET_DRAWING}" xmlns:r="{_OFFICE}" xmlns:a="{_DRAWING}/main"><etc:cellImage><xdr:pic>'
    '<xdr:nvPicPr><xdr:cNvPr id="2" name="ID_0A1B2C3D4E5F"/><xdr:cNvPicPr/></xdr:nvPicPr>'
    '<xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill><xdr:spPr/></xdr:pic></etc:cellImage></etc:cellImages>'
)
_IMAGE_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/image" Target="media/image1.png"/></Relationships>'
)


def as_wps_saves_it(content: bytes) -> bytes:
    """The same cells, packed by another hand."""
    return edited(content, _say_wps, _say_a_wrong_dimension, _add_own_parts)


def _say_wps(parts: Parts) -> None:
    parts[_APP] = re.sub(rb"<Application>[^<]*</Application>", b"<Application>WPS Office</Application>", parts[_APP])
    parts[_APP] = re.sub(rb"<AppVersion>[^<]*</AppVersion>", b"", parts[_APP])
    parts["docProps/custom.xml"] = _CUSTOM.encode()
    custom = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
    replace(parts, _TYPES, "</Types>", f'<Override PartName="/docProps/custom.xml" ContentType="{custom}"/></Types>')
    _relate(parts, "_rels/.rels", f"{_OFFICE}/custom-properties", "docProps/custom.xml")


def _say_a_wrong_dimension(parts: Parts) -> None:
    parts[_SHEET] = re.sub(rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1:B2"/>', parts[_SHEET])


def _add_own_parts(parts: Parts) -> None:
    """Pictures kept inside cells, which only WPS knows."""
    parts["xl/cellimages.xml"] = _CELL_IMAGES.encode()
    parts["xl/_rels/cellimages.xml.rels"] = _IMAGE_RELATIONS.encode()
    parts["xl/media/image1.png"] = b64decode(_PIXEL)
    kinds = (
        '<Default Extension="png" ContentType="image/png"/><Override PartName="/xl/cellimages.xml" '
        'ContentType="application/vnd.wps-officedocument.cellimage+xml"/></Types>'
    )
    replace(parts, _TYPES, "</Types>", kinds)
    _relate(parts, "xl/_rels/workbook.xml.rels", "http://www.wps.cn/officeDocument/2020/cellImage", "cellimages.xml")


def _relate(parts: Parts, name: str, kind: str, target: str) -> None:
    one = f'<Relationship Id="rIdWps1" Type="{kind}" Target="{target}"/></Relationships>'
    replace(parts, name, "</Relationships>", one)
