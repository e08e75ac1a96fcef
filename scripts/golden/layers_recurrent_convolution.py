"""Goldens of ConvLSTM1D, ConvLSTM2D and ConvLSTM3D.

Run: python scripts/golden/layers_recurrent_convolution.py
"""

import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from layer_golden import Family, camel_options, keras  # noqa: E402

family = Family("layers-recurrent-convolution", "layers_recurrent_convolution.py", 20261204)
LAST, FIRST = (2, 3, 4, 3, 1), (2, 3, 1, 4, 3)
MASK = [[1, 0, 1], [0, 1, 0]]


def case(name, options, shape, keras_options=None, **more):
    layer = getattr(keras.layers, name)(**options, **(keras_options or {}))
    family.case(f"{name} {options}{', masked' if more.get('masks') else ''}", layer, camel_options(options),
                [family.random(shape)], **more)


for options in [
    {"filters": 1, "kernel_size": 2}, {"filters": 2, "kernel_size": [3, 2], "padding": "same"},
    {"filters": 1, "kernel_size": 2, "return_sequences": True, "return_state": True},
    {"filters": 1, "kernel_size": 2, "strides": 2, "padding": "same", "return_sequences": True},
    {"filters": 2, "kernel_size": [2, 1], "strides": [1, 2]}, {"filters": 1, "kernel_size": 2, "dilation_rate": 2},
    {"filters": 1, "kernel_size": [2, 2], "dilation_rate": [2, 1], "padding": "same", "go_backwards": True},
    {"filters": 1, "kernel_size": 2, "use_bias": False, "activation": "relu"},
    {"filters": 1, "kernel_size": 2, "recurrent_activation": "hard_sigmoid", "unit_forget_bias": False},
]:
    case("ConvLSTM2D", options, LAST)
for options in [
    {"filters": 2, "kernel_size": 2}, {"filters": 1, "kernel_size": [2, 3], "padding": "same"},
    {"filters": 1, "kernel_size": 2, "strides": 2, "return_sequences": True},
    {"filters": 1, "kernel_size": 2, "dilation_rate": [1, 2], "return_state": True},
]:
    case("ConvLSTM2D", {**options, "data_format": "channels_first"}, FIRST)
# Of Keras's loops on jax only the unrolled one takes a mask for images; the numbers do not depend on it.
for options in [{}, {"return_sequences": True, "return_state": True}, {"go_backwards": True}]:
    case("ConvLSTM2D", {"filters": 1, "kernel_size": 2, **options}, LAST, {"unroll": True}, masks=[MASK])
case("ConvLSTM2D", {"filters": 1, "kernel_size": 2, "stateful": True, "padding": "same"}, LAST, calls=2)
for options in [
    {"filters": 2, "kernel_size": 2}, {"filters": 1, "kernel_size": 3, "padding": "same", "return_sequences": True},
    {"filters": 1, "kernel_size": 2, "strides": 2}, {"filters": 1, "kernel_size": 2, "dilation_rate": 2},
]:
    case("ConvLSTM1D", options, (2, 3, 5, 2))
    case("ConvLSTM1D", {**options, "data_format": "channels_first"}, (2, 3, 2, 5))
for options in [{}, {"padding": "same", "return_sequences": True}, {"strides": 2}]:
    case("ConvLSTM3D", {"filters": 1, "kernel_size": 2, **options}, (1, 2, 3, 2, 2, 1))
case("ConvLSTM3D", {"filters": 1, "kernel_size": 2, "data_format": "channels_first"}, (1, 2, 1, 3, 2, 2))
family.write()
