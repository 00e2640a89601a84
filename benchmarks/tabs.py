"""A browser tab without a browser: speaks the page's own protocol, so that sixty of them fit on one machine.

It connects as the browser does, runs the page, runs its parts again at the interval that the server has told it, and asks
the feeds that the page's components follow.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from builder.pages.feed import SECONDS_HEADER, VERSION_HEADER

FIRST_SECONDS = 60.0
LOST_SECONDS = 5.0
"""A question that is not answered by then was dropped for another one and is asked again."""


@dataclass(slots=True)
class Tick:
    """Something on the page that was asked for again.

    Attributes:
        name: `feed/…` for an answer of a feed, else the part of the page that was drawn.
        seconds: From asking to the last byte of the answer.
        num_bytes: Of the answer; 0 if nothing was new.
        is_late: Whether the next question was due before the answer was there.
    """

    name: str
    seconds: float
    num_bytes: int
    is_late: bool


@dataclass(slots=True)
class Tab:
    """One tab.

    Attributes:
        session: What it asks with.
        url: Of the app.
        query: What the address names, as `run=…`.
        ticks: What was asked for again so far.
        intervals: Seconds between the drawings of each part of the page, as the server wants them now.
        feeds: The addresses that the page's components follow.
        awake: Cleared, it asks nothing, as a tab in the background.
    """

    session: ClientSession
    url: str
    query: str
    socket: ClientWebSocketResponse
    ticks: list[Tick] = field(default_factory=list)
    intervals: dict[str, float] = field(default_factory=dict)
    feeds: set[str] = field(default_factory=set)
    drawn: asyncio.Event = field(default_factory=asyncio.Event)
    awake: asyncio.Event = field(default_factory=asyncio.Event)
    _page: str = ""
    _due: dict[str, float] = field(default_factory=dict)
    _asked: dict[str, float] = field(default_factory=dict)
    _announced: set[str] = field(default_factory=set)
    _part_of: dict[str, str] = field(default_factory=dict)
    _num_bytes: dict[str, int] = field(default_factory=dict)

    async def run_page(self) -> None:
        """Runs the page; returns once it is drawn."""
        await self._ask(BackMsg())
        await asyncio.wait_for(self.drawn.wait(), FIRST_SECONDS)

    async def hear(self) -> None:
        """Takes what the server says, for ever."""
        async for frame in self.socket:
            assert frame.type is WSMsgType.BINARY
            self._take(frame.data)
        raise ConnectionError(f"The server closed the connection of a tab: {self.socket.close_code}.")

    async def tick(self) -> None:
        """Runs the parts of the page again when they are due, for ever."""
        while await self.awake.wait():
            now = time.monotonic()
            for part, due in list(self._due.items()):
                if due > now:
                    continue
                self._due[part] = due + self.intervals[part]
                if part in self._asked and now - self._asked[part] < LOST_SECONDS:
                    continue
                self._asked[part] = now
                message = BackMsg()
                message.rerun_script.fragment_id = part
                message.rerun_script.is_auto_rerun = True
                await self._ask(message)
            await asyncio.sleep(0.005)

    async def follow(self, address: str) -> None:
        """Asks a feed again and again, for ever."""
        have, url = "", f"{self.url}{address}"
        while await self.awake.wait():
            begun = time.monotonic()
            async with self.session.get(url, params={"have": have}) as response:
                response.raise_for_status()
                body = await response.read()
            took = time.monotonic() - begun
            have = response.headers.get(VERSION_HEADER, have)
            wait = float(response.headers[SECONDS_HEADER])
            self.ticks.append(Tick(address.partition("?")[0], took, len(body), took > wait))
            await asyncio.sleep(wait)

    async def _ask(self, message: BackMsg) -> None:
        message.rerun_script.query_string = self.query
        message.rerun_script.page_script_hash = self._page
        await self.socket.send_bytes(message.SerializeToString())

    def _take(self, data: bytes) -> None:
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
                data_of = message.delta.new_element.bidi_component.json
                if address := json.loads(data_of or "{}").get("follow"):
                    self.feeds.add(address)
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
            self.drawn.set()
        # One run answers all the parts that were asked for by then.
        for part in self._num_bytes.keys() & self._asked.keys():
            took = now - self._asked.pop(part)
            self.ticks.append(Tick("page", took, self._num_bytes[part], took > self.intervals.get(part, took)))
        self._num_bytes.clear()

    def _drew(self, part: str, num_bytes: int) -> None:
        self._num_bytes[part] = self._num_bytes.get(part, 0) + num_bytes


@asynccontextmanager
async def open_tab(url: str, query: str) -> AsyncIterator[Tab]:
    """A tab that has drawn its page and follows it until it is closed; what goes wrong meanwhile is raised."""
    parts = urlsplit(url)
    socket_url = f"ws://{parts.netloc}/_stcore/stream"
    async with (
        ClientSession() as session,
        session.ws_connect(socket_url, origin=f"http://{parts.netloc}", max_msg_size=0) as socket,
        asyncio.TaskGroup() as group,
    ):
        tab = Tab(session, url, query, socket)
        tab.awake.set()
        tasks = [group.create_task(tab.hear()), group.create_task(tab.tick())]
        await tab.run_page()
        tasks += [group.create_task(tab.follow(address)) for address in tab.feeds]
        yield tab
        for task in tasks:
            task.cancel()


@asynccontextmanager
async def open_tabs(url: str, queries: Sequence[str]) -> AsyncIterator[list[Tab]]:
    """A tab for each query, opened one after the other."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_tab(url, query)) for query in queries]
