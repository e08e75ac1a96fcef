"""Goldens of Dense and Activation.

Run: python scripts/golden/layers_core.py
"""

import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from layer_golden import Family, camel_options, keras  # noqa: E402

family = Family("layers-core", "layers_core.py", 20261125)
for options in [
    {"units": 3}, {"units": 3, "activation": "relu"}, {"units": 4, "activation": "sigmoid"},
    {"units": 3, "activation": "tanh"}, {"units": 3, "activation": "softmax"}, {"units": 2, "use_bias": False},
]:
    family.case(f"Dense {options}", keras.layers.Dense(**options), camel_options(options), [family.random((2, 5))])
family.case("Dense on time steps", keras.layers.Dense(3, activation="elu"), {"units": 3, "activation": "elu"},
            [family.random((2, 4, 5))])
family.case("Dense on four axes", keras.layers.Dense(2), {"units": 2}, [family.random((2, 3, 2, 4))])
for name in ["linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "sigmoid",
             "hard_sigmoid", "tanh", "softplus", "softsign", "exponential", "softmax", "log_softmax"]:
    family.case(f"Activation {name}", keras.layers.Activation(name), camel_options({"activation": name}),
                [family.random((3, 7), -4, 4)])
family.write()
