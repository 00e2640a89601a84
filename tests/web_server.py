"""A web server on this machine that behaves as badly as it is told."""

import contextlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Reply:
    """What the server sends, and the length it claims for it; it may wait before it answers."""

    body: bytes = b""
    status: int = 200
    claimed_bytes: int | None = None
    wait_for: threading.Event | None = None


@dataclass
class Server:
    """A web server on this machine; `requests` lists the paths that were asked for."""

    url: str
    replies: dict[str, Reply] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    accepted_encodings: list[str | None] = field(default_factory=list)

    def publish(self, path: str, body: bytes, **more) -> str:
        """Answers a path with this body from now on; returns its address."""
        self.replies[path] = Reply(body, **more)
        return self.url + path


@contextlib.contextmanager
def serving() -> Iterator[Server]:
    """A server that answers until the block is left."""
    shared = Server("")

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shared.requests.append(self.path)
            shared.accepted_encodings.append(self.headers["Accept-Encoding"])
            reply = shared.replies.get(self.path, Reply(status=404))
            if reply.wait_for is not None:
                reply.wait_for.wait(60)
            # The client may have given up meanwhile, as some tests want it to.
            with contextlib.suppress(ConnectionError):
                self.send_response(reply.status)
                self.send_header("Content-Length", str(reply.claimed_bytes or len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            """Tests stay quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        shared.url = f"http://127.0.0.1:{httpd.server_port}"
        thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield shared
        finally:
            httpd.shutdown()
            thread.join()
