"""The documents of a race, each with what is known of it before it runs."""

from dataclasses import dataclass, replace
from itertools import product

from pydantic import TypeAdapter

from builder.spec.analysis import Analysis, analyse
from builder.spec.blocks.base import Block
from builder.spec.blocks.registry import BLOCKS
from builder.spec.document import validate_experiment
from builder.spec.experiment import Experiment
from builder.spec.init import InitSpec
from builder.spec.network import Repeat, changed_network, unrolled_counts, walk
from builder.spec.problems import DocumentError, Problem
from builder.spec.races.kinds import kinds_of, with_kind
from builder.spec.races.race import MIXED, Race
from builder.spec.races.widths import matched

INITS: dict[str, str] = {
    "he": "He init",
    "xavier": "Xavier init",
    "pytorch": "PyTorch's init",
    "normal": "normal init",
    "ones": "ones",
    "zeros": "zeros",
    "identity": "identity init",
}
SUFFIX = ", race"
MAX_NAME = 120
_INIT = TypeAdapter(InitSpec)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What sets a run of a race apart from the others.

    Attributes:
        name: All of it, as in “20 × Plain”.
        line: The same without its depth: runs that differ in depth alone are one line of a plot.
        kind: Of its blocks; `mixed` for several.
        depth: Its block copies.
        init: The network's.
        learning_rate: Factor on the rates of all groups.
        sizing: What was matched and how near it came, in words; empty if nothing had to be.
    """

    name: str
    line: str
    kind: str
    depth: int
    init: str
    learning_rate: float
    sizing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin(Marks):
    """One run of a race before it begins: the experiment with something changed, or as it is.

    Attributes:
        experiment: Its document; with a problem, as far as it could be made.
        analysis: Of that.
        is_own: Whether it is the experiment itself.
        problems: Why it cannot be trained.
    """

    experiment: Experiment
    analysis: Analysis
    is_own: bool
    problems: tuple[Problem, ...]


def twins(experiment: Experiment, race: Race) -> list[Twin]:
    """The runs of a race, kind by kind, and of each kind from shallow to deep.

    With `match_parameters` a twin is brought to the size of the tower of the document's own kind at the same depth, init
    and rates. The experiment as it is, if it takes part, is the identical document.

    Raises:
        DocumentError: If the experiment cannot race so, with every reason.
    """
    own = _own_kind(experiment)
    problems = [*_kind_problems(experiment, race), *_depth_problems(experiment, race)]
    if race.num_runs < 2:
        problems.append(
            Problem(None, "", "A race takes two runs at least. Choose another kind, or two depths, inits or rates.")
        )
    if problems:
        raise DocumentError(problems)
    found = []
    kinds, depths = tuple(dict.fromkeys(race.kinds)) or (own,), tuple(sorted(set(race.depths)))
    inits, rates = tuple(dict.fromkeys(race.inits)), tuple(sorted(set(race.learning_rates)))
    for kind, depth, init, rate in product(kinds, depths or (None,), inits or (None,), rates or (1.0,)):
        twin = _twin(experiment, own, race, kind, depth, init, rate)
        by_others = [
            *([INITS[twin.init]] if len(inits) > 1 else []),
            *([f"rates ×{rate:g}"] if len(rates) > 1 else []),
        ]
        by_kind = [_title(kind)] if len(kinds) > 1 else []
        placed = [_at_depth(twin, bool(by_kind))] if len(depths) > 1 else by_kind
        line = ", ".join([*by_kind, *by_others]) or _title(kind)
        found.append(replace(twin, name=", ".join([*placed, *by_others]), line=line))
    return found


def named_race(experiment: Experiment) -> Experiment:
    """The experiment under the name that its race has in the list of experiments."""
    name = experiment.name.removesuffix(SUFFIX)[: MAX_NAME - len(SUFFIX)]
    return experiment.model_copy(update={"name": name + SUFFIX})


def repeats_of(experiment: Experiment) -> dict[str, str]:
    """The repeats that hold blocks, each with what it holds in words, as in “6 × residual”."""
    repeats = [item for item in walk(experiment.network.items) if isinstance(item, Repeat)]
    return {
        repeat.id: f"{repeat.times} × {', '.join(_kinds_in(repeat))}"
        for repeat in repeats
        if unrolled_counts(repeat.items)[0]
    }


def _kinds_in(repeat: Repeat) -> list[str]:
    blocks = (item for item in walk(repeat.items) if isinstance(item, Block))
    return list(dict.fromkeys(BLOCKS[block.kind].title.lower() for block in blocks))


def _own_kind(experiment: Experiment) -> str:
    kinds = kinds_of(experiment)
    return kinds[0] if len(kinds) == 1 else MIXED


def _kind_problems(experiment: Experiment, race: Race) -> list[Problem]:
    kinds = kinds_of(experiment)
    if race.kinds and not kinds:
        return [Problem(None, "kinds", "The tower has no block whose kind could change. Put a block into it first.")]
    if MIXED in race.kinds and len(kinds) == 1:
        return [Problem(None, "kinds", f"All blocks of this tower are {kinds[0]}: there is no mixed tower to race.")]
    return []


def _depth_problems(experiment: Experiment, race: Race) -> list[Problem]:
    problems, repeats = [], repeats_of(experiment)
    if not race.depths:
        return problems
    if not repeats:
        problems.append(
            Problem(
                None,
                "depths",
                "The depth is how often a repeat stacks its blocks, but the tower has no repeat with a block in it. Put "
                "a repeat into the tower and the block into the repeat.",
            )
        )
    elif race.repeat is None and len(repeats) > 1:
        named = "; ".join(f"{name} ({what})" for name, what in repeats.items())
        problems.append(
            Problem(None, "repeat", f"The tower has {len(repeats)} repeats: {named}. Say whose copies are varied.")
        )
    elif race.repeat is not None and race.repeat not in repeats:
        problems.append(
            Problem(None, "repeat", f"{race.repeat} is no repeat with blocks. The tower has {', '.join(repeats)}.")
        )
    return problems


def _twin(
    experiment: Experiment,
    own: str,
    race: Race,
    kind: str,
    depth: int | None,
    init: str | None,
    rate: float,
) -> Twin:
    problems: list[Problem] = []
    try:
        base = _varied(experiment, race.repeat, depth, init, rate)
    except DocumentError as error:
        base, problems = experiment, error.problems
    twin = base if kind == MIXED else with_kind(base, kind)
    sizing = ""
    if race.match_parameters and kind != own and not problems:
        twin, sizing = _matched(twin, base)
    analysis = analyse(twin)
    return Twin(
        experiment=twin,
        analysis=analysis,
        name="",
        line="",
        kind=kind,
        depth=len(analysis.plan.blocks),
        init=twin.network.init.kind,
        learning_rate=rate,
        sizing=sizing,
        is_own=twin == experiment,
        problems=(*problems, *analysis.problems),
    )


def _matched(twin: Experiment, base: Experiment) -> tuple[Experiment, str]:
    """The twin at the size of the base, and what came of it."""
    wanted = analyse(base)
    found = None if wanted.problems else matched(twin, wanted.num_parameters)
    if found is None:
        return twin, "no width of it fits the tower, so its size was not matched"
    near = f"{found.num_parameters:,} of {wanted.num_parameters:,} parameters"
    return found.experiment, f"{found.widths}: {near}" if found.widths else near


def _varied(experiment: Experiment, repeat: str | None, depth: int | None, init: str | None, rate: float) -> Experiment:
    """The experiment with so many copies of the repeat, another init and its rates times a factor.

    Raises:
        DocumentError: If the schema allows no such value.
    """
    changes = {}
    network = experiment.network
    if depth is not None:
        of = repeat or next(iter(repeats_of(experiment)))
        network = changed_network(
            network, lambda item: item.model_copy(update={"times": depth}) if item.id == of else item
        )
    if init is not None and init != network.init.kind:
        network = network.model_copy(update={"init": _INIT.validate_python({"kind": init})})
    if rate != 1.0:
        changes["groups"] = tuple(
            group.model_copy(update={"learning_rate": group.learning_rate * rate}) for group in experiment.groups
        )
    varied = experiment.model_copy(update={"network": network, **changes})
    return experiment if varied == experiment else validate_experiment(varied.model_dump(mode="json"))


def _title(kind: str) -> str:
    return BLOCKS[kind].title if kind in BLOCKS else "As it is"


def _at_depth(twin: Twin, names_kind: bool) -> str:
    """As in “20 × Plain”, or “20 blocks” where there is one kind alone."""
    if names_kind and twin.kind in BLOCKS:
        return f"{twin.depth} × {_title(twin.kind)}"
    blocks = f"{twin.depth} block{'' if twin.depth == 1 else 's'}"
    return f"{_title(twin.kind)}, {blocks}" if names_kind else blocks
