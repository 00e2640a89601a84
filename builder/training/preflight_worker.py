"""The process that answers preflights: `python -m builder.training.preflight_worker`

It is started by the server at the first question, warm from then on, and ends with its standard input, so that it never
outlives the server; or after minutes without a question. Lines of JSON come in, `{"key", "document"}` to be answered or
`{"drop": key}` for one that nobody waits for any more, and `{"key", "answer"}` goes out, once for each question.
"""

import argparse
import gc
import json
import os
import queue
import signal
import sys
import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from builder.data.dataset import Dataset, load_dataset
from builder.data.files import DataUnavailable
from builder.spec.document import parse_experiment
from builder.spec.experiment import Experiment
from builder.spec.preflight import judge
from builder.spec.preflight_answer import answer
from builder.spec.problems import DocumentError, Problem
from builder.training.device import DeviceUnavailable, resolve_device
from builder.training.memory_errors import is_out_of_memory, memory_reason
from builder.training.preflight import Abandoned, preflight
from builder.training.worker import warm_up
from builder.workspace.data_files import DataSettings, availability

KEPT_DATASETS = 3
NICENESS = 10
"""A run that trains meanwhile comes first."""
AUTOGROUP = Path("/proc/self/autogroup")

DROPPED = {"dropped": True}


class Answers:
    """Answers one question after the other; keeps the data sets asked for last.

    Attributes:
        dropped: Keys of questions that need no answer any more; another thread may add to it.
    """

    def __init__(self) -> None:
        self.dropped: set[str] = set()
        self._kept: OrderedDict[tuple[str, int, torch.device], Dataset] = OrderedDict()

    def answer(self, key: str, document: str) -> dict[str, Any]:
        """The answer, or a `problem` in words: no data here, no device, no memory; or that it was `dropped`."""
        try:
            experiment = parse_experiment(document)
            flow = preflight(experiment, self._data(experiment), keep_going=lambda: key not in self.dropped)
            return answer(flow, judge(experiment, flow))
        except Abandoned:
            return DROPPED
        except (DocumentError, DataUnavailable, DeviceUnavailable) as error:
            return {"problem": str(error)}
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            return {"problem": memory_reason(error)}
        finally:
            self.dropped.discard(key)

    def _data(self, experiment: Experiment) -> Dataset:
        spec, seed = experiment.data, experiment.training.seed
        device = resolve_device(experiment.training.device)
        if availability(spec.dataset, DataSettings.from_environment()).source == "download":
            missing = f"The data set {spec.dataset} is not on this machine yet. Download it first."
            raise DocumentError([Problem(None, "data.dataset", missing)])
        key = (spec.model_dump_json(), seed, device)
        if key not in self._kept:
            self._kept[key] = load_dataset(spec, seed=seed, device=device)
            while len(self._kept) > KEPT_DATASETS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]


def listen(questions: "queue.Queue[dict[str, Any]]", answers: Answers) -> None:
    """Reads standard input; its end is this process's, whatever it computes."""
    for line in sys.stdin:
        message = json.loads(line)
        if "drop" in message:
            answers.dropped.add(message["drop"])
        else:
            questions.put(message)
    os._exit(0)


def give_way() -> None:
    """Lets others have the processor first. Linux may share it among sessions before it does among processes (`man 7 sched`,
    autogroups), and this process is the leader of its own."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    if AUTOGROUP.exists():
        # A courtesy: where the system refuses it, as it does just after another process's, answers come all the same.
        with suppress(OSError):
            AUTOGROUP.write_text(str(NICENESS))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m builder.training.preflight_worker")
    parser.add_argument("--idle-seconds", type=float, default=300.0)
    arguments = parser.parse_args()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    give_way()
    # What libraries print must not come between the answers.
    channel = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    answers = Answers()
    questions: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=listen, args=(questions, answers), name="questions", daemon=True).start()
    warm_up()
    # What is imported by now stays: a collection need not look through it while a question is answered.
    gc.collect()
    gc.freeze()
    while True:
        try:
            asked = questions.get(timeout=arguments.idle_seconds)
        except queue.Empty:
            return
        found = answers.answer(asked["key"], asked["document"])
        channel.write(json.dumps({"key": asked["key"], "answer": found}, allow_nan=False) + "\n")


if __name__ == "__main__":
    main()
