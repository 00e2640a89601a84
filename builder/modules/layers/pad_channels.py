"""The parameter-free shortcut between shapes."""

from torch import Tensor, nn
from torch.nn import functional

from builder.spec.layers.pad_channels import PadChannelsLayer
from builder.spec.plan import LayerPlan
from builder.spec.shapes import inferred_stride, is_image


class PadChannelsModule(nn.Module):
    """Every `stride`-th pixel, or the average of each window, and `num_zeros` zero channels after them."""

    def __init__(self, method: str, stride: int, num_zeros: int) -> None:
        super().__init__()
        self.method = method
        self.stride = stride
        self.num_zeros = num_zeros

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() == 2:
            return functional.pad(x, (0, self.num_zeros))
        if self.stride > 1:
            x = (
                functional.avg_pool2d(x, self.stride)
                if self.method == "average"
                else x[:, :, :: self.stride, :: self.stride]
            )
        return functional.pad(x, (0, 0, 0, 0, 0, self.num_zeros)) if self.num_zeros else x

    def extra_repr(self) -> str:
        return f"{self.method}, stride={self.stride}, num_zeros={self.num_zeros}"


def build_pad_channels(layer: PadChannelsLayer, plan: LayerPlan) -> nn.Module:
    stride = inferred_stride(plan.in_shape, plan.out_shape) if is_image(plan.in_shape) else 1
    return PadChannelsModule(layer.method, stride or 1, plan.out_shape[0] - plan.in_shape[0])
