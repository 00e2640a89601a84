"""A browser tab without a browser: speaks the page's own protocol, so that sixty of them fit on one machine.

It connects as the browser does, runs the page, and then runs each part again at the interval that the server has told it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

FIRST_SECONDS = 60.0
LOST_SECONDS = 5.0
"""A question that is not answered by then was dropped for another one and is asked again."""

CONCURRENT_FIRST_RUNS = 4
"""Tabs that open at once; a class does not press the key in the same millisecond."""


@dataclass(slots=True)
class Tick:
    """One part of the page drawn again.

    Attributes:
        part: Id of the part.
        seconds: From asking to the last message of the answer.
        num_bytes: Of the answer.
    """

    part: str
    seconds: float
    num_bytes: int


@dataclass(slots=True)
class Tab:
    """One tab; use as an async context manager.

    Attributes:
        url: Of the app.
        query: What the address names, as `run=…`.
        ticks: What was drawn again so far.
        num_late: Ticks that were skipped because the one before them was not yet answered.
        intervals: Seconds between the ticks of each part, as the server wants them now.
    """

    url: str
    query: str = ""
    ticks: list[Tick] = field(default_factory=list)
    num_late: int = 0
    intervals: dict[str, float] = field(default_factory=dict)
    _socket: ClientConnection | None = None
    _page: str = ""
    _due: dict[str, float] = field(default_factory=dict)
    _asked: dict[str, float] = field(default_factory=dict)
    _announced: set[str] = field(default_factory=set)
    _part_of: dict[str, str] = field(default_factory=dict)
    _num_bytes: dict[str, int] = field(default_factory=dict)
    _drawn: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        parts = urlsplit(self.url)
        self._socket = await connect(
            f"ws://{parts.netloc}/_stcore/stream",
            origin=Origin(f"http://{parts.netloc}"),
            max_size=None,
            open_timeout=FIRST_SECONDS,
        )
        self._tasks = [asyncio.create_task(self._hear()), asyncio.create_task(self._tick())]
        await self._run_all()
        await asyncio.wait_for(self._drawn.wait(), FIRST_SECONDS)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        assert self._socket is not None
        await self._socket.close()

    async def _run_all(self) -> None:
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self._page
        await self._send(message)

    async def _send(self, message: BackMsg) -> None:
        assert self._socket is not None
        await self._socket.send(message.SerializeToString())

    async def _hear(self) -> None:
        assert self._socket is not None
        async for data in self._socket:
            assert isinstance(data, bytes)
            message = ForwardMsg.FromString(data)
            match message.WhichOneof("type"):
                case "new_session":
                    self._page = message.new_session.page_script_hash
                    self._announced.clear()
                case "auto_rerun":
                    part, interval = message.auto_rerun.fragment_id, message.auto_rerun.interval
                    self._announced.add(part)
                    self.intervals[part] = interval
                    self._due[part] = time.monotonic() + interval
                case "delta":
                    self._part_of[message.hash] = part = message.delta.fragment_id
                    self._drew(part, len(data))
                case "ref_hash":
                    # What the browser has already.
                    self._drew(self._part_of.get(message.ref_hash, ""), len(data))
                case "script_finished":
                    self._finished(message.script_finished)

    def _finished(self, status: int) -> None:
        now = time.monotonic()
        if status == ForwardMsg.FINISHED_SUCCESSFULLY:
            # The whole page was drawn: what it has no more is not asked for any more.
            for gone in self.intervals.keys() - self._announced:
                del self.intervals[gone], self._due[gone]
            self._asked.clear()
            self._drawn.set()
        # One run answers all the parts that were asked for by then.
        for part in self._num_bytes.keys() & self._asked.keys():
            self.ticks.append(Tick(part, now - self._asked.pop(part), self._num_bytes[part]))
        self._num_bytes.clear()

    def _drew(self, part: str, num_bytes: int) -> None:
        self._num_bytes[part] = self._num_bytes.get(part, 0) + num_bytes

    async def _tick(self) -> None:
        while True:
            now = time.monotonic()
            for part, due in list(self._due.items()):
                if due > now:
                    continue
                self._due[part] = due + self.intervals[part]
                if part in self._asked:
                    self.num_late += 1
                    if now - self._asked[part] < LOST_SECONDS:
                        continue
                message = BackMsg()
                message.rerun_script.query_string = self.query
                message.rerun_script.page_script_hash = self._page
                message.rerun_script.fragment_id = part
                message.rerun_script.is_auto_rerun = True
                self._asked[part] = now
                await self._send(message)
            await asyncio.sleep(0.005)


async def open_tabs(url: str, queries: Sequence[str]) -> list[Tab]:
    """Opens a tab for each query, a few at a time; the caller closes them."""
    several = asyncio.Semaphore(CONCURRENT_FIRST_RUNS)

    async def open_one(query: str) -> Tab:
        async with several:
            return await Tab(url, query).__aenter__()

    return list(await asyncio.gather(*(open_one(query) for query in queries)))


async def close_tabs(tabs: Sequence[Tab]) -> None:
    await asyncio.gather(*(tab.__aexit__(None, None, None) for tab in tabs))
