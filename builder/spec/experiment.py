"""The experiment: the one document that says all of a run."""

from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints

from builder.spec.base import Document, field
from builder.spec.data import DataSpec
from builder.spec.groups import GroupSpec
from builder.spec.network import NetworkSpec
from builder.spec.training import TrainingSpec

FORMAT = 1
MAX_GROUPS = 64


def _check_groups(groups: tuple[GroupSpec, ...]) -> tuple[GroupSpec, ...]:
    if not groups:
        raise ValueError("There is no group. Give at least one, without a rule.")
    names = [group.name for group in groups]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"Two groups are called “{name}”. Give each a name of its own.")
    if not groups[-1].rule.is_everything:
        raise ValueError(
            f"The last group, “{names[-1]}”, must take everything that is left: give it an empty rule, or add a group "
            "without a rule after it."
        )
    return groups


class Experiment(Document):
    """Data, network, groups and training in one versioned document."""

    format: Literal[1] = field(FORMAT, title="Format", help="Version of this document's format.", hidden=True)
    name: Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)] = field(
        "untitled", title="Name", help="Shown in lists and in the browser's tab."
    )
    notes: Annotated[str, StringConstraints(max_length=20_000)] = field(
        "", title="Notes", help="Whatever you want to remember."
    )
    data: DataSpec = field(DataSpec(), title="Data", help="What is learned.")
    network: NetworkSpec = field(NetworkSpec(), title="Network", help="The tower.")
    groups: Annotated[tuple[GroupSpec, ...], AfterValidator(_check_groups)] = field(
        (GroupSpec(name="all parameters"),),
        title="Groups",
        help="Groups of parameters with their own learning rates; the first rule that matches wins.",
        max_length=MAX_GROUPS,
    )
    training: TrainingSpec = field(TrainingSpec(), title="Training", help="How it is learned.")
