"""Preflights for the pages of one server: a warm process answers, the newest question of each who asks; no torch here.

The process hangs on a pipe of this one, so it ends with it, however that ends. Another thread reads the answers at once, so
the pipe never fills.
"""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any

from builder.spec.experiment import Experiment
from builder.spec.preflight_question import question
from builder.workspace.processes import start_module

# A name, so that this part imports nothing that computes.
WORKER_MODULE = "builder.training.preflight_worker"
LOG_NAME = "preflight.log"
MAX_ANSWERS = 500
MAX_ASKERS = 200
PROBLEM_SECONDS = 20.0
"""After which a question that could not be answered is tried again: its data may have been downloaded meanwhile."""
SETTLE_SECONDS = 0.12
"""A question waits so long for the next edit, so that a hand that goes on editing has the machine for itself."""
LARGE_SECONDS, MAX_SETTLE_SECONDS = 0.25, 1.0
"""Where the last answer took over the first of these, the next question waits as long as that took, at most the second: the
answer of a large tower would still be at work at the next edit, and be dropped for it."""

ENDED = "The preflight's process ended; {log} may say more."


class Preflights:
    """Questions and answers; may be shared by threads.

    Args:
        folder: Where the process's log goes.
        module: Started as `python -m` at the first question.
        idle_seconds: How long it stays without one.
        settle_seconds: How long a question waits at least for one in its place.
    """

    def __init__(
        self,
        folder: Path,
        *,
        module: str = WORKER_MODULE,
        idle_seconds: float = 300.0,
        settle_seconds: float = SETTLE_SECONDS,
    ) -> None:
        self._log = folder / LOG_NAME
        self._module = module
        self._idle_seconds = idle_seconds
        self._settle_seconds = settle_seconds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: OrderedDict[str, dict[str, Any]] = OrderedDict()
        # The newest question of each who asks and when it may be put, until it is answered; the one that is being answered.
        self._asked: OrderedDict[str, tuple[str, str, float]] = OrderedDict()
        self._timer: threading.Timer | None = None
        self._at_work: str | None = None
        self._begun_at: float | None = None
        # Of each who asks, how long the last answer took, as far as the process was warm.
        self._took: OrderedDict[str, float] = OrderedDict()
        self._problem_at: dict[str, float] = {}
        self._is_closed = False

    def ask(self, asker: str, experiment: Experiment) -> str:
        """Asks of a document without problems, in place of what `asker` asked before; returns the question's key at once."""
        key, document = question(experiment)
        with self._lock:
            before = self._asked.pop(asker, None)
            if self._is_due(key):
                put_at = time.monotonic() + self._settle(asker)
                if before is not None and before[0] == key:
                    put_at = before[2]
                self._asked[asker] = (key, document, put_at)
                while len(self._asked) > MAX_ASKERS:
                    self._asked.popitem(last=False)
            if self._at_work and all(self._at_work != wanted for wanted, _, _ in self._asked.values()):
                self._send({"drop": self._at_work})
            self._send_next()
        return key

    def answer(self, key: str) -> dict[str, Any] | None:
        """The answer as `builder.spec.preflight_answer` makes it, or `{"problem": words}`; None as long as there is none."""
        with self._lock:
            return self._answers.get(key)

    def close(self) -> None:
        """Ends the process, and waits until it has ended."""
        with self._lock:
            self._is_closed = True
            self._asked.clear()
            process, timer = self._process, self._timer
        if timer is not None:
            timer.cancel()
        if process is not None:
            process.kill()
            process.wait()

    def _settle(self, asker: str) -> float:
        """Seconds that a question waits for one in its place."""
        took = self._took.get(asker, 0.0)
        return self._settle_seconds if took < LARGE_SECONDS else min(took, MAX_SETTLE_SECONDS)

    def _is_due(self, key: str) -> bool:
        """Whether a question must be answered: its answer is not there, or was a problem that may be gone by now."""
        if self._is_closed:
            return False
        found = self._answers.get(key)
        is_old = time.monotonic() - self._problem_at.get(key, 0.0) > PROBLEM_SECONDS
        return found is None or ("problem" in found and is_old)

    def _send_next(self) -> None:
        if self._at_work is not None or not self._asked:
            return
        key, document, put_at = min(self._asked.values(), key=lambda asked: asked[2])
        if (wait := put_at - time.monotonic()) > 0:
            self._send_later(wait)
            return
        self._begun_at = None if self._process is None else time.monotonic()
        if self._process is None:
            self._process = self._start()
        self._at_work = key
        self._send({"key": key, "document": document})

    def _send_later(self, seconds: float) -> None:
        """Unless somebody waits for that already: the questions that are there now come no sooner."""
        if self._timer is not None:
            return

        def put() -> None:
            with self._lock:
                self._timer = None
                self._send_next()

        self._timer = threading.Timer(seconds, put)
        self._timer.daemon = True
        self._timer.start()

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            # It has just left; whoever reads its answers takes note and asks another one.
            return

    def _start(self) -> subprocess.Popen[bytes]:
        with self._log.open("wb") as log:
            process = start_module(
                self._module,
                ["--idle-seconds", str(self._idle_seconds)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        threading.Thread(target=self._read, args=(process,), name="preflights", daemon=True).start()
        return process

    def _read(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            message = json.loads(line)
            with self._lock:
                self._take(message["key"], message["answer"])
                self._send_next()
        failed = process.wait() != 0
        with self._lock:
            self._process = None
            if self._at_work is not None and failed:
                # What has ended one process would end the next.
                self._take(self._at_work, {"problem": ENDED.format(log=self._log)})
            self._at_work = None
            self._send_next()

    def _take(self, key: str, answer: dict[str, Any]) -> None:
        self._at_work = None
        waiting = [asker for asker, (asked, _, _) in self._asked.items() if asked == key]
        if "dropped" in answer:
            # Who has asked again meanwhile is answered anew.
            return
        for asker in waiting:
            del self._asked[asker]
            if self._begun_at is not None:
                self._took[asker] = time.monotonic() - self._begun_at
                self._took.move_to_end(asker)
        while len(self._took) > MAX_ASKERS:
            self._took.popitem(last=False)
        self._answers.pop(key, None)
        self._answers[key] = answer
        self._problem_at.pop(key, None)
        if "problem" in answer:
            self._problem_at[key] = time.monotonic()
        while len(self._answers) > MAX_ANSWERS:
            self._problem_at.pop(self._answers.popitem(last=False)[0], None)
