"""Goldens of ReLU, LeakyReLU, PReLU, ELU, Softmax, and of the activations beyond those of layers_core.py.

Run: python scripts/golden/layers_activation.py
"""

import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from layer_golden import Family, camel_options, keras, numpy  # noqa: E402

layers = keras.layers
family = Family("layers-activation", "layers_activation.py", 20261126)


def case(layer_class, options, shape=(3, 7), low=-4.0, high=4.0, name=None, **rest):
    family.case(name or f"{layer_class.__name__} {options}", layer_class(**options), camel_options(options),
                [family.random(shape, low, high)], **rest)


for options in [{}, {"max_value": 2.5}, {"negative_slope": 0.25}, {"threshold": 1.5}, {"max_value": 6.0},
                {"max_value": 3.0, "negative_slope": 0.5}, {"negative_slope": 0.5, "threshold": 1.0},
                {"max_value": 2.0, "negative_slope": 0.1, "threshold": 1.0}, {"max_value": 1.0, "threshold": 0.5}]:
    case(layers.ReLU, options)
for options in [{}, {"negative_slope": 0.0}, {"negative_slope": 0.01}]:
    case(layers.LeakyReLU, options)
for options in [{}, {"alpha": 0.5}]:
    case(layers.ELU, options)
case(layers.PReLU, {})
case(layers.PReLU, {}, (2, 2, 3, 2), name="PReLU on images")
case(layers.PReLU, {"shared_axes": [1, 2]}, (2, 2, 3, 2))
case(layers.PReLU, {"shared_axes": [1]}, (2, 3, 4))
case(layers.PReLU, {"shared_axes": [3]}, (2, 2, 2, 3))
for options in [{}, {"axis": 1}, {"axis": -2}, {"axis": [1, 2]}, {"axis": [-1]}, {"axis": [0, 2]}]:
    case(layers.Softmax, options, (2, 3, 4))
case(layers.Softmax, {}, (3, 5), 400.0, 500.0, name="Softmax of large values")
rows = numpy.array([[1, 1, 0, 1], [0, 0, 0, 0], [1, 0, 0, 0]])
case(layers.Softmax, {}, (3, 4), name="Softmax with a mask, one row without a place", masks=[rows])
case(layers.Softmax, {"axis": 0}, (3, 4), name="Softmax axis 0 with a mask", masks=[rows])
case(layers.Softmax, {}, (2, 3, 4), name="Softmax with a mask that broadcasts",
     masks=[numpy.array([[[1, 1, 0, 1]], [[0, 1, 1, 1]]])])
case(layers.Softmax, {"axis": [1, 2]}, (2, 3, 4), name="Softmax over two axes with a mask",
     masks=[numpy.array([[[1, 1, 0, 1], [1, 0, 1, 1], [0, 0, 0, 0]], [[0, 1, 1, 1], [1, 1, 1, 1], [0, 0, 1, 0]]])])
for name in ["celu", "hard_shrink", "hard_silu", "hard_swish", "hard_tanh", "log_sigmoid", "soft_shrink",
             "sparse_plus", "sparse_sigmoid", "squareplus", "swish", "tanh_shrink"]:
    case(layers.Activation, {"activation": name})
case(layers.Activation, {"activation": "glu"}, (3, 6))
# No sparsemax: that of Keras 3.15 takes the sum of the cumulative sums of the support for the sum of the support, and
# its results do not sum to 1.
family.write()
