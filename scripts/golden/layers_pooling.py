"""Goldens of poolings over windows and over whole inputs.

Run: python scripts/golden/layers_pooling.py
"""

import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

import numpy  # noqa: E402

from layer_golden import Family, camel_options, keras  # noqa: E402

family = Family("layers-pooling", "layers_pooling.py", 20261127)
layers = keras.layers
FIRST = {"data_format": "channels_first"}
SAME = {"padding": "same"}


def add(kind, options, sizes):
    shape = (2, 2, *sizes) if "data_format" in options else (2, *sizes, 2)
    title = ", ".join(f"{key} {value}" for key, value in options.items())
    family.case(f"{kind.__name__} {title} on {sizes}", kind(**options), camel_options(options),
                [family.distinct(shape)])


for kind in [layers.MaxPooling1D, layers.AveragePooling1D]:
    for options, sizes in [
        ({"pool_size": 2}, (7,)),
        ({"pool_size": 3, "strides": 1, **SAME}, (6,)),
        ({"pool_size": 3, "strides": 2, **SAME, **FIRST}, (7,)),
        ({"pool_size": 2, "strides": 3}, (8,)),
    ]:
        add(kind, options, sizes)
for kind in [layers.MaxPooling2D, layers.AveragePooling2D]:
    for options, sizes in [
        ({"pool_size": 2}, (4, 5)),
        ({"pool_size": 2, **SAME, **FIRST}, (5, 3)),
        ({"pool_size": (3, 2), "strides": (1, 2)}, (5, 4)),
        ({"pool_size": 3, "strides": 2, **SAME}, (6, 5)),
        ({"pool_size": (2, 3), "strides": 1, **SAME, **FIRST}, (3, 4)),
    ]:
        add(kind, options, sizes)
for kind in [layers.MaxPooling3D, layers.AveragePooling3D]:
    for options, sizes in [
        ({"pool_size": 2}, (4, 3, 5)),
        ({"pool_size": (2, 1, 3), "strides": (1, 2, 2), **SAME}, (3, 4, 3)),
        ({"pool_size": 3, "strides": 2, **SAME, **FIRST}, (4, 3, 5)),
        ({"pool_size": (3, 2, 1), "strides": 1, **FIRST}, (4, 3, 2)),
    ]:
        add(kind, options, sizes)
for rank, sizes in [(1, (5,)), (2, (3, 4)), (3, (2, 3, 2))]:
    for name in ["Max", "Average"]:
        kind = getattr(layers, f"Global{name}Pooling{rank}D")
        for options in [{}, {"keepdims": True}, {"keepdims": True, **FIRST}, FIRST]:
            add(kind, options, sizes)
for options in [{}, {"keepdims": True, **FIRST}]:
    shape = (3, 2, 5) if options else (3, 5, 2)
    masks = [numpy.array([[1, 1, 0, 1, 0], [0, 0, 0, 0, 1], [1, 1, 1, 1, 1]])]
    family.case(f"GlobalAveragePooling1D with a mask {options}", layers.GlobalAveragePooling1D(**options),
                camel_options(options), [family.random(shape)], masks=masks)
# Equal elements share the gradient of a maximum over all of them.
family.case("GlobalMaxPooling2D of equal elements", layers.GlobalMaxPooling2D(), {},
            [numpy.array([1.0, 3.0, 3.0, 2.0, 0.0, 3.0]).reshape((1, 2, 3, 1))])
for kind in [layers.MaxPooling2D, layers.AveragePooling2D]:
    add(kind, {"pool_size": 2, **FIRST}, (5, 4))
family.write()
