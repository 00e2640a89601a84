"""The commands and their exit codes: 0 done, 1 failed, 2 a bad document or option, 130 interrupted."""

import argparse
import os
import sys
from collections.abc import Sequence

from builder.cli import doctor, going_on, preflight, presets, race, runs, show, shutdown, train
from builder.spec import DocumentError
from builder.workspace.errors import WorkspaceError

FAILED, BAD_DOCUMENT, INTERRUPTED = 1, 2, 130


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command; each sets `run`, a function of the parsed options that returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m builder", description="Stack blocks, train, see what depth does. The app is: make run"
    )
    commands = parser.add_subparsers(required=True, dest="command")
    for module in (presets, show, preflight, train, race, going_on, runs, doctor, shutdown):
        module.add_parser(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; what a person can cause is told in words on standard error."""
    options = build_parser().parse_args(arguments)
    try:
        code = options.run(options)
        sys.stdout.flush()
        return code
    except DocumentError as error:
        print(error, file=sys.stderr)
        return BAD_DOCUMENT
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return BAD_DOCUMENT
    except WorkspaceError as error:
        print(error, file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough; Python would complain once more when it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
