"""Goldens of Normalization, Rescaling and CategoryEncoding, and of transformed images.

Run: python scripts/golden/layers_preprocessing.py
"""

import sys

sys.path.insert(0, __file__.rsplit("/", 1)[0])

from layer_golden import Family, VERSIONS, camel, jax, keras, numpy  # noqa: E402

from golden_file import array, random_values, write  # noqa: E402

SCRIPT = "layers_preprocessing.py"
family = Family("layers-preprocessing", SCRIPT, 20261128)


def options_of(options):
    return {camel(key): camel(value) if key == "output_mode" else value for key, value in options.items()}


def normalization(name, shape, options, weighted=True):
    layer = keras.layers.Normalization(**options)
    layer.build(shape)
    sizes = [weight.shape for weight in layer.weights]
    weights = [family.random(sizes[0]), family.random(sizes[1], 0.25, 4), numpy.array(0)] if weighted else []
    # The layer computes with copies that it makes when it is adapted; so the weights are written to those.
    if weighted:
        layer.mean = jax.numpy.reshape(weights[0], layer._broadcast_shape)
        layer.variance = jax.numpy.reshape(weights[1], layer._broadcast_shape)
    family.case(f"Normalization {name}", layer, {**options, "axis": layer.axis}, [family.random(shape)],
                weights=weights)


for axis, shape in [(-1, (3, 4)), (None, (3, 4)), (1, (2, 3, 4)), ((1, 2), (2, 3, 4)),
                    ((-1, 1), (2, 3, 2, 2)), (-1, (2, 2, 3))]:
    for invert in (False, True):
        name = f"axis {axis} of {shape}{' inverted' if invert else ''}"
        normalization(name, shape, {"axis": axis, "invert": invert})
for options in [{"axis": -1, "mean": 1.5, "variance": 4.0}, {"axis": None, "mean": 1.5, "variance": 4.0},
                {"axis": -1, "mean": [1.0, -2.0, 0.5, 0.0], "variance": [4.0, 0.25, 1.0, 0.0]},
                {"axis": [1, 2], "mean": [1.0, -2.0, 0.5, 0.0], "variance": [4.0, 0.25, 1.0, 2.0]},
                {"axis": [1, 2], "mean": [[1.0], [2.0], [3.0]], "variance": [[4.0], [0.25], [1.0]],
                 "invert": True}]:
    normalization(f"given {options}", (2, 3, 4), options, weighted=False)
family.case("Rescaling", keras.layers.Rescaling(1 / 255), {"scale": 1 / 255},
            [family.random((2, 3, 2), 0, 255)])
family.case("Rescaling with offset", keras.layers.Rescaling(0.5, offset=-1.0), {"scale": 0.5, "offset": -1.0},
            [family.random((2, 3))])
family.case("Rescaling of channels", keras.layers.Rescaling([0.5, 2.0], offset=[-1.0, 1.0]),
            {"scale": [0.5, 2.0], "offset": [-1.0, 1.0]}, [family.random((2, 3, 2))])
for mode in ["multi_hot", "one_hot", "count"]:
    for indices in [[[0, 2, 2], [3, 1, 0]], [[1], [3]], [1, 2, 3]]:
        if mode != "one_hot" and not isinstance(indices[0], list):
            continue
        options = {"num_tokens": 4, "output_mode": mode}
        layer = keras.layers.CategoryEncoding(**options, dtype="float64")
        family.case(f"CategoryEncoding {mode} {indices}", layer, options_of(options),
                    [numpy.array(indices, dtype="int32")])
family.case("CategoryEncoding out of range", keras.layers.CategoryEncoding(3, dtype="float64"),
            {"numTokens": 3}, [numpy.array([[0, 5, -1], [2, 2, 3]], dtype="int32")])
weights = [[0.5, 2.0, 1.0], [1.0, 0.25, 4.0]]
family.case("CategoryEncoding weighted",
            keras.layers.CategoryEncoding(4, output_mode="count", dtype="float64"),
            {"numTokens": 4, "outputMode": "count"}, [numpy.array([[0, 2, 2], [3, 1, 3]], dtype="int32")],
            call=lambda layer, given, **rest: layer(given[0], count_weights=numpy.array(weights)),
            options={"countWeights": weights})
family.write()

generator = numpy.random.default_rng(20261129)
images = []


def image(name, shape, transform, call, **options):
    pictures = random_values(generator, shape)
    for data_format in ("channels_last", "channels_first"):
        given = pictures if data_format == "channels_last" else numpy.moveaxis(pictures, -1, 1)
        cotangent = random_values(generator, given.shape)
        result, pull = jax.vjp(lambda x: call(x, data_format), jax.numpy.asarray(given))
        images.append({"name": f"{name} {data_format}", "transform": transform, "images": array(given),
                       "options": {**options, "dataFormat": camel(data_format)}, "result": array(result),
                       "cotangent": array(cotangent),
                       "gradient": array(pull(jax.numpy.asarray(cotangent))[0])})


# No coordinate of these is halfway between places, where rounding decides.
GENERAL = [[0.9, 0.2, -0.83, -0.3, 1.1, 0.37], [-1.3, 0.4, 6.21, 0.15, 0.7, -2.9]]
for fill in ["constant", "nearest", "wrap", "mirror", "reflect"]:
    for interpolation in ["nearest", "bilinear"]:
        for size in [(4, 3), (3, 5)]:
            matrix = numpy.concatenate([numpy.array(GENERAL), numpy.zeros((2, 2))], axis=1)
            image(f"{fill} {interpolation} {size}", (2, *size, 2), {"kind": "matrix", "values": GENERAL},
                  lambda x, data_format: keras.ops.image.affine_transform(
                      x, matrix, interpolation=interpolation, fill_mode=fill, fill_value=0.75,
                      data_format=data_format),
                  fillMode=fill, interpolation=interpolation, fillValue=0.75)
for fill in ["constant", "nearest", "wrap", "reflect"]:
    for interpolation in ["nearest", "bilinear"]:
        settings = {"fill_mode": fill, "interpolation": interpolation, "fill_value": 0.5}
        ours = {camel(key): value for key, value in settings.items()}
        shape = (2, 4, 5, 1)
        shifts = [[1.25, -2.3], [-0.7, 0.4]]
        image(f"translation {fill} {interpolation}", shape, {"kind": "translation", "values": shifts},
              lambda x, data_format: keras.layers.RandomTranslation(
                  0.5, 0.5, data_format=data_format, **settings).transform_images(
                  x, {"translations": numpy.array(shifts)}), **ours)
        angles = [[25.0], [-130.0]]
        def rotate(x, data_format):
            layer = keras.layers.RandomRotation(0.5, data_format=data_format, **settings)
            none, one = numpy.zeros(2), numpy.ones(2)
            matrix = layer._compute_affine_matrix(
                center_x=0.5, center_y=0.5, angle=numpy.array(angles)[:, 0], translate_x=none,
                translate_y=none, scale=one, shear_x=none, shear_y=none, height=shape[1], width=shape[2])
            return layer.transform_images(x, {"rotation_matrix": matrix})
        image(f"rotation {fill} {interpolation}", shape, {"kind": "rotation", "values": angles}, rotate,
              **ours)
        zooms = [[1.4, 0.6], [0.55, 1.3]]
        image(f"zoom {fill} {interpolation}", shape, {"kind": "zoom", "values": zooms},
              lambda x, data_format: keras.layers.RandomZoom(0.5, data_format=data_format, **settings)
              .transform_images(x, {"width_zoom": numpy.array(zooms)[:, :1],
                                    "height_zoom": numpy.array(zooms)[:, 1:]}), **ours)
write("affine-transform", SCRIPT, 20261129, VERSIONS, images)
