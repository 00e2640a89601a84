"""The gate before Streamlit: nothing of a request that does not belong here reaches it."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from builder.access.entrance import entrance
from builder.access.sharing import Sharing
from builder.workspace.errors import NameRefused
from builder.workspace.owners import HOST

COOKIE = "highrise_key"
"""Names a person's key; scripts of the page cannot read it."""

ENTRANCE = "/join"
HEALTH = "/_stcore/health"
"""Says that the server lives, and no more."""

_A_YEAR = 365 * 24 * 3600
_MAX_FORM = 8 * 1024
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_NOT_ADMITTED = "This is not the access token. Ask whoever shares this Highrise for its link."


class Gate:
    """ASGI middleware: host, origin, key.

    A request must name this app as its host, so that a foreign name that leads here finds nothing. A websocket, and whatever
    may change something, must come from this app's own page. When the app is shared, it must also carry the key of somebody
    who came in by the access token; when it is not, keys mean nothing.

    Args:
        app: What lies behind the gate.
        sharing: Who may come in.
    """

    def __init__(self, app: ASGIApp, sharing: Sharing) -> None:
        self.app = app
        self.sharing = sharing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if why := self._why_foreign(scope, headers):
            await _refuse(scope, receive, send, PlainTextResponse(why, 403))
        elif not self.sharing.is_shared or (scope["type"] == "http" and scope["path"] == HEALTH):
            await self.app(_without_key(scope), receive, _with_policy(send))
        elif scope["type"] == "http" and scope["path"] == ENTRANCE:
            response = await self._enter(Request(scope, receive), key_of(headers))
            await response(scope, receive, _with_policy(send))
        elif await self._owner(key_of(headers)) is None:
            await _refuse(scope, receive, _with_policy(send), _please_enter(scope, headers))
        else:
            await self.app(scope, receive, _with_policy(send))

    def _why_foreign(self, scope: Scope, headers: Headers) -> str:
        host, origin = headers.get("host", ""), headers.get("origin")
        if not self.sharing.answers_to(host):
            return f"This Highrise is not called {host[:100]!r}. Its host can add a name by --host NAME."
        is_safe = scope["type"] == "http" and scope["method"] in _SAFE_METHODS
        if origin is None or is_safe or urlsplit(origin).netloc.lower() == host.lower():
            return ""
        return "This comes from another site's page. Open Highrise itself."

    async def _owner(self, key: str | None) -> str | None:
        workspace = self.sharing.workspace
        assert workspace is not None
        return await run_in_threadpool(workspace.owner_of, key)

    async def _enter(self, request: Request, key: str | None) -> Response:
        """The entrance: shows it, or takes what was typed and hands out a key."""
        if request.method == "POST":
            return await self._admit(request)
        token, next_path = request.query_params.get("token", ""), _own_path(request.query_params.get("next", "/"))
        is_host = self.sharing.admits_host(token)
        # The host may have been in as somebody else.
        if (owner := await self._owner(key)) is not None and not (is_host and owner != HOST):
            return RedirectResponse(next_path, 303)
        if token and not is_host and not self.sharing.admits(token):
            return HTMLResponse(entrance(next_path=next_path, problem=_NOT_ADMITTED), 403)
        return HTMLResponse(entrance(token, next_path=next_path, is_host=is_host))

    async def _admit(self, request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _MAX_FORM:
                return PlainTextResponse("That is too long for a name and a token.", 413)
        try:
            fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=10)
        except ValueError:
            return PlainTextResponse("That is no name and token.", 400)
        token, name, next_path = (fields.get(each, [""])[0] for each in ("token", "name", "next"))
        token, next_path = token.strip(), _own_path(next_path)
        workspace = self.sharing.workspace
        assert workspace is not None
        if self.sharing.admits_host(token):
            key = await run_in_threadpool(workspace.admit_host)
        elif not self.sharing.admits(token):
            return HTMLResponse(entrance(name=name, next_path=next_path, problem=_NOT_ADMITTED), 403)
        else:
            try:
                key = await run_in_threadpool(workspace.admit, name)
            except NameRefused as refused:
                return HTMLResponse(entrance(token, name, next_path, str(refused)), 409)
        response = RedirectResponse(next_path, 303)
        response.set_cookie(
            COOKIE, key, max_age=_A_YEAR, httponly=True, samesite="lax", secure=request.url.scheme == "https"
        )
        return response


def key_of(headers: Headers) -> str | None:
    """The key in a request's cookies."""
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel else None


def _own_path(text: str) -> str:
    """A path of this app, or its first page: no other site's."""
    is_own = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable()
    return text if is_own and not text.startswith(ENTRANCE) else "/"


def _please_enter(scope: Scope, headers: Headers) -> Response:
    """The entrance for a person who asked for a page, else a refusal in words."""
    if scope["type"] == "http" and scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
        query = scope.get("query_string", b"").decode("latin-1")
        path = scope["path"] + (f"?{query}" if query else "")
        return HTMLResponse(entrance(next_path=_own_path(path)), 401)
    return PlainTextResponse("Come in by /join first.", 401)


async def _refuse(scope: Scope, receive: Receive, send: Send, response: Response) -> None:
    if scope["type"] == "websocket":
        # Before it is accepted, this answers 403.
        await send({"type": "websocket.close", "code": 1008})
    else:
        await response(scope, receive, send)


def _without_key(scope: Scope) -> Scope:
    """The request without a key: the page takes whoever has none for the host."""
    headers = [(name, _without(value) if name == b"cookie" else value) for name, value in scope["headers"]]
    return {**scope, "headers": headers}


def _without(cookies: bytes) -> bytes:
    parts = cookies.split(b";")
    return b";".join(part for part in parts if part.partition(b"=")[0].strip() != COOKIE.encode())


def _with_policy(send: Send) -> Send:
    """Answers that no other site may frame, and whose kind is what they say."""

    async def send_(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("X-Frame-Options", "SAMEORIGIN")
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Referrer-Policy", "same-origin")
        await send(message)

    return send_
