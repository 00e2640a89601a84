"""What an edit makes of the document, asked for by the page itself as soon as the edit is made: shapes, counts and problems
are there before the run of the page's script that takes the edit.

`POST /draft?tab=KEY` with an edit as JSON answers with JSON; with 204 to an edit that is not new, or that the schema
refuses, which the script says in words; with 404 if the tab is not known. Nothing is changed by it. Behind the same gate as
the feed. Knows no Streamlit.
"""

from __future__ import annotations

import json
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from builder.pages.drafts import DraftBoard, Drafts
from builder.spec import DocumentError
from builder.spec.document import MAX_DOCUMENT_BYTES

MAX_BYTES = MAX_DOCUMENT_BYTES + 4096
"""Of an edit: a document and some numbers."""


class DraftAnswers:
    """Answers pages about edits that are on their way.

    Args:
        board: The tabs' drafts.
    """

    def __init__(self, board: DraftBoard) -> None:
        self._board = board

    def routes(self, base_path: str = "") -> list[Route]:
        """Where it answers, if the page is served under a path."""
        return [Route(f"/{base_path.strip('/')}/draft".replace("//", "/"), self.answer, methods=["POST"])]

    async def answer(self, request: Request) -> Response:
        """One edit's answer."""
        drafts = self._board.of(request.query_params.get("tab", ""))
        if drafts is None:
            return PlainTextResponse("There is no such tab; reload the page.", 404)
        try:
            body = await _read(request)
        except ClientDisconnect:
            return Response(status_code=204)
        if body is None:
            return PlainTextResponse(f"An edit has at most {MAX_BYTES:,} bytes.", 413)
        try:
            answer = await run_in_threadpool(_answered, drafts, body)
        except (ValueError, RecursionError) as error:
            return PlainTextResponse(f"This is no edit: {error}.", 400)
        if answer is None:
            return Response(status_code=204)
        return Response(answer, media_type="application/json", headers={"Cache-Control": "no-store"})


async def _read(request: Request) -> bytes | None:
    """The body; None as soon as it is too long."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BYTES:
            return None
    return bytes(body)


def _answered(drafts: Drafts, body: bytes) -> bytes | None:
    message: Any = json.loads(body)
    try:
        answer = drafts.answer(message)
    except DocumentError:
        return None
    return None if answer is None else json.dumps(answer, allow_nan=False, separators=(",", ":")).encode()
