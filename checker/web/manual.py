"""The description of the API → a page to read, without the scripts from elsewhere that usually draw one."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from checker.web.faces import page
from checker.web.gate import enter

router = APIRouter(include_in_schema=False, dependencies=[Depends(enter)])


@router.get("/api")
def manual(request: Request) -> Response:
    described: dict[str, Any] = request.app.openapi()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            groups.setdefault(one["tags"][0], []).append(one | {"path": path, "method": method.upper()})
    return page(request, "api.html", groups=groups)
