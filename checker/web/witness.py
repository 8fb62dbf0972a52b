"""Requests that change or take something → a line each in the audit log, whichever page they came to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from checker.web.office import Office
from checker.web.peers import address_of

# What a deed is called; one that is not here is written down all the same, as its route.
DEEDS = {
    "login": "登录",
    "login-failed": "登录失败",
    "login-refused": "登录被拒（输错太多）",
    "logout": "退出",
    "user-added": "增加账号（命令行）",
    "user-removed": "删除账号（命令行）",
    "user-password": "重设口令（命令行）",
    "user-token": "发放令牌（命令行）",
    "user-token-revoked": "作废令牌（命令行）",
    "POST /checks": "上传核查",
    "POST /api/v1/checks": "上传核查（接口）",
    "POST /checks/{key}/drop": "删除核查结果",
    "GET /checks/{key}/marked": "下载标注工作簿",
    "GET /checks/{key}/original": "下载原件",
    "GET /checks/{key}/report.json": "下载结果 JSON",
    "GET /api/v1/checks/{key}/marked": "下载标注工作簿（接口）",
    "GET /api/v1/checks/{key}/original": "下载原件（接口）",
    "GET /templates/{table}.xlsx": "下载模板",
    "GET /api/v1/templates/{table}": "下载模板（接口）",
    "POST /checks/{key}/submit": "报送（核查后）",
    "POST /submissions": "直接报送",
    "POST /api/v1/submissions": "报送（接口）",
    "GET /submissions/{key}/original": "下载报送原件",
    "GET /submissions/{key}/marked": "下载报送的标注工作簿",
    "GET /submissions/{key}/report.json": "下载报送的结果 JSON",
    "GET /api/v1/submissions/{key}/original": "下载报送原件（接口）",
    "GET /api/v1/submissions/{key}/marked": "下载报送的标注工作簿（接口）",
    "POST /api/v1/submissions/{key}/comments": "写审核意见（接口）",
    "POST /review/submissions/{key}/comment": "写审核意见",
    "GET /review/summary.xlsx": "下载汇总工作簿",
    "POST /review/register/{table}": "拟登记认定或豁免",
    "POST /review/drafts/{key}/on": "认定或豁免生效",
    "POST /review/drafts/{key}/drop": "放弃拟登记的内容",
    "GET /review/register/workbook": "下载登记簿",
    "GET /review/register/history/{name}": "下载登记簿的旧版",
    "POST /review/plans": "试算新方案",
    "POST /review/runs": "开始批量核查",
    "POST /review/runs/again": "按现行规则重核报送",
    "POST /password": "修改口令",
    "POST /tokens": "生成令牌",
    "POST /tokens/{number}/revoke": "作废令牌",
    "POST /accounts": "增加账号",
    "POST /accounts/{name}/password": "重设口令",
    "POST /accounts/{name}/logout": "结束登录、作废令牌",
    "POST /accounts/{name}/remove": "删除账号",
}
_SAFE = {"GET", "HEAD", "OPTIONS"}
_ITSELF = {"/login", "/logout"}  # these write down more than can be seen from here


def label(what: str) -> str:
    return DEEDS.get(what, what)


@dataclass(frozen=True)
class Witness:
    """Writes down who changed or downloaded something before the answer goes out: without the line, no answer.

    Whoever is alone at their machine is not watched.
    """

    app: ASGIApp
    office: Callable[[], Office]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self.office().settings.accounts:
            await self.app(scope, receive, send)
            return
        state: dict[str, Any] = scope.setdefault("state", {})

        async def witnessed(message: Message) -> None:
            if message["type"] == "http.response.start" and state.get("reader") and _matters(scope, message):
                await asyncio.to_thread(self._note, scope, message)
            await send(message)

        await self.app(scope, receive, witnessed)

    def _note(self, scope: Scope, message: Message) -> None:
        state, accounts = scope["state"], self.office().accounts
        told = state.get("about") or Headers(raw=message["headers"]).get("location") or ""
        accounts.note(
            who=state["reader"].name,
            what=f"{scope['method']} {_route(scope)}",
            about=" ".join(filter(None, (scope["path"], told))),
            address=address_of(scope, accounts.settings.proxies),
            status=message["status"],
        )


def _matters(scope: Scope, message: Message) -> bool:
    is_download = Headers(raw=message["headers"]).get("content-disposition", "").startswith("attachment")
    return (scope["method"] not in _SAFE or is_download) and scope["path"] not in _ITSELF


def _route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", "") or scope["path"])
