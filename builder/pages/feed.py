"""What an open page asks for again and again, without a run of its script: how runs stand, and what their charts draw.

`GET /feed/run?run=ID`, `/feed/runs?experiment=ID&shown=ID,ID`, `/feed/table?experiment=ID`, `/feed/differences?runs=ID,ID`,
`/feed/charts?runs=ID,ID`, `/feed/preflight?key=KEY` and `/feed/finding?run=ID&finding=N` answer with JSON, or with 204 to
whoever has it already and says so by `have=VERSION`, and as long as there is no answer.
`/feed/profile?runs=ID,ID&chart=ID&step=N` answers with what a chart over depth shows at a step, or 204 for nothing. Headers
say which version an answer is, and when to ask again; a finding stays as it is, and browsers keep it. All that ask for the
same share one look at the files. Nothing is changed by it. Knows no Streamlit.
"""

from __future__ import annotations

import asyncio
import gzip
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from builder.charts import ShownRun
from builder.pages.feed_sources import Charts, Finding, Kept, RunState, Source
from builder.pages.opening import MAX_SHOWN_RUNS
from builder.pages.run_rows import difference_table, run_list
from builder.pages.run_table import RunTable
from builder.workspace.errors import Deleted, NotFound, WorkspaceError
from builder.workspace.store import Workspace

VERSION_HEADER, SECONDS_HEADER = "Highrise-Version", "Highrise-Seconds"

LOOK_SECONDS, LIST_LOOK_SECONDS = 0.1, 0.5
"""Files are looked at so often at most, whoever asks; for the list of runs, which reads those of many."""

IDLE_SECONDS, ANSWERED_SECONDS = 1.0, 20.0
"""When to ask again for what is not live, and for the list of runs; for a preflight that is answered, which stays unless its
answer was a problem."""

SCRUBS_PER_QUESTION = 4
"""So often more than for what is live a tab asks while a person draws a slider over the steps."""

MAX_STEP_DIGITS = 12

FORGET_SECONDS = 30.0
MAX_SOURCES = 200
"""What nobody has asked for lately is closed; of more at once, what was asked for longest ago."""


@dataclass(slots=True)
class _Asked:
    source: Source
    asked_at: float
    looked_at: float = -1e9


class Feed:
    """Answers pages; for one event loop.

    Args:
        open_workspace: Called at the first question.
        pace: Seconds between two questions about what is live.
        preflight: The answer to a preflight's key, None as long as there is none.
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        open_workspace: Callable[[], Workspace],
        pace: Callable[[], float],
        preflight: Callable[[str], dict[str, Any] | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._open_workspace = open_workspace
        self._pace = pace
        self._preflight = preflight
        self._clock = clock
        self._workspace: Workspace | None = None
        self._sources: dict[tuple[str, ...], _Asked] = {}
        self._opening = asyncio.Lock()

    def routes(self, base_path: str = "") -> list[Route]:
        """Where it answers, if the page is served under a path."""
        return [Route(f"/{base_path.strip('/')}/feed/{{name}}".replace("//", "/"), self.answer, methods=["GET"])]

    async def answer(self, request: Request) -> Response:
        """One question's answer."""
        query = request.query_params
        name, have = request.path_params["name"], query.get("have", "")
        key = _key(name, query)
        if key is None:
            return PlainTextResponse("There is no such feed.", 404)
        try:
            asked = self._sources.get(key) or await self._open(key)
            asked.asked_at = now = self._clock()
            if now - asked.looked_at >= (LIST_LOOK_SECONDS if _is_list(name, asked.source) else LOOK_SECONDS):
                # Noted first, so that others who ask meanwhile are told what is known.
                asked.looked_at = now
                await run_in_threadpool(asked.source.look)
            if name == "profile":
                return await self._profile(asked.source, query)
        except Deleted:
            # It may be restored: whoever looks at it is told nothing new until then.
            return Response(status_code=204, headers={"Cache-Control": "no-store", SECONDS_HEADER: f"{IDLE_SECONDS:g}"})
        except NotFound:
            return PlainTextResponse("There is no such run; it may have been deleted.", 404)
        except WorkspaceError as error:
            return PlainTextResponse(str(error), 503)
        news = asked.source.news(have)
        headers = {"Cache-Control": "no-store", SECONDS_HEADER: f"{self._seconds(name, asked.source):g}"}
        if news is None:
            return Response(status_code=204, headers=headers)
        version, body = news
        if name == "finding":
            return _kept_by_browsers(body, request)
        return Response(body, media_type="application/json", headers={**headers, VERSION_HEADER: version})

    async def _profile(self, source: Source, query: Mapping[str, str]) -> Response:
        assert isinstance(source, Charts)
        chart_id, step = query.get("chart", ""), query.get("step", "")
        # Of digits alone, and not of as many as make one thread busy for long.
        if not (step.isascii() and step.isdecimal() and len(step) <= MAX_STEP_DIGITS):
            return PlainTextResponse(f"A step is a whole number of at most {MAX_STEP_DIGITS} digits.", 400)
        body = await run_in_threadpool(source.view.at, chart_id, int(step))
        headers = {"Cache-Control": "no-store", SECONDS_HEADER: f"{self._pace() / SCRUBS_PER_QUESTION:g}"}
        if body is None:
            return Response(status_code=204, headers=headers)
        return Response(body, media_type="application/json", headers=headers)

    def close(self) -> None:
        """Lets go of everything."""
        for key in list(self._sources):
            self._close(key)
        if self._workspace is not None:
            self._workspace.close()

    def _seconds(self, name: str, source: Source) -> float:
        if name == "preflight" and not source.is_live:
            return ANSWERED_SECONDS
        seconds = self._pace() if source.is_live else IDLE_SECONDS
        return max(seconds, IDLE_SECONDS) if _is_list(name, source) else seconds

    async def _open(self, key: tuple[str, ...]) -> _Asked:
        async with self._opening:
            if key not in self._sources:
                source = await run_in_threadpool(self._source, key)
                self._forget()
                self._sources[key] = _Asked(source, self._clock())
            return self._sources[key]

    def _source(self, key: tuple[str, ...]) -> Source:
        if self._workspace is None:
            self._workspace = self._open_workspace()
        workspace = self._workspace
        name, *ids = key
        if name == "run":
            return RunState(workspace, ids[0])
        if name == "preflight":
            return Kept(lambda: self._answered(ids[0]))
        if name == "finding":
            run = workspace.run(ids[0])
            return Finding(ShownRun(run.id, run.name, workspace.run_folder(run.id), ""), int(ids[1]))
        if name == "table":
            return RunTable(workspace, ids[0])
        if name == "differences":
            return Kept(lambda: (difference_table(workspace, ids), False))
        if name == "runs":
            return Kept(lambda: self._list(workspace, ids[0] or None, ids[1:]))
        return Charts(workspace, tuple(ids))

    def _answered(self, key: str) -> tuple[dict[str, Any] | None, bool]:
        found = self._preflight(key)
        return found, found is None

    def _list(self, workspace: Workspace, experiment_id: str | None, shown: list[str]) -> tuple[dict[str, Any], bool]:
        charts = self._sources.get(("charts", *shown))
        view = charts.source.view if charts and isinstance(charts.source, Charts) else None
        found = run_list(workspace, experiment_id, shown, view.validation if view else None)
        return found, True

    def _forget(self) -> None:
        oldest_first = sorted(self._sources, key=lambda key: self._sources[key].asked_at)
        too_many = max(0, len(oldest_first) + 1 - MAX_SOURCES)
        since = self._clock() - FORGET_SECONDS
        for place, key in enumerate(oldest_first):
            if place < too_many or self._sources[key].asked_at < since:
                self._close(key)

    def _close(self, key: tuple[str, ...]) -> None:
        asked = self._sources.pop(key, None)
        if asked is not None:
            asked.source.close()


def _key(name: str, query: Mapping[str, str]) -> tuple[str, ...] | None:
    match name:
        case "run":
            return ("run", query.get("run", ""))
        case "preflight":
            return ("preflight", query.get("key", ""))
        case "runs":
            return ("runs", query.get("experiment", ""), *_ids(query.get("shown", "")))
        case "finding" if re.fullmatch(r"[0-9]{1,15}", query.get("finding", "")):
            return ("finding", query.get("run", ""), query["finding"])
        case "table":
            return ("table", query.get("experiment", ""))
        case "differences":
            return ("differences", *_ids(query.get("runs", "")))
        case "charts" | "profile":
            return ("charts", *_ids(query.get("runs", "")))
    return None


def _is_list(name: str, source: Source) -> bool:
    """Whether it is of many runs, and all that it has to read for the first time was read."""
    return name == "runs" or (isinstance(source, RunTable) and not source.is_pending)


def _ids(text: str) -> list[str]:
    return list(dict.fromkeys(each for each in text.split(",", MAX_SHOWN_RUNS)[:MAX_SHOWN_RUNS] if each))


def _kept_by_browsers(packed: bytes, request: Request) -> Response:
    headers = {"Cache-Control": "private, max-age=86400, immutable", "Vary": "Accept-Encoding"}
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return Response(gzip.decompress(packed), media_type="application/json", headers=headers)
    return Response(packed, media_type="application/json", headers={**headers, "Content-Encoding": "gzip"})
