"""The server's own life: what is done once before the first browser comes, and after the last."""

import threading
import webbrowser
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import streamlit as st

from builder.access import Sharing, invitation
from builder.pages.feed import Feed


def serving(sharing: Sharing, feed: Feed) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """The lifespan of the server's app: says how people come in, opens the host's browser, closes the feed at the end."""

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        port = st.get_option("server.port")
        if sharing.is_shared:
            print(f"\n{invitation(sharing, port)}\n", flush=True)
        # Streamlit (1.67) opens none for an app of this kind.
        if not st.get_option("server.headless"):
            # It begins to listen right after this, and a browser takes longer to start.
            path = f"join?token={sharing.host_token}" if sharing.is_shared else ""
            threading.Thread(target=webbrowser.open, args=[f"http://localhost:{port}/{path}"], daemon=True).start()
        yield
        feed.close()

    return lifespan
