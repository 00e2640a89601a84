"""Initial weights: a visible choice per layer, with a default for the whole network.

Every initial value is a function of (seed, address), so that twins share the weights of their common addresses.
"""

from typing import Annotated, Literal

from pydantic import Field

from builder.spec.base import Document, field

Distribution = Literal["normal", "uniform"]


class HeInit(Document):
    """Variance 2 / fan, for layers followed by a ReLU. Source: He et al. 2015, arXiv 1502.01852, eq. 10."""

    kind: Literal["he"] = "he"
    fan_mode: Literal["fan_in", "fan_out"] = field(
        "fan_in",
        title="Fan mode",
        help="fan_in keeps the scale of the forward pass, fan_out that of the gradients.",
        advanced=True,
    )
    distribution: Distribution = field(
        "normal", title="Distribution", help="Shape of the distribution; its variance stays the same.", advanced=True
    )


class XavierInit(Document):
    """Variance 2 / (fan_in + fan_out), for tanh-like layers. Source: Glorot and Bengio 2010, eq. 16."""

    kind: Literal["xavier"] = "xavier"
    distribution: Distribution = field(
        "uniform", title="Distribution", help="Shape of the distribution; its variance stays the same.", advanced=True
    )


class PytorchInit(Document):
    """What torch.nn.Linear and Conv2d do: uniform with variance 1 / (3 fan_in), biases too.

    A third of the variance that keeps a linear layer's scale, a sixth of He's: deep plain nets vanish under it.
    """

    kind: Literal["pytorch"] = "pytorch"


class NormalInit(Document):
    """Gaussian with a fixed standard deviation, whatever the width."""

    kind: Literal["normal"] = "normal"
    std: float = field(
        0.01, title="Standard deviation", help="Spread of the weights around zero.", ge=1e-8, le=100.0, scale="log"
    )


class OnesInit(Document):
    """Every weight is one: each unit gets the same sum of the inputs, so the layer has rank one."""

    kind: Literal["ones"] = "ones"


class ZerosInit(Document):
    """Every weight is zero."""

    kind: Literal["zeros"] = "zeros"


class IdentityInit(Document):
    """Output equals input as far as the widths allow; for convolutions a one at the kernel's centre."""

    kind: Literal["identity"] = "identity"


InitSpec = Annotated[
    HeInit | XavierInit | PytorchInit | NormalInit | OnesInit | ZerosInit | IdentityInit, Field(discriminator="kind")
]
