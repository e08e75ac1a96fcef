"""Goldens of Dense, Activation, Embedding, Masking and Identity.

Run: python scripts/golden/layers_core.py
"""

import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from layer_golden import Family, camel_options, keras, numpy  # noqa: E402

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

indices = numpy.array([[1, 3, 0, 3], [4, 0, 0, 2]], dtype="int32")
family.case("Embedding", keras.layers.Embedding(5, 3), {"inputDim": 5, "outputDim": 3}, [indices])
family.case("Embedding of float indices", keras.layers.Embedding(5, 2), {"inputDim": 5, "outputDim": 2},
            [numpy.array([[1.0, 4.0], [0.0, 2.0]])])
family.case("Embedding of single indices", keras.layers.Embedding(4, 2), {"inputDim": 4, "outputDim": 2},
            [numpy.array([3, 0, 3], dtype="int32")])
family.case("Embedding on three axes", keras.layers.Embedding(5, 2), {"inputDim": 5, "outputDim": 2},
            [indices.reshape(2, 2, 2)])
family.case("Embedding maskZero", keras.layers.Embedding(5, 3, mask_zero=True),
            {"inputDim": 5, "outputDim": 3, "maskZero": True}, [indices])
steps = family.random((2, 4, 3))
steps[0, 1] = steps[1, 3] = 0
steps[1, 0] = 0.5
steps[0, 0, 0] = 0
family.case("Masking", keras.layers.Masking(), {}, [steps])
family.case("Masking of another value", keras.layers.Masking(mask_value=0.5), {"maskValue": 0.5}, [steps])
family.case("Masking on four axes", keras.layers.Masking(), {}, [steps.reshape(2, 2, 2, 3)])
family.case("Identity", keras.layers.Identity(), {}, [family.random((2, 3))])
family.write()
