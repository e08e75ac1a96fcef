"""Goldens of Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate and Dot.

Run: python scripts/golden/layers_merging.py
"""

import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from layer_golden import Family, camel_options, keras, numpy  # noqa: E402

from keras.src import backend  # noqa: E402

family = Family("layers-merging", "layers_merging.py", 20261126)


def masked(layer, tensors, mask=None):
    """Merging layers find masks on the tensors themselves."""
    for tensor, own in zip(tensors, mask or []):
        if own is not None:
            backend.set_keras_mask(tensor, own)
    return layer(tensors)


FIRST = numpy.array([[1, 1, 0], [1, 0, 0]])
SECOND = numpy.array([[1, 0, 0], [1, 1, 0]])
elementwise = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"]
for name in elementwise:
    make = getattr(keras.layers, name)
    family.case(name, make(), {}, [family.random((2, 3, 4)), family.random((2, 3, 4))])
    family.case(f"{name} sizes that broadcast", make(), {},
                [family.random((2, 3, 1)), family.random((2, 1, 4))])
    family.case(f"{name} ranks that broadcast", make(), {}, [family.random((2, 4)), family.random((2, 3, 4))])
    for masks in ([FIRST, SECOND], [FIRST, None], [None, SECOND]):
        which = "".join("-" if mask is None else "m" for mask in masks)
        family.case(f"{name} masks {which}", make(), {}, [family.random((2, 3, 2)), family.random((2, 3, 2))],
                    masks=masks, call=masked)
    if name != "Subtract":
        family.case(f"{name} of three", make(), {},
                    [family.random((2, 3, 2)), family.random((2, 3, 2)), family.random((2, 2))])
        for masks in ([FIRST, SECOND, FIRST], [FIRST, None, SECOND], [None, FIRST, SECOND]):
            which = "".join("-" if mask is None else "m" for mask in masks)
            family.case(f"{name} of three masks {which}", make(), {},
                        [family.random((2, 3, 2)) for _ in range(3)], masks=masks, call=masked)
for axis in [-1, 1, 2, -2]:
    last = axis in (-1, 2)
    shapes = [(2, 3, 2), (2, 3, 1), (2, 3, 4)] if last else [(2, 3, 2), (2, 1, 2), (2, 2, 2)]
    family.case(f"Concatenate axis {axis}", keras.layers.Concatenate(axis=axis), {"axis": axis},
                [family.random(shape) for shape in shapes])
for axes, shapes in [
    (1, [(3, 4), (3, 4)]), (-1, [(3, 4), (3, 4)]), (-1, [(2, 3, 4), (2, 5, 4)]), (1, [(2, 3, 4), (2, 3, 2)]),
    ((1, 2), [(2, 3, 5), (2, 4, 3)]), ((2, 1), [(2, 5, 3), (2, 3, 4)]), ((2, -1), [(2, 5, 3), (2, 4, 3)]),
    (-1, [(2, 4, 3), (2, 3)]), ((1, 2), [(2, 3), (2, 4, 3)]), ((2, 1), [(2, 3, 4, 2), (2, 4, 3)]),
    ((1, 3), [(2, 3, 2), (2, 2, 4, 3)]), ((1, 2), [(2, 3, 2, 2), (2, 2, 3, 2)]),
]:
    for normalize in (False, True):
        options = {"axes": axes, "normalize": normalize}
        family.case(f"Dot {axes} {shapes} {'normalized' if normalize else ''}", keras.layers.Dot(**options),
                    camel_options({**options, "axes": list(axes) if isinstance(axes, tuple) else axes}),
                    [family.random(shape) for shape in shapes])
family.write()
