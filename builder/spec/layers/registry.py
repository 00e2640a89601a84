"""All kinds of layers. A new kind is its file, its torch twin in builder/modules/layers and one line here."""

from typing import Annotated

from pydantic import Field

from builder.spec.layers.activation import ActivationLayer
from builder.spec.layers.base import Layer
from builder.spec.layers.conv import ConvLayer
from builder.spec.layers.dropout import DropoutLayer
from builder.spec.layers.flatten import FlattenLayer
from builder.spec.layers.linear import LinearLayer
from builder.spec.layers.match import MatchLayer
from builder.spec.layers.norm import NormLayer
from builder.spec.layers.pad_channels import PadChannelsLayer
from builder.spec.layers.pool import GlobalPoolLayer, PoolLayer

TowerLayer = (
    LinearLayer | ConvLayer | NormLayer | ActivationLayer | PoolLayer | GlobalPoolLayer | DropoutLayer | FlattenLayer
)
BodyLayer = Annotated[TowerLayer, Field(discriminator="kind")]
ShortcutLayer = Annotated[TowerLayer | MatchLayer | PadChannelsLayer, Field(discriminator="kind")]

LAYERS: dict[str, type[Layer]] = {
    layer.model_fields["kind"].default: layer
    for layer in (
        LinearLayer,
        ConvLayer,
        NormLayer,
        ActivationLayer,
        PoolLayer,
        GlobalPoolLayer,
        DropoutLayer,
        FlattenLayer,
        MatchLayer,
        PadChannelsLayer,
    )
}
