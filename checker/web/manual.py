"""The description of the API → a page to read, without the scripts from elsewhere that usually draw one."""

from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from starlette.responses import Response

from checker.web.faces import page
from checker.web.gate import enter

router = APIRouter(include_in_schema=False, dependencies=[Depends(enter)])


def with_tokens(app: FastAPI) -> None:
    """Have the description say how a program proves who it is; where there are no accounts it need not."""
    describe = app.openapi

    def described() -> dict[str, Any]:
        schema = describe()
        scheme = {
            "type": "http",
            "scheme": "bearer",
            "description": "访问令牌：网页的“访问令牌”页，或 checker users token",
        }
        schema.setdefault("components", {})["securitySchemes"] = {"token": scheme}
        return schema | {"security": [{"token": []}, {}]}

    app.openapi = described  # type: ignore[method-assign]


@router.get("/api")
def manual(request: Request) -> Response:
    described: dict[str, Any] = request.app.openapi()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            groups.setdefault(one["tags"][0], []).append(one | {"path": path, "method": method.upper()})
    return page(request, "api.html", groups=groups)
