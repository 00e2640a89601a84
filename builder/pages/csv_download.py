"""Downloads of what charts draw, as CSV: made from the rows while it is sent, so that a long run takes no memory.

`GET csv/chart?chart=ID&runs=ID,ID` has what one chart draws, step by step; `csv/scalars?runs=ID,ID` every scalar of these
runs. Behind the same gate as the feed. Knows no Streamlit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from builder.charts import RecordedRun, ShownRun, chart_sheets, charts_of, kind_looks, scalar_sheets
from builder.pages.opening import MAX_SHOWN_RUNS
from builder.pages.run_status import looks_of
from builder.spec.catalogue import block_styles
from builder.workspace.errors import NotFound, WorkspaceError
from builder.workspace.rows import RunReader, Sheet
from builder.workspace.runs import Run
from builder.workspace.store import Workspace


class CsvDownloads:
    """Answers with files.

    Args:
        open_workspace: Called at each question; what it gives is closed.
    """

    def __init__(self, open_workspace: Callable[[], Workspace]) -> None:
        self._open_workspace = open_workspace

    def routes(self, base_path: str = "") -> list[Route]:
        """Where it answers, if the page is served under a path."""
        return [Route(f"/{base_path.strip('/')}/csv/{{name}}".replace("//", "/"), self.answer, methods=["GET"])]

    async def answer(self, request: Request) -> Response:
        """The file, or in words why there is none."""
        name, query = request.path_params["name"], request.query_params
        run_ids = list(dict.fromkeys(filter(None, query.get("runs", "").split(","))))[:MAX_SHOWN_RUNS]
        if name not in ("chart", "scalars") or not run_ids:
            return PlainTextResponse("There is no such file.", 404)
        try:
            file_name, pieces = await run_in_threadpool(self._begin, name, query.get("chart", ""), run_ids)
        except NotFound as error:
            return PlainTextResponse(str(error), 404)
        except WorkspaceError as error:
            return PlainTextResponse(str(error), 503)
        headers = {"Content-Disposition": f'attachment; filename="{file_name}"', "Cache-Control": "no-store"}
        return StreamingResponse(pieces, media_type="text/csv; charset=utf-8", headers=headers)

    def _begin(self, name: str, chart_id: str, run_ids: list[str]) -> tuple[str, Iterator[str]]:
        """The file's name, and its text; what was opened for it is closed with it."""
        with ExitStack() as stack:
            workspace = self._open_workspace()
            stack.callback(workspace.close)
            runs = [workspace.run(run_id) for run_id in run_ids]
            looks = looks_of(workspace, runs)
            recorded = []
            for run in runs:
                folder = workspace.run_folder(run.id)
                try:
                    reader = RunReader(folder)
                except WorkspaceError:
                    # It waits in the queue, or starts just now.
                    continue
                stack.callback(reader.close)
                shown = ShownRun(run.id, run.name, folder, *looks[run.id], label=f"#{run.number}")
                recorded.append(RecordedRun(shown, reader, reader.info(), reader.series()))
            if not recorded:
                raise NotFound("These runs have recorded nothing yet.")
            numbers = {run.id: run.number for run in runs}
            if name == "scalars":
                sheets = scalar_sheets(recorded, numbers)
            else:
                found = [each for each in charts_of(recorded, kind_looks(block_styles())) if each.id == chart_id]
                sheets = chart_sheets(found[0], recorded, numbers) if found else []
            if not sheets:
                raise NotFound("What this chart draws was not recorded step by step.")
            sheet = Sheet(sheets)
            opened = stack.pop_all()
        return _file_name(chart_id if name == "chart" else "scalars", runs), _closing(opened, sheet)


def _closing(opened: ExitStack, sheet: Sheet) -> Iterator[str]:
    with opened:
        yield from sheet.pieces()


def _file_name(what: str, runs: list[Run]) -> str:
    named = f"{what}-run-{'-'.join(str(run.number) for run in runs)}"
    return f"{re.sub(r'[^A-Za-z0-9_-]', '_', named)[:80]}.csv"
