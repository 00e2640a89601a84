"""The 6n + 2 layer towers for CIFAR-10 that several studies vary: a stem, three stages, a pool and the head.

Source: He et al. 2015, arXiv 1512.03385, section 4.2; pre-activation: He et al. 2016, arXiv 1603.05027, fig. 1b.
"""

from collections.abc import Callable, Sequence
from typing import Any

from builder.spec.data import AugmentationSpec, DataSpec
from builder.spec.presets.numbering import NestedItem
from builder.spec.presets.towers import HEAD, repeat
from builder.spec.recipes import activation, conv, norm, post_activation_body, pre_activation_body

Body = Callable[..., Sequence[NestedItem]]

WIDTHS = (16, 32, 64)
OPTION_A: tuple[NestedItem, ...] = ({"kind": "pad_channels", "method": "subsample"},)
AVERAGE_AND_PAD: tuple[NestedItem, ...] = ({"kind": "pad_channels", "method": "average"},)
GLOBAL_POOL: NestedItem = {"kind": "global_pool", "method": "average"}
FLIP_AND_CROP = AugmentationSpec(horizontal_flip=True, crop_padding=4)


def cifar_data(validation_fraction: float, num_train: int | None = None) -> DataSpec:
    """CIFAR-10 with the papers' flip and padded crop."""
    return DataSpec(
        dataset="cifar-10", validation_fraction=validation_fraction, num_train=num_train, augmentation=FLIP_AND_CROP
    )


def cifar_stage(
    kind: str,
    channels: int,
    num_blocks: int,
    strided: bool,
    *,
    body: Body = post_activation_body,
    shortcut: Sequence[NestedItem] = (),
    transition: Sequence[NestedItem] = OPTION_A,
    **fields: Any,
) -> list[NestedItem]:
    """One stage of blocks of one width; the first block halves the image if `strided`.

    Args:
        kind: Of every block.
        channels: Of every block's output.
        num_blocks: At least 1.
        strided: Whether the first block halves height and width.
        body: Makes the layers of F from the channels and the stride.
        shortcut: Of the blocks that keep their shape.
        transition: Shortcut of the block that does not.
        fields: Of every block; without an activation it is the ReLU after the sum.
    """
    block = {"kind": kind, "activation": "relu", **fields}
    first = {**block, "body": body(channels, stride=2), "shortcut": transition}
    rest = {**block, "body": body(channels), "shortcut": shortcut}
    if not strided:
        return [repeat(num_blocks, rest)]
    return [first] + ([repeat(num_blocks - 1, rest)] if num_blocks > 1 else [])


def cifar_tower(
    kind: str,
    num_blocks: int,
    *,
    head: NestedItem = HEAD,
    **stage: Any,
) -> list[NestedItem]:
    """6 `num_blocks` + 2 layers: a 3×3 convolution, three stages of `num_blocks` blocks, global average pool, head.

    Args:
        kind: Of every block.
        num_blocks: Of each stage.
        head: The last layer.
        stage: As `cifar_stage` takes it.
    """
    stem = [conv(WIDTHS[0], bias=False), norm(), activation()]
    stages = [
        item
        for number, channels in enumerate(WIDTHS)
        for item in cifar_stage(kind, channels, num_blocks, strided=number > 0, **stage)
    ]
    return [*stem, *stages, GLOBAL_POOL, head]


def pre_activation_tower(num_blocks: int) -> list[NestedItem]:
    """The same layers with norm and ReLU before each convolution, and nothing after the sum.

    The stem's norm and ReLU stand before the first block's fork, so that its body begins with the convolution, and the
    last sum gets a norm and a ReLU of its own. Source: He et al. 2016, arXiv 1603.05027, appendix.
    """
    stem = [conv(WIDTHS[0], bias=False), norm(), activation()]
    first = {"kind": "residual", "body": pre_activation_body(WIDTHS[0])[2:]}
    stages: list[NestedItem] = []
    for number, channels in enumerate(WIDTHS):
        stages += cifar_stage(
            "residual",
            channels,
            num_blocks if number else num_blocks - 1,
            strided=number > 0,
            body=pre_activation_body,
            activation=None,
        )
    return [*stem, first, *stages, norm(), activation(), GLOBAL_POOL, HEAD]
