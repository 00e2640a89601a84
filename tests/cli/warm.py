"""Runs `python -m builder` again and again in processes that need not import torch first.

Started once, it imports what the command line does, and for each request, a line of JSON on standard input, forks a process
that runs the command as the interpreter would: with its own arguments, environment, standard output and standard error. It
answers with the exit code.
"""

import json
import os
import runpy
import signal
import sys
from typing import Any, NoReturn

MODULES = ("builder.cli.main", "builder.cli.foreground", "builder.training.session", "builder.training.worker")
MAX_SECONDS = 100
"""After which a command that hangs is ended by the alarm's signal, before its test gives up."""


def run_command(request: dict[str, Any]) -> NoReturn:
    """Becomes the process of a command, which ends as the command does."""
    signal.alarm(MAX_SECONDS)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, name in ((1, "stdout"), (2, "stderr")):
        os.dup2(os.open(request[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.argv[1:] = request["arguments"]
    try:
        runpy.run_module("builder", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        sys.stdout.flush()
        sys.stderr.flush()
        # Not by sys.exit: to take all of torch apart takes longer than most commands.
        os._exit(int(end.code or 0))
    raise AssertionError("The command line ends with an exit code.")


def main() -> None:
    for name in MODULES:
        __import__(name)
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            run_command(request)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
