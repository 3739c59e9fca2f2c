"""The web server: the page's files, one WebSocket, one header to download."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers, QueryParams
from starlette.requests import Request as HttpRequest
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from fixprop.dashboard.access import Access
from fixprop.dashboard.dashboard import Dashboard, Page
from fixprop.dashboard.schema import Budget, Refused, Request, parse
from fixprop.errors import FixpropError

STATIC = Path(__file__).parent / "static"
MOST_PAGES = 8
REFUSED, TOO_MANY = 1008, 1013  # WebSocket close codes: policy violation, try again later
MOST_REFUSALS = 32
"""A page that is refused more often is no page of ours."""

MOST_COMMANDS = 16
AT_ONCE = ("drawn", "hand", "hand_away")
"""Requests that wait for nothing."""

HEADERS = {
    "content-security-policy": "default-src 'self'; img-src 'self' data: blob:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-cache",
}


def create_app(
    dashboard: Dashboard, access: Access, failed: Callable[[BaseException], None] | None = None
) -> Starlette:
    """The ASGI application; it follows the board from its startup to its shutdown.

    `failed` is told if following ends before, which no page would notice.
    """

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        following = asyncio.create_task(dashboard.run())
        following.add_done_callback(_tell_failure)
        try:
            yield
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    def _tell_failure(following: asyncio.Task[None]) -> None:
        error = None if following.cancelled() else following.exception()
        if error is not None and failed is not None:
            failed(error)

    async def index(_: HttpRequest) -> Response:
        return FileResponse(STATIC / "index.html")

    async def model_h(_: HttpRequest) -> Response:
        try:
            text = await dashboard.actions.model_h()
        except FixpropError as error:
            return PlainTextResponse(str(error), 409)
        disposition = {"content-disposition": 'attachment; filename="model.h"'}
        return PlainTextResponse(text, headers=disposition)

    async def live(socket: WebSocket) -> None:
        await _serve_page(socket, dashboard, access)

    return Starlette(
        routes=[
            Route("/", index),
            Route("/model.h", model_h),
            WebSocketRoute("/live", live),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        lifespan=lifespan,
    )


def guarded(app: ASGIApp, access: Access) -> ASGIApp:
    """`app` behind the rules of `access`, with headers that keep foreign code out of the page."""

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        refusal = _refusal(scope, access)
        if refusal is not None:
            await refusal(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    *((k.encode(), v.encode()) for k, v in HEADERS.items()),
                ]
            await send(message)

        await app(scope, receive, send_with_headers)

    return guard


def _refusal(scope: Scope, access: Access) -> Response | None:
    host = Headers(scope=scope).get("host")
    if not access.host_allowed(host):
        return PlainTextResponse("this page is not served under that name", 421)
    if scope["path"].startswith("/static/"):
        return None
    if not access.token_allowed(QueryParams(scope["query_string"]).get("token")):
        return PlainTextResponse("open the address that `fixprop dashboard` printed", 403)
    return None


async def _serve_page(socket: WebSocket, dashboard: Dashboard, access: Access) -> None:
    headers = socket.headers
    allowed = access.origin_allowed(headers.get("origin"), headers.get("host"))
    if not (allowed and access.token_allowed(socket.query_params.get("token"))):
        await socket.close(REFUSED)
        return
    await socket.accept()
    if len(dashboard.pages) >= MOST_PAGES:
        await socket.close(TOO_MANY, f"{MOST_PAGES} pages are open; close one")
        return
    page, first = dashboard.open()
    commands: asyncio.Queue[Request] = asyncio.Queue(MOST_COMMANDS)
    tasks = [
        asyncio.create_task(_tell(socket, page, first)),
        asyncio.create_task(_obey(commands, dashboard, page)),
    ]
    try:
        await _listen(socket, dashboard, page, commands)
    finally:
        dashboard.close(page)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _tell(socket: WebSocket, page: Page, first: list[bytes | str]) -> None:
    messages = first
    while True:
        for message in messages:
            if isinstance(message, bytes):
                await socket.send_bytes(message)
            else:
                await socket.send_text(message)
        messages = await page.take()


async def _obey(commands: asyncio.Queue[Request], dashboard: Dashboard, page: Page) -> None:
    """Commands of a page, one after the other: the board may take seconds for one."""
    while True:
        _answer(page, await dashboard.ask(await commands.get()))


def _answer(page: Page, answer: dict[str, Any] | None) -> None:
    if answer is not None:
        page.put(json.dumps(answer))


async def _listen(
    socket: WebSocket, dashboard: Dashboard, page: Page, commands: asyncio.Queue[Request]
) -> None:
    """What the page asks for; a refusal names the field."""
    budget, refusals = Budget(time.monotonic), 0
    while refusals < MOST_REFUSALS:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        try:
            if not budget.allow():
                raise Refused("message", "comes too soon after the others")
            request = parse(_text(message))
            if request.type in AT_ONCE:
                _answer(page, await dashboard.ask(request))
            elif commands.full():
                raise Refused("message", f"{MOST_COMMANDS} commands wait already", request.id)
            else:
                commands.put_nowait(request)
        except Refused as refusal:
            refusals += 1
            _answer(page, _of_refusal(refusal))
    await socket.close(REFUSED, "too many messages that the schema does not allow")


def _text(message: Message) -> str:
    text = message.get("text")
    if not isinstance(text, str):
        raise Refused("message", "must be text")
    return text


def _of_refusal(refusal: Refused) -> dict[str, Any]:
    return {
        "kind": "answer",
        "id": refusal.request_id,
        "ok": False,
        "field": refusal.field,
        "text": f"refused: {refusal}",
    }
