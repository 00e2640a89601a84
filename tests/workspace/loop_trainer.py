"""A small real trainer: holds its run, obeys commands, writes rows of a counter. What it does stands in its document."""

import argparse
import json
import os
import time

import numpy as np

from builder.workspace.assignment import await_run
from builder.workspace.forking import fork_for_runs
from builder.workspace.log import redirect_output
from builder.workspace.rows import RunWriter, Series
from builder.workspace.runs import LOG_NAME
from builder.workspace.store import Workspace


def train(workspace: Workspace, run_id: str) -> None:
    with workspace.start_trainer(run_id) as trainer:
        redirect_output(trainer.folder / LOG_NAME)
        print("pid", os.getpid(), flush=True)
        with (trainer.folder / "starts").open("a") as file:
            file.write("start\n")
        asked = json.loads(trainer.document)
        if asked.get("exit_code") is not None:
            print("last words", flush=True)
            os._exit(asked["exit_code"])
        writer = RunWriter(trainer.folder)
        writer.start({}, [Series(id=0, quantity="loss", subject="train", family="scalar")])
        trainer.set_status("running")
        for step in range(1, asked["num_steps"] + 1):
            kinds = [] if asked.get("deaf") else [command.kind for command in trainer.poll_commands()]
            if "stop" in kinds:
                trainer.set_status("stopped", summary={"num_steps": step - 1})
                return
            writer.append_steps(step, np.full((1, 1), step, dtype=np.float32), 0.01)
            time.sleep(0.01)
        trainer.set_status("finished", summary={"num_steps": asked["num_steps"]})
        if asked.get("lingers"):
            time.sleep(600)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--workspace")
    parser.add_argument("--fork-server", action="store_true")
    arguments = parser.parse_args()
    if run_id := fork_for_runs() if arguments.fork_server else await_run():
        train(Workspace.open(arguments.workspace), run_id)


if __name__ == "__main__":
    main()
