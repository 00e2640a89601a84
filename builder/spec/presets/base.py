"""What a preset is."""

from collections.abc import Callable
from dataclasses import dataclass

from builder.spec.experiment import Experiment


@dataclass(frozen=True, slots=True)
class Preset:
    """A ready-made experiment with its story.

    Attributes:
        name: As the command line knows it.
        story: What it is, in one paragraph.
        watch: What to look at while it trains.
        build: Makes the experiment, without its name.
    """

    name: str
    title: str
    story: str
    watch: str
    build: Callable[[], Experiment]

    def experiment(self) -> Experiment:
        """The preset's document, named after the preset."""
        return self.build().model_copy(update={"name": self.name})
