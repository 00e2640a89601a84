"""The real app: a Streamlit server process with a workspace of its own."""

import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from builder.workspace.errors import TransitionNotAllowed
from builder.workspace.runs import Run
from builder.workspace.store import Workspace

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
END_SECONDS = 30.0
NUM_ATTEMPTS = 3


class ServedApp:
    """`streamlit run app.py` on a free port.

    Args:
        folder: for its workspace and what it prints.
        arguments: the app's own, as `--share`.
        environment: variables that the server and its children get besides.
    """

    def __init__(self, folder: Path, *arguments: str, **environment: str) -> None:
        self.folder = folder
        self.arguments = arguments
        self.environment = environment
        self.workspace_folder = folder / "workspace"
        self.log = folder / "server.log"
        for attempt in range(NUM_ATTEMPTS):
            self.port = _free_port()
            self.process = self._start()
            if self._answers():
                break
            # Between finding the port and taking it somebody else may have been faster.
            self.process.kill()
            self.process.wait()
            assert attempt < NUM_ATTEMPTS - 1, f"The app did not start:\n{self.log.read_text()}"
        self.workspace = Workspace.open(self.workspace_folder)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def printed(self) -> str:
        """All that the server has printed, tracebacks too."""
        return self.log.read_text()

    def complaints(self) -> list[str]:
        """Lines of tracebacks that go through our own code.

        Streamlit's own complaints about a browser that leaves are none of ours, and all of them come by the gate.
        """
        ours = ("/builder/", "/components/")
        lines = [line for line in self.printed().splitlines() if "builder/access/gate.py" not in line]
        return [line for line in lines if any(name in line for name in ours)]

    def end_runs(self) -> None:
        """Stops whatever waits or trains, and waits until it has ended."""
        for run in self._runs():
            with suppress(TransitionNotAllowed):
                # It may just have ended.
                self.workspace.command(run.id, "stop")
        deadline = time.monotonic() + END_SECONDS
        while left := self._runs():
            assert time.monotonic() < deadline, f"These did not stop: {[(run.number, run.status) for run in left]}"
            time.sleep(0.05)

    def _runs(self) -> list[Run]:
        return [run for run in self.workspace.runs() if not run.is_final]

    def close(self) -> None:
        """Ends the server, then what outlives it: supervisor and trainers."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.workspace.close()
        command = [sys.executable, "-m", "builder", "shutdown", "--workspace", str(self.workspace_folder)]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
        with self.log.open("wb") as log:
            return subprocess.Popen(
                [*command, "--server.port", str(self.port), "--", *self.arguments],
                cwd=ROOT,
                env={**os.environ, "HIGHRISE_WORKSPACE": str(self.workspace_folder), **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def _answers(self) -> bool:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=1.0)
            try:
                connection.request("GET", "/_stcore/health")
                if connection.getresponse().status == 200:
                    return True
            except (OSError, HTTPException):
                time.sleep(0.1)
            finally:
                connection.close()
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
