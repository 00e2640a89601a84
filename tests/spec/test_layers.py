"""Shapes, parameters and multiply-adds of every kind of layer, against counting by hand."""

from itertools import product
from math import prod

import pytest

from builder.spec.layers.activation import ActivationLayer
from builder.spec.layers.conv import ConvLayer
from builder.spec.layers.dropout import DropoutLayer
from builder.spec.layers.flatten import FlattenLayer
from builder.spec.layers.linear import LinearLayer
from builder.spec.layers.match import MatchLayer
from builder.spec.layers.norm import NormLayer
from builder.spec.layers.pad_channels import PadChannelsLayer
from builder.spec.layers.pool import GlobalPoolLayer, PoolLayer
from builder.spec.layers.registry import LAYERS
from builder.spec.shapes import ShapeContext, ShapeProblem, inferred_stride

CONTEXT = ShapeContext(num_classes=10)


def positions(size, kernel_size, stride, padding):
    """Where a window can stand along one axis, counted one by one."""
    return len([start for start in range(0, size + 2 * padding, stride) if start + kernel_size <= size + 2 * padding])


def shape_problem(layer, in_shape, target=None):
    with pytest.raises(ShapeProblem) as caught:
        layer.output_shape(in_shape, ShapeContext(10, target))
    return str(caught.value)


@pytest.mark.parametrize(
    ("kernel_size", "stride", "padding"), list(product([1, 2, 3, 5], [1, 2, 3], [0, 1, 2, "same"]))
)
@pytest.mark.parametrize("size", [1, 4, 7, 8])
def test_conv_has_as_many_pixels_as_its_kernel_has_places(size, kernel_size, stride, padding):
    layer = ConvLayer(id="i1", out_channels=5, kernel_size=kernel_size, stride=stride, padding=padding)
    if padding == "same" and kernel_size % 2 == 0:
        assert "odd kernel" in shape_problem(layer, (3, size, size))
        return
    expected = positions(size, kernel_size, stride, (kernel_size - 1) // 2 if padding == "same" else padding)
    if expected == 0:
        message = shape_problem(layer, (3, size, size))
        assert f"3×{size}×{size}" in message
        assert "smaller kernel" in message
        return
    assert layer.output_shape((3, size, size), CONTEXT) == (5, expected, expected)


@pytest.mark.parametrize("size", [8, 9])
def test_same_padding_keeps_the_size_at_stride_1_and_halves_it_upwards_at_2(size):
    same = ConvLayer(id="i1", kernel_size=5)
    assert same.output_shape((1, size, size), CONTEXT) == (16, size, size)
    assert ConvLayer(id="i1", stride=2).output_shape((1, size, size), CONTEXT)[1] == -(-size // 2)


@pytest.mark.parametrize("bias", [True, False])
def test_conv_counts_a_kernel_per_channel_pair(bias):
    layer = ConvLayer(id="i1", out_channels=16, kernel_size=5, padding=0, bias=bias)
    shapes = [parameter.shape for parameter in layer.parameters((3, 8, 8), (16, 4, 4))]
    assert shapes == [(16, 3, 5, 5), (16,)][: 1 + bias]
    assert layer.num_macs((3, 8, 8), (16, 4, 4)) == 4 * 4 * 16 * 3 * 5 * 5


def test_conv_refuses_a_vector():
    assert "vector of 64" in shape_problem(ConvLayer(id="i1"), (64,))


@pytest.mark.parametrize(("kernel_size", "stride", "padding"), list(product([1, 2, 3, 8], [None, 1, 2], [0, 1])))
def test_pool_has_as_many_pixels_as_its_window_has_places(kernel_size, stride, padding):
    layer = PoolLayer(id="i1", kernel_size=kernel_size, stride=stride, padding=padding)
    if padding > kernel_size / 2:
        message = shape_problem(layer, (3, 7, 7))
        assert f"window of {kernel_size}" in message
        assert "or less" in message
        return
    expected = positions(7, kernel_size, stride or kernel_size, padding)
    if expected == 0:
        assert "3×7×7" in shape_problem(layer, (3, 7, 7))
        return
    assert layer.output_shape((3, 7, 7), CONTEXT) == (3, expected, expected)


@pytest.mark.parametrize("layer", [PoolLayer(id="i1"), GlobalPoolLayer(id="i1")])
def test_pools_refuse_a_vector(layer):
    message = shape_problem(layer, (64,))
    assert "vector of 64" in message
    assert "before the flatten" in message


def test_shapes_of_the_layers_that_only_reshape():
    assert GlobalPoolLayer(id="i1").output_shape((3, 7, 5), CONTEXT) == (3,)
    assert FlattenLayer(id="i1").output_shape((3, 7, 5), CONTEXT) == (105,)
    assert FlattenLayer(id="i1").output_shape((64,), CONTEXT) == (64,)


@pytest.mark.parametrize("layer", [NormLayer(id="i1"), ActivationLayer(id="i1"), DropoutLayer(id="i1")])
@pytest.mark.parametrize("shape", [(5,), (3, 7, 5)])
def test_shapes_that_stay(layer, shape):
    assert layer.output_shape(shape, CONTEXT) == shape


def test_linear_gives_its_units_or_the_classes():
    assert LinearLayer(id="i1", out_features=7).output_shape((64,), CONTEXT) == (7,)
    assert LinearLayer(id="i1", out_features="classes").output_shape((64,), ShapeContext(3)) == (3,)
    message = shape_problem(LinearLayer(id="i1"), (3, 8, 8))
    assert "3×8×8" in message
    assert "flatten" in message


@pytest.mark.parametrize("bias", [True, False])
def test_linear_counts_a_weight_per_pair(bias):
    layer = LinearLayer(id="i1", out_features=7, bias=bias)
    assert [parameter.shape for parameter in layer.parameters((64,), (7,))] == [(7, 64), (7,)][: 1 + bias]
    assert layer.num_macs((64,), (7,)) == 448


@pytest.mark.parametrize("method", ["batch", "layer"])
@pytest.mark.parametrize("shape", [(5,), (3, 7, 5)])
def test_norm_has_a_scale_and_a_shift_per_channel(method, shape):
    scale, shift = NormLayer(id="i1", method=method).parameters(shape, shape)
    assert (scale.shape, scale.role) == (shape[:1], "norm_scale")
    assert (shift.shape, shift.role) == (shape[:1], "norm_shift")
    assert NormLayer(id="i1", method=method, affine=False).parameters(shape, shape) == ()


@pytest.mark.parametrize("size", range(1, 34))
def test_the_inferred_stride_is_the_smallest_that_fits(size):
    for out in range(1, size + 2):
        fitting = [stride for stride in range(1, size + 1) if positions(size, 1, stride, 0) == out]
        assert inferred_stride((1, size, size), (1, out, out)) == (fitting[0] if fitting else None)


def test_the_inferred_stride_fits_both_sides_of_a_rectangle():
    assert inferred_stride((1, 5, 7), (1, 2, 2)) == 4
    assert inferred_stride((1, 8, 8), (1, 4, 8)) is None


@pytest.mark.parametrize(
    ("in_shape", "target", "num_weights"),
    [((64,), (32,), 2048), ((16, 32, 32), (32, 16, 16), 512), ((16, 7, 7), (8, 4, 4), 128)],
)
def test_match_projects_to_the_body_with_one_weight_per_channel_pair(in_shape, target, num_weights):
    layer = MatchLayer(id="i1", bias=True)
    assert layer.output_shape(in_shape, ShapeContext(10, target)) == target
    weight, bias = layer.parameters(in_shape, target)
    assert (prod(weight.shape), bias.shape) == (num_weights, target[:1])
    assert layer.num_macs(in_shape, target) == num_weights * prod(target[1:])


@pytest.mark.parametrize("layer", [MatchLayer(id="i1"), PadChannelsLayer(id="i1")])
@pytest.mark.parametrize(
    ("in_shape", "target"), [((64,), (16, 8, 8)), ((16, 8, 8), (64,)), ((16, 8, 8), (16, 6, 6)), ((4, 4, 4), (8, 8, 8))]
)
def test_a_shortcut_layer_that_cannot_reach_the_body_names_both_shapes(layer, in_shape, target):
    message = shape_problem(layer, in_shape, target)
    assert "×".join(map(str, in_shape)) in message
    assert "×".join(map(str, target)) in message
    assert message.endswith(".")


@pytest.mark.parametrize("kind", [kind for kind, layer in LAYERS.items() if layer.shortcut_only])
def test_a_shortcut_layer_without_a_body_says_where_it_belongs(kind):
    assert "shortcut" in shape_problem(LAYERS[kind](id="i1"), (64,))


def test_pad_channels_adds_channels_and_never_takes_any():
    layer = PadChannelsLayer(id="i1")
    assert layer.output_shape((16, 32, 32), ShapeContext(10, (32, 16, 16))) == (32, 16, 16)
    assert layer.output_shape((16,), ShapeContext(10, (20,))) == (20,)
    assert layer.parameters((16,), (20,)) == ()
    message = shape_problem(layer, (32, 16, 16), (16, 16, 16))
    assert "32" in message
    assert "16" in message


def test_averaging_needs_whole_windows_where_subsampling_does_not():
    assert PadChannelsLayer(id="i1").output_shape((4, 7, 7), ShapeContext(10, (4, 4, 4))) == (4, 4, 4)
    assert "average" in shape_problem(PadChannelsLayer(id="i1", method="average"), (4, 7, 7), (4, 4, 4))


@pytest.mark.parametrize("kind", LAYERS)
def test_layers_know_whether_they_have_parameters_before_any_shape(kind):
    layer = LAYERS[kind](id="i1")
    assert layer.has_parameters == (kind in {"linear", "conv", "norm", "match"})
