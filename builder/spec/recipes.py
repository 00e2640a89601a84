"""Ready-made bodies and shortcuts: what one gesture puts in place.

The words `$features` and `$channels` stand for the width at the place where a recipe lands.
"""

from dataclasses import dataclass
from typing import Any, Literal

Nested = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Recipe:
    """Layers without ids for a lane.

    Attributes:
        lane: Where it fits.
        input: What it takes.
        is_default: The body that a block dropped from the palette gets for this input.
    """

    name: str
    title: str
    sentence: str
    lane: Literal["body", "shortcut"]
    input: Literal["vector", "image", "any"]
    items: tuple[Nested, ...]
    is_default: bool = False


def activation(function: str = "relu") -> Nested:
    return {"kind": "activation", "function": function}


def linear(out_features: int | str, **fields: Any) -> Nested:
    return {"kind": "linear", "out_features": out_features, **fields}


def conv(out_channels: int | str, kernel_size: int = 3, stride: int = 1, **fields: Any) -> Nested:
    return {"kind": "conv", "out_channels": out_channels, "kernel_size": kernel_size, "stride": stride, **fields}


def norm(method: str = "batch", **fields: Any) -> Nested:
    return {"kind": "norm", "method": method, **fields}


def post_activation_body(channels: int | str, stride: int = 1) -> tuple[Nested, ...]:
    """conv, norm, ReLU, conv, norm: the ReLU after the sum is the block's own. Source: He et al. 2015, fig. 2."""
    return (
        conv(channels, stride=stride, bias=False),
        norm(),
        activation(),
        conv(channels, bias=False),
        norm(),
    )


def pre_activation_body(channels: int | str, stride: int = 1, bias: bool = False) -> tuple[Nested, ...]:
    """norm, ReLU, conv, twice. Source: He et al. 2016, arXiv 1603.05027, fig. 1b."""
    return (
        norm(),
        activation(),
        conv(channels, stride=stride, bias=bias),
        norm(),
        activation(),
        conv(channels, bias=bias),
    )


BODY_RECIPES = (
    Recipe(
        "dense_1", "Dense × 1", "One linear layer and a ReLU.", "body", "vector", (linear("$features"), activation())
    ),
    Recipe(
        "dense_2",
        "Dense × 2",
        "Two linear layers, each followed by a ReLU.",
        "body",
        "vector",
        (linear("$features"), activation(), linear("$features"), activation()),
        is_default=True,
    ),
    Recipe(
        "conv_post",
        "Conv post-activation × 2",
        "The body of the first residual nets: conv, norm, ReLU, conv, norm. Set the block's own activation to ReLU.",
        "body",
        "image",
        post_activation_body("$channels"),
    ),
    Recipe(
        "conv_pre",
        "Conv pre-activation × 2",
        "norm, ReLU, conv, twice; nothing is left to do after the sum.",
        "body",
        "image",
        pre_activation_body("$channels"),
        is_default=True,
    ),
    Recipe(
        "conv_pre_stride",
        "Conv pre-activation × 2, stride 2",
        "Halves height and width; the shortcut needs match or pad channels.",
        "body",
        "image",
        pre_activation_body("$channels", stride=2),
    ),
    Recipe(
        "conv_pre_pool",
        "Max-pool, conv pre-activation × 2",
        "Halves height and width by a max-pool; the shortcut needs match or pad channels.",
        "body",
        "image",
        ({"kind": "pool", "method": "max", "kernel_size": 2}, *pre_activation_body("$channels")),
    ),
    Recipe(
        "bottleneck",
        "Bottleneck",
        "1×1, 3×3 and 1×1 convolutions; give the first two a quarter of the channels to save work.",
        "body",
        "image",
        (
            norm(),
            activation(),
            conv("$channels", 1, bias=False),
            norm(),
            activation(),
            conv("$channels", bias=False),
            norm(),
            activation(),
            conv("$channels", 1, bias=False),
        ),
    ),
)

SHORTCUT_RECIPES = (
    Recipe("identity", "Identity", "Nothing on the way: the input itself.", "shortcut", "any", ()),
    Recipe(
        "option_a",
        "Zero padding (option A)",
        "Every s-th pixel and zero channels; no parameters.",
        "shortcut",
        "any",
        ({"kind": "pad_channels", "method": "subsample"},),
    ),
    Recipe(
        "option_b",
        "Projection (option B)",
        "A 1×1 convolution or linear layer and a batch norm.",
        "shortcut",
        "any",
        ({"kind": "match"}, norm()),
    ),
    Recipe(
        "average_pad",
        "Average and zero padding",
        "What the stochastic-depth paper's code does.",
        "shortcut",
        "any",
        ({"kind": "pad_channels", "method": "average"},),
    ),
    Recipe(
        "ones_carry",
        "Ones carry",
        "An affine carry of ones: every unit gets the same sum of the inputs.",
        "shortcut",
        "vector",
        (linear("$features", init={"kind": "ones"}), activation("sigmoid")),
    ),
    Recipe(
        "dropout",
        "Dropout shortcut",
        "Drops entries of the shortcut itself.",
        "shortcut",
        "any",
        ({"kind": "dropout", "p": 0.5},),
    ),
)

RECIPES = (*BODY_RECIPES, *SHORTCUT_RECIPES)
