"""The stochastic-depth block: its body is dropped for a whole mini-batch at random."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from builder.spec.base import Document, field
from builder.spec.blocks.base import Block


class ConstantSurvival(Document):
    """The same survival probability for every copy."""

    kind: Literal["constant"] = "constant"
    survival_prob: float = field(
        0.8, title="Survival", help="Probability that the body takes part in a step.", ge=0.01, le=1.0
    )


class LinearDecay(Document):
    """p_l = 1 - (l / L) (1 - p_L) over the network's stochastic-depth copies l = 1 ... L.

    Source: Huang et al. 2016, arXiv 1603.09382, eq. 4.
    """

    kind: Literal["linear_decay"] = "linear_decay"
    final_survival_prob: float = field(
        0.5,
        title="Final survival",
        help="Survival of the last stochastic-depth copy; the copies before it fall to it in equal steps.",
        ge=0.01,
        le=1.0,
    )


Survival = Annotated[ConstantSurvival | LinearDecay, Field(discriminator="kind")]


class StochasticDepthBlock(Block):
    """In training y = a(b F(x) + S(x)), b ~ Bernoulli(survival) once per mini-batch; in evaluation a(p F(x) + S(x)).

    With scaling at train time: a(b / p F(x) + S(x)) and a(F(x) + S(x)). A dropped body is not computed.
    Source: Huang et al. 2016, arXiv 1603.09382, eq. 2 to 5.
    """

    title: ClassVar = "Stochastic depth"
    sentence: ClassVar = "A residual block whose body is skipped at random: trains a shallower tower at each step."
    formula: ClassVar = "y = b·F(x) + x"
    summary: ClassVar = "survival {survival}"
    colour: ClassVar = "#1E9E77"
    symbol: ClassVar = "triangle-up"
    glyph: ClassVar = "M8 3V7M8 10V14M8 17V21M8 5C20 6 20 18 8 19"
    arc: ClassVar = "broken"

    kind: Literal["stochastic_depth"] = "stochastic_depth"
    survival: Survival = field(
        LinearDecay(), title="Survival", help="How often the body takes part: one number, or falling with depth."
    )
    scaling: Literal["test", "train"] = field(
        "test",
        title="Scaling",
        help="test: the body is multiplied by its survival in evaluation (the paper); train: divided by it in training.",
        advanced=True,
    )
    dropped_update: Literal["paper", "skip"] = field(
        "paper",
        title="Dropped update",
        help="paper: a dropped body still gets weight decay and momentum; skip: its weights rest, which is faster.",
        advanced=True,
    )
