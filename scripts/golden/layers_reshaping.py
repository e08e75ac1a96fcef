"""Goldens of Flatten, Reshape, Permute and RepeatVector.

Run: python scripts/golden/layers_reshaping.py
"""

import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from layer_golden import Family, camel_options, keras  # noqa: E402

layers = keras.layers
family = Family("layers-reshaping", "layers_reshaping.py", 20261127)


def case(layer_class, options, shape):
    family.case(f"{layer_class.__name__} {options} of {shape}", layer_class(**options), camel_options(options),
                [family.random(shape)])


for shape in [(3,), (2, 4), (2, 3, 4), (2, 2, 3, 2), (2, 2, 2, 2, 2)]:
    case(layers.Flatten, {}, shape)
for shape in [(2, 4), (2, 3, 4), (2, 2, 3, 2), (2, 2, 2, 3, 2)]:
    case(layers.Flatten, {"data_format": "channels_first"}, shape)
for target, shape in [((3, 4), (2, 12)), ((-1, 2, 2), (2, 12)), ((12,), (2, 3, 4)), ((2, -1), (2, 3, 4)),
                      ((-1,), (2, 2, 3)), ((1, 6, 1), (2, 6)), ((), (2, 1))]:
    case(layers.Reshape, {"target_shape": list(target)}, shape)
for dims, shape in [((2, 1), (2, 3, 4)), ((1,), (2, 3)), ((3, 1, 2), (2, 2, 3, 4)), ((4, 2, 1, 3), (2, 2, 1, 3, 2))]:
    case(layers.Permute, {"dims": list(dims)}, shape)
for n in [1, 3]:
    case(layers.RepeatVector, {"n": n}, (2, 4))
family.write()
