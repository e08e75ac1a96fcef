"""Goldens of layers that change the sizes of steps, images and volumes: upsampling, cropping, zero padding.

Run: python scripts/golden/layers_resampling.py
"""

import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from layer_golden import Family, camel_options, keras  # noqa: E402

family = Family("layers-resampling", "layers_resampling.py", 20261128)
layers = keras.layers
FIRST = {"data_format": "channels_first"}


def add(kind, options, sizes):
    shape = (2, 2, *sizes) if "data_format" in options else (2, *sizes, 2)
    title = ", ".join(f"{key} {value}" for key, value in options.items())
    family.case(f"{kind.__name__} {title} on {sizes}", kind(**options), camel_options(options),
                [family.random(shape)])


for kind, options, sizes in [
    (layers.UpSampling1D, {"size": 3}, (4,)),
    (layers.UpSampling2D, {}, (2, 3)),
    (layers.UpSampling2D, {"size": (2, 3), **FIRST}, (3, 2)),
    (layers.UpSampling3D, {}, (2, 1, 2)),
    (layers.UpSampling3D, {"size": (1, 3, 2), **FIRST}, (2, 2, 2)),
    (layers.Cropping1D, {}, (5,)),
    (layers.Cropping1D, {"cropping": (2, 0)}, (5,)),
    (layers.Cropping2D, {"cropping": 1}, (4, 5)),
    (layers.Cropping2D, {"cropping": (1, 2), **FIRST}, (4, 5)),
    (layers.Cropping2D, {"cropping": ((1, 0), (0, 2))}, (4, 5)),
    (layers.Cropping3D, {}, (3, 4, 3)),
    (layers.Cropping3D, {"cropping": ((1, 0), (0, 2), (1, 1)), **FIRST}, (3, 4, 3)),
    (layers.ZeroPadding1D, {}, (3,)),
    (layers.ZeroPadding1D, {"padding": (0, 2), **FIRST}, (3,)),
    (layers.ZeroPadding2D, {}, (2, 3)),
    (layers.ZeroPadding2D, {"padding": (1, 2), **FIRST}, (2, 3)),
    (layers.ZeroPadding2D, {"padding": ((1, 0), (0, 2))}, (2, 3)),
    (layers.ZeroPadding3D, {}, (1, 2, 2)),
    (layers.ZeroPadding3D, {"padding": ((1, 0), (0, 2), (1, 1)), **FIRST}, (2, 1, 2)),
]:
    add(kind, options, sizes)
for method in ["bilinear", "bicubic", "lanczos3", "lanczos5"]:
    for options, sizes in [
        ({"size": 2}, (3, 4)),
        ({"size": (3, 2), **FIRST}, (4, 2)),
        ({"size": (1, 4)}, (2, 7)),
    ]:
        add(layers.UpSampling2D, {**options, "interpolation": method}, sizes)
family.write()
