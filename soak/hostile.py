"""Hostile documents and messages: each is taken or refused with a reason, soon, and an invalid one starts nothing."""

import json
import random
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings

from benchmarks.table import Row, percentile
from builder.pages.opening import open_session
from builder.pages.presses import act
from builder.pages.studio_actions import StudioActions
from builder.spec import DocumentError, analyse, dump_experiment, parse_experiment, validate_experiment
from builder.spec.presets.registry import PRESETS
from builder.workspace.store import Workspace
from soak.strategies import documents
from soak.tally import Tally

BOUND_SECONDS = 2.0
"""Of a processor, for one document or message."""

KINDS = (
    *("open_experiments", "presets", "share", "dismiss", "notice_action", "undo", "redo", "rename", "train", "restart"),
    *("go_on", "pause", "resume", "step", "stop", "set_device", "set_pace", "download_dataset", "resend", "navigate"),
)
FIELDS = (
    "name",
    "device",
    "steps_per_second",
    "dataset",
    "query",
    "nonce",
    "kind",
    "epoch",
    "rev",
    "groups",
    "document",
)


def deep(levels: int) -> Any:
    """Lists in lists."""
    inner: Any = []
    for _ in range(levels):
        inner = [inner]
    return inner


NASTY: list[Callable[[random.Random], Any]] = [
    lambda draws: draws.choice([None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63), 10**40, 10**4000]),
    lambda draws: draws.choice([0.0, -0.0, 1e-320, 1e308, -1e308, float("nan"), float("inf"), float("-inf")]),
    lambda draws: draws.choice(["", "\0", "\ud800", "<b>x</b>", "../../x", "i1", "classes", "NaN", "'; --", "%s{}"]),
    lambda draws: draws.choice(["x", "é", "\u202e"]) * draws.choice([10, 1_000, 100_000]),
    lambda draws: draws.choice([[], {}, [[]], [{}], {"": {}}, {"kind": "repeat", "times": 10**6, "items": []}]),
    lambda draws: deep(draws.choice([10, 60, 150])),
    lambda draws: [draws.choice([0, {}, "x"])] * draws.choice([100, 5_000]),
    lambda draws: draws.uniform(-10, 10),
    lambda draws: draws.randint(-100, 100_000),
]


def nasty(draws: random.Random) -> Any:
    """Anything that JSON can carry, and some that it should not."""
    return draws.choice(NASTY)(draws)


def places(tree: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of parsed JSON."""
    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        for key in list(node) if isinstance(node, dict) else range(len(node)):
            found.append((node, key))
            if isinstance(node[key], dict | list):
                waiting.append(node[key])
    return found


def copied(tree: Any) -> Any:
    """A copy of parsed JSON; one by Python's own `deepcopy` may not be so deep."""
    return json.loads(json.dumps(tree))


def mutated(tree: Any, draws: random.Random) -> Any:
    """A copy with one to four values replaced, removed, moved, copied or added."""
    tree = copied(tree)
    for _ in range(draws.randint(1, 4)):
        found = places(tree)
        if not found:
            return nasty(draws)
        node, key = draws.choice(found)
        other, other_key = draws.choice(found)
        match draws.choice(["replace", "replace", "remove", "move", "copy", "add", "repeat"]):
            case "replace":
                node[key] = nasty(draws)
            case "remove":
                del node[key]
            case "move":
                node[key], other[other_key] = other[other_key], node[key]
            case "copy":
                node[key] = copied(other[other_key])
            case "add" if isinstance(node, dict):
                node[draws.choice(["id", "kind", "items", "body", "x", "", "\ud800"])] = nasty(draws)
            case "repeat" if isinstance(node, list) and len(node) < 1_000:
                node.extend(copied(node[key]) for _ in range(draws.choice([1, 3, 300])))
    return tree


def spoiled(text: str, draws: random.Random) -> str | bytes:
    """Text that was cut, doubled or changed in places."""
    place = draws.randrange(len(text))
    match draws.choice(["cut", "double", "change", "bytes", "nest"]):
        case "cut":
            return text[:place]
        case "double":
            return text[:place] + text
        case "change":
            return text[:place] + draws.choice('{}[],:"\\0-e\0\ud800') + text[place + 1 :]
        case "nest":
            return "[" * 100_000 + text
        case _:
            return text.encode()[:place] + bytes(draws.randrange(256) for _ in range(4)) + text.encode()[place:]


class Watch:
    """Calls what must not fail, and keeps how long each call took of a processor.

    Args:
        tally: Told of whatever is raised that is no `DocumentError`.
    """

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.seconds: list[float] = []

    def call(self, words: str, function: Callable[[], object]) -> None:
        began, wrong = time.process_time(), ""
        try:
            function()
        except DocumentError as error:
            wrong = (
                "" if error.problems and all(problem.message for problem in error.problems) else "refused in no words"
            )
        except Exception as error:  # noqa: BLE001 - whatever it is, it is counted and told
            wrong = f"{type(error).__name__}: {str(error)[:200]}"
        self.seconds.append(time.process_time() - began)
        self.tally.count(wrong and f"{words}: {wrong}")


def read(text: str | bytes) -> None:
    """What becomes of a file that somebody opens."""
    analyse(parse_experiment(text))


def fuzz_documents(number: int, watch: Watch) -> None:
    """Presets with values of all sorts in the wrong places, and their text spoiled."""
    draws = random.Random(10)
    texts = [dump_experiment(preset.experiment()) for preset in PRESETS.values()]
    trees = [json.loads(text) for text in texts]
    for place in range(number):
        if place % 5:
            tree = mutated(draws.choice(trees), draws)
            watch.call(
                f"document {place}", lambda tree=tree: read(json.dumps(tree)) or analyse(validate_experiment(tree))
            )
        else:
            text = spoiled(draws.choice(texts), draws)
            watch.call(f"text {place}", lambda text=text: read(text))


def fuzz_random(number: int, watch: Watch) -> None:
    """Documents of all kinds and fields, as hypothesis draws them."""

    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(documents())
    def each(raw: dict[str, Any]) -> None:
        watch.call("a random document", lambda: read(json.dumps(raw)))

    each()


class Forger:
    """A browser that sends what it likes to a tab of the app.

    Args:
        workspace: Of the app.
        draws: What it does next.
    """

    def __init__(self, workspace: Workspace, draws: random.Random) -> None:
        self.workspace = workspace
        self.draws = draws
        self.trees = [json.loads(dump_experiment(preset.experiment())) for preset in PRESETS.values()]
        self.tab = StudioActions(workspace, open_session(workspace, None, None))

    def address(self) -> None:
        """Opens a tab by an address."""
        known = [*(run.id for run in self.workspace.runs()), *(each.id for each in self.workspace.experiments()), None]
        names = [self.draws.choice([*known, str(nasty(self.draws))]) for _ in range(3)]
        self.tab = StudioActions(self.workspace, open_session(self.workspace, names[0], names[1], [str(names[2])]))

    def message(self, **fields: Any) -> Any:
        """A message with some of its fields forged."""
        for name in self.draws.sample(FIELDS, self.draws.randint(0, 2)):
            # As deep as a server's JSON parser lets through.
            fields[name] = deep(900) if self.draws.random() < 0.05 else nasty(self.draws)
        return fields if self.draws.random() < 0.97 else nasty(self.draws)

    def edit(self) -> None:
        """An edit of the editor, most of them of the right epoch and rev."""
        editing = self.tab.editing
        document = self.draws.choice([editing.experiment.model_dump(mode="json"), self.draws.choice(self.trees)])
        if self.draws.random() < 0.8:
            document = mutated(document, self.draws)
        epoch = editing.epoch - self.draws.choice([0, 0, 0, 1, 2])
        self.tab.edit(self.message(epoch=epoch, rev=editing.rev + 1, document=document, analysed=nasty(self.draws)))

    def rates(self) -> None:
        """An edit of the mixer."""
        session = self.tab.session
        groups = [
            {"name": group.name, "learning_rate": 0.01, "frozen": False} for group in self.tab.editing.experiment.groups
        ]
        sent = {"epoch": session.mixing.epoch, "rev": session.mixing.rev + 1, "groups": mutated(groups, self.draws)}
        self.tab.edit_rates(self.message(**sent))

    def press(self) -> None:
        """A press of anything that can be pressed."""
        sent = {"kind": self.draws.choice(KINDS), "nonce": self.draws.random()}
        act(self.tab, self.draws.choice(["transport", "editor", "x"]), self.message(**sent))

    def next(self) -> None:
        """The next message."""
        self.draws.choices([self.edit, self.rates, self.press, self.address], [4, 3, 6, 1])[0]()


def fuzz_messages(number: int, watch: Watch, started: Tally) -> None:
    """Forged messages of the components, in tabs of one workspace whose supervisor is only asked for."""
    with ExitStack() as stack, tempfile.TemporaryDirectory() as folder:
        workspace = stack.enter_context(closing(Workspace.open(Path(folder))))
        for name in ("studio_actions.ensure_supervisor", "downloading.start_download"):
            stack.enter_context(patch(f"builder.pages.{name}"))
        forger, known = Forger(workspace, random.Random(11)), set()
        for place in range(number):
            watch.call(f"message {place}", forger.next)
            wrong = ""
            for run in [run for run in workspace.runs() if run.id not in known]:
                known.add(run.id)
                if problems := analyse(parse_experiment(workspace.run_document(run.id))).problems:
                    wrong = f"message {place}: {problems[0]}"
                # So that Train is on again.
                workspace.command(run.id, "stop")
            started.count(wrong)


def measure(number: int) -> list[Row]:
    """Sends `number` documents and messages: mutated presets, random documents, forged messages."""
    watch, started = Watch(Tally("documents and messages with an uncaught error")), Tally("runs of invalid documents")
    fuzz_documents(number // 2, watch)
    fuzz_random(number // 5, watch)
    fuzz_messages(number - number // 2 - number // 5, watch, started)
    slowest, median = max(watch.seconds), percentile(watch.seconds, 0.5)
    return [
        watch.tally.row(
            "half mutated presets, a fifth drawn by hypothesis, the rest forged messages of the components"
        ),
        started.row("forged messages"),
        Row("slowest of them", slowest, median, slowest, "s", BOUND_SECONDS, "at most", "of a processor; low: median"),
    ]
