"""Local and global pooling."""

from torch import Tensor, nn

from builder.spec.layers.pool import GlobalPoolLayer, PoolLayer
from builder.spec.plan import LayerPlan


class GlobalPoolModule(nn.Module):
    """`[batch, channels, height, width]` to `[batch, channels]`."""

    def __init__(self, method: str) -> None:
        super().__init__()
        self.method = method

    def forward(self, x: Tensor) -> Tensor:
        return x.amax((2, 3)) if self.method == "max" else x.mean((2, 3))

    def extra_repr(self) -> str:
        return self.method


def build_pool(layer: PoolLayer, plan: LayerPlan) -> nn.Module:
    if layer.method == "max":
        return nn.MaxPool2d(layer.kernel_size, layer.stride, layer.padding)
    return nn.AvgPool2d(layer.kernel_size, layer.stride, layer.padding)


def build_global_pool(layer: GlobalPoolLayer, plan: LayerPlan) -> nn.Module:
    return GlobalPoolModule(layer.method)
