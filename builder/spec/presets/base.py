"""What a preset is, and the studies that presets belong to."""

from collections.abc import Callable
from dataclasses import dataclass

from builder.spec.experiment import Experiment


@dataclass(frozen=True, slots=True)
class Preset:
    """A ready-made experiment with its story.

    Attributes:
        name: As the command line knows it.
        title: Short enough for a chart's legend beside the study's other presets.
        story: What it is, in a sentence or two.
        watch: What to look at while it trains.
        build: Makes the experiment, without its name.
        sibling: Name of a preset that shows the same on a data set without download; for presets whose data may be missing.
    """

    name: str
    title: str
    story: str
    watch: str
    build: Callable[[], Experiment]
    sibling: str | None = None

    def experiment(self) -> Experiment:
        """The preset's document, named after the preset."""
        return self.build().model_copy(update={"name": self.name})


@dataclass(frozen=True, slots=True)
class Comparison:
    """Presets of one study that are trained with the same seed and batches, and drawn over each other.

    Attributes:
        name: Unique among the study's comparisons.
        title: The question, as on its button.
        presets: Names, in the order of the legend; the last one is left open in the editor.
        watch: What the answer looks like.
    """

    name: str
    title: str
    presets: tuple[str, ...]
    watch: str


@dataclass(frozen=True, slots=True)
class Study:
    """A document's or a paper's system: its presets and the comparisons that it is about.

    Attributes:
        name: As addresses know it.
        story: What it shows, in one paragraph.
        source: Authors, year, title and arXiv id or address.
        published: What the source itself reports, in a sentence with its place; empty if it reports nothing.
        is_reconstruction: Whether the source leaves out what is needed to repeat it exactly, so that this is in its spirit.
    """

    name: str
    title: str
    story: str
    source: str
    watch: str
    presets: tuple[Preset, ...]
    comparisons: tuple[Comparison, ...]
    published: str = ""
    is_reconstruction: bool = False
