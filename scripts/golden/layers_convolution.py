"""Goldens of convolutions: plain, transposed, depthwise and separable, over steps, images and volumes.

Run: python scripts/golden/layers_convolution.py
"""

import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from layer_golden import Family, camel_options, keras  # noqa: E402

family = Family("layers-convolution", "layers_convolution.py", 20261126)
layers = keras.layers


def shaped(options, channels, *sizes):
    """A batch of 2, of volumes 1, in the memory order that the options say."""
    first = options.get("data_format") == "channels_first"
    batch = 1 if len(sizes) == 3 else 2
    return (batch, channels, *sizes) if first else (batch, *sizes, channels)


def add(kind, options, channels, *sizes):
    options = {"filters": 3, **options} if kind not in (layers.DepthwiseConv1D, layers.DepthwiseConv2D) else options
    title = ", ".join(f"{key} {value}" for key, value in options.items() if key != "filters")
    family.case(f"{kind.__name__} {title} on {sizes}", kind(**options), camel_options(options),
                [family.random(shaped(options, channels, *sizes))])


FIRST = {"data_format": "channels_first"}
SAME = {"padding": "same"}

for options, channels, size in [
    ({"kernel_size": 3}, 2, 7),
    ({"kernel_size": 4, **SAME, "activation": "tanh"}, 2, 6),
    ({"kernel_size": 2, "strides": 2, **SAME}, 2, 7),
    ({"kernel_size": 3, "padding": "causal"}, 2, 6),
    ({"kernel_size": 2, "padding": "causal", "dilation_rate": 3, **FIRST}, 2, 7),
    ({"kernel_size": 3, "padding": "causal", "strides": 2}, 2, 7),
    ({"kernel_size": 3, "dilation_rate": 2, "use_bias": False}, 2, 8),
    ({"kernel_size": 3, "groups": 3, **FIRST}, 6, 5),
    ({"kernel_size": 3, "groups": 3, **SAME}, 3, 5),
]:
    add(layers.Conv1D, options, channels, size)

for options, channels, sizes in [
    ({"kernel_size": 3}, 2, (5, 6)),
    ({"kernel_size": (2, 3), **SAME, "activation": "elu"}, 2, (4, 5)),
    ({"kernel_size": 3, "strides": (2, 1), **SAME, **FIRST}, 2, (5, 4)),
    ({"kernel_size": (3, 2), "strides": 2}, 2, (6, 5)),
    ({"kernel_size": 2, "dilation_rate": (2, 3), **FIRST}, 2, (5, 6)),
    ({"kernel_size": 3, "dilation_rate": 2, **SAME}, 2, (5, 4)),
    ({"kernel_size": 2, "groups": 3, "strides": 2}, 6, (5, 4)),
    ({"kernel_size": 3, "groups": 3, **SAME, **FIRST}, 3, (4, 5)),
    ({"kernel_size": 1, "use_bias": False}, 3, (3, 4)),
    ({"kernel_size": 3, "activation": "softmax"}, 2, (4, 5)),
]:
    add(layers.Conv2D, options, channels, *sizes)

for options, channels, sizes in [
    ({"kernel_size": 2}, 2, (3, 4, 3)),
    ({"kernel_size": (3, 2, 1), **SAME, **FIRST}, 2, (3, 4, 3)),
    ({"kernel_size": (1, 2, 2), "strides": 2, "activation": "relu"}, 2, (5, 4, 5)),
    ({"kernel_size": 2, "strides": (2, 1, 2), **SAME}, 2, (4, 3, 3)),
    ({"kernel_size": 2, "dilation_rate": (2, 1, 2)}, 2, (4, 3, 4)),
    ({"kernel_size": 2, "dilation_rate": (1, 2, 1), **SAME, **FIRST, "use_bias": False}, 2, (2, 4, 3)),
    ({"kernel_size": 2, "groups": 3}, 6, (3, 2, 3)),
    ({"kernel_size": 2, "groups": 3, **FIRST}, 3, (3, 3, 2)),
]:
    add(layers.Conv3D, options, channels, *sizes)

for options, size in [
    ({"kernel_size": 3}, 4),
    ({"kernel_size": 3, "strides": 2, **SAME, "activation": "tanh"}, 4),
    ({"kernel_size": 2, "strides": 3}, 3),
    ({"kernel_size": 4, "strides": 3, **SAME, "output_padding": 1, **FIRST}, 3),
    ({"kernel_size": 3, "strides": 2, "output_padding": 0}, 3),
    ({"kernel_size": 2, "dilation_rate": 3, "use_bias": False}, 4),
    ({"kernel_size": 3, "dilation_rate": 2, **SAME}, 5),
]:
    add(layers.Conv1DTranspose, options, 2, size)

for options, sizes in [
    ({"kernel_size": 3}, (3, 4)),
    ({"kernel_size": 4, "strides": 2, **SAME, **FIRST}, (3, 2)),
    ({"kernel_size": (2, 3), "strides": (3, 2), "activation": "sigmoid"}, (3, 2)),
    ({"kernel_size": (1, 2), "strides": 3, **SAME}, (2, 3)),
    ({"kernel_size": 3, "strides": 2, "output_padding": 1}, (2, 3)),
    ({"kernel_size": (3, 4), "strides": (2, 3), **SAME, "output_padding": (1, 2)}, (3, 2)),
    ({"kernel_size": (5, 3), "strides": 2, **SAME, "output_padding": 0, **FIRST}, (3, 3)),
    ({"kernel_size": (3, 2), "dilation_rate": (1, 2), "use_bias": False}, (3, 3)),
    ({"kernel_size": 2, "dilation_rate": 2, **SAME, **FIRST}, (4, 3)),
]:
    add(layers.Conv2DTranspose, options, 2, *sizes)

for options, sizes in [
    ({"kernel_size": 2}, (2, 3, 2)),
    ({"kernel_size": (3, 2, 1), "strides": 2, **SAME, **FIRST}, (2, 3, 2)),
    ({"kernel_size": (1, 2, 2), "strides": (3, 1, 2), "activation": "tanh"}, (2, 2, 3)),
    ({"kernel_size": (2, 3, 2), "strides": 2, **SAME, "output_padding": (0, 1, 0)}, (2, 2, 2)),
    ({"kernel_size": 2, "strides": (2, 3, 2), "output_padding": (1, 2, 0)}, (2, 1, 2)),
    ({"kernel_size": 2, "dilation_rate": (2, 1, 3)}, (2, 3, 2)),
    ({"kernel_size": (2, 1, 3), "dilation_rate": 2, **SAME, **FIRST, "use_bias": False}, (3, 2, 3)),
]:
    add(layers.Conv3DTranspose, options, 2, *sizes)

for options, channels, size in [
    ({"kernel_size": 3}, 3, 6),
    ({"kernel_size": 3, "depth_multiplier": 2, **SAME, **FIRST, "activation": "tanh"}, 2, 5),
    ({"kernel_size": 2, "strides": 2, **SAME, "use_bias": False}, 3, 7),
    ({"kernel_size": 3, "dilation_rate": 2, "depth_multiplier": 2}, 2, 7),
]:
    add(layers.DepthwiseConv1D, options, channels, size)

for options, channels, sizes in [
    ({"kernel_size": 3}, 3, (4, 5)),
    ({"kernel_size": (2, 3), **SAME, "activation": "relu"}, 4, (4, 3)),
    ({"kernel_size": 3, "depth_multiplier": 2, **FIRST}, 2, (4, 5)),
    ({"kernel_size": 3, "strides": 2, **SAME, "depth_multiplier": 3}, 2, (5, 4)),
    ({"kernel_size": 2, "strides": 2, **FIRST, "use_bias": False}, 3, (5, 4)),
    ({"kernel_size": (2, 3), "dilation_rate": (2, 1), **SAME}, 3, (4, 4)),
    ({"kernel_size": 2, "dilation_rate": (1, 2), **FIRST}, 2, (4, 4)),
]:
    add(layers.DepthwiseConv2D, options, channels, *sizes)

for options, channels, size in [
    ({"kernel_size": 3}, 2, 6),
    ({"kernel_size": 2, "depth_multiplier": 2, **SAME, **FIRST, "activation": "tanh"}, 2, 5),
    ({"kernel_size": 3, "strides": 2, **SAME, "use_bias": False}, 2, 7),
    ({"kernel_size": 2, "dilation_rate": 3}, 3, 6),
]:
    add(layers.SeparableConv1D, options, channels, size)

for options, channels, sizes in [
    ({"kernel_size": 3}, 2, (4, 5)),
    ({"kernel_size": (2, 3), **SAME, "depth_multiplier": 2, "activation": "elu"}, 2, (4, 3)),
    ({"kernel_size": 3, "strides": 2, **SAME, **FIRST}, 3, (5, 4)),
    ({"kernel_size": 2, "dilation_rate": 2, **FIRST, "use_bias": False}, 2, (4, 4)),
]:
    add(layers.SeparableConv2D, options, channels, *sizes)

for options in [{}, FIRST]:
    add(layers.Conv2D, {"kernel_size": 3, "strides": 2, **SAME, **options}, 2, 5, 6)

family.write()
