"""What a race is: which kinds, depths, inits and rates the same experiment runs with."""

from itertools import product
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from builder.spec.base import Document, ItemId, field
from builder.spec.blocks.registry import BLOCKS
from builder.spec.network import MAX_BLOCKS
from builder.spec.problems import DocumentError, Problem
from builder.spec.validation import problems_of

MAX_RUNS = 12
MIXED = "mixed"
"""In the place of a kind: a tower of several kinds, as it is."""

InitKind = Literal["he", "xavier", "pytorch", "normal", "ones", "zeros", "identity"]


class Race(Document):
    """The same experiment several times, one or more things changed; every combination runs.

    What is empty stays as the experiment has it.
    """

    kinds: tuple[str, ...] = field(
        (),
        title="Kinds",
        help="Every block of the tower as this kind; “mixed” is a mixed tower as it is.",
        max_length=8,
    )
    match_parameters: bool = field(
        False,
        title="Match parameters",
        help="Bring each twin as near to the experiment's own number of parameters as its width allows.",
    )
    depths: tuple[Annotated[int, Field(ge=1, le=MAX_BLOCKS)], ...] = field(
        (), title="Depths", help="Copies of the repeat.", unit="copies", max_length=MAX_RUNS
    )
    repeat: ItemId | None = field(None, title="Repeat", help="Whose copies are varied, in a tower with several.")
    inits: tuple[InitKind, ...] = field((), title="Inits", help="The network-wide init.", max_length=MAX_RUNS)
    learning_rates: tuple[Annotated[float, Field(gt=0.0, le=1e4)], ...] = field(
        (),
        title="Learning rates",
        help="Factors on the rates of all groups, which keep their ratios.",
        max_length=MAX_RUNS,
    )

    @property
    def num_runs(self) -> int:
        """Combinations."""
        return len(list(product(*(set(each) or {None} for each in self.axes))))

    @property
    def axes(self) -> tuple[tuple[Any, ...], ...]:
        """Kinds, depths, inits and factors on the rates."""
        return self.kinds, self.depths, self.inits, self.learning_rates


def parse_race(raw: Any) -> Race:
    """A race from what a browser or a command line gives.

    Raises:
        DocumentError: With every problem.
    """
    try:
        race = Race.model_validate(raw, strict=False)
    except ValidationError as error:
        raise DocumentError(problems_of(raw, error)) from error
    problems = [
        Problem(None, "kinds", f"There is no kind “{kind[:40]}”. Use {', '.join(BLOCKS)}.")
        for kind in race.kinds
        if kind not in BLOCKS and kind != MIXED
    ]
    if race.num_runs > MAX_RUNS:
        problems.append(Problem(None, "", too_many(race)))
    if problems:
        raise DocumentError(problems)
    return race


def too_many(race: Race) -> str:
    """Why so many runs cannot race."""
    counted = zip(("kinds", "depths", "inits", "rates"), race.axes, strict=True)
    factors = " × ".join(f"{len(set(each))} {name}" for name, each in counted if each)
    return f"{factors} would be {race.num_runs} runs; at most {MAX_RUNS} race at once. Take fewer of them."
