"""Goldens of layers: outputs, and gradients by inputs and trainable weights, from Keras 3 on jax in float64.

    from layer_golden import Family, camel_options
    family = Family("layers-core", "layers_core.py", seed=20261125)
    family.case("Dense relu", keras.layers.Dense(3, activation="relu"), {"units": 3, "activation": "relu"},
                [family.random((2, 5))])
    family.write()
"""

import inspect
import os

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_ENABLE_X64", "1")

import jax  # noqa: E402
import keras  # noqa: E402
import numpy  # noqa: E402

from golden_file import array, distinct_values, random_values, write  # noqa: E402

from keras.src.backend.common import dtypes  # noqa: E402

keras.config.set_floatx("float64")
# On jax Keras rounds the results of many ops to float32, float64 inputs or not; goldens shall be exact.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
VERSIONS = {"keras": keras.__version__, "jax": jax.__version__, "numpy": numpy.__version__}


def camel(name):
    """snake_case to camelCase."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def camel_options(options):
    """Keyword arguments of a Keras layer as ours: camelCase names, and values that are names in camelCase too."""
    named = {"padding", "data_format", "activation", "recurrent_activation", "interpolation", "merge_mode"}
    return {camel(key): camel(value) if key in named and isinstance(value, str) else value
            for key, value in options.items()}


class Family:
    def __init__(self, file, script, seed):
        self.file, self.script, self.seed = file, script, seed
        self.generator = numpy.random.default_rng(seed)
        self.cases = []

    def random(self, shape, low=-2.0, high=2.0):
        return random_values(self.generator, shape, low, high)

    def distinct(self, shape):
        return distinct_values(self.generator, shape)

    def case(self, name, layer, config, inputs, *, masks=None, training=False, weights=None, call=None, options=None,
             calls=1):
        """Adds a case.

        layer: of Keras; config: our options (plain JSON); inputs: arrays, int ones are indices, several are given to the
        layer as a list; masks: one array of 0 and 1 (or None) for each input; weights: values instead of random ones;
        call: function(layer, tensors, **arguments) -> output or list, where the plain call will not do; options: our
        call options for the same; calls: how often the layer is called, one after the other, where it keeps a state; the
        results are those of the last call.
        """
        listed = len(inputs) > 1
        shapes = [value.shape for value in inputs]
        if not layer.built:
            layer.build(shapes if listed else shapes[0])
        values = weights if weights is not None else [
            self.random(weight.shape, -1, 1) for weight in layer.weights]
        layer.set_weights(values)
        trainable = [variable.value for variable in layer.trainable_variables]
        rest = [variable.value for variable in layer.non_trainable_variables]
        integer = [numpy.issubdtype(value.dtype, numpy.integer) for value in inputs]
        tensors = [jax.numpy.asarray(value) for value in inputs]
        mask = None
        if masks is not None:
            as_bool = [None if m is None else jax.numpy.asarray(m, dtype=bool) for m in masks]
            mask = as_bool if listed else as_bool[0]
        arguments = {}
        if mask is not None:
            arguments["mask"] = mask
        if "training" in inspect.signature(layer.call).parameters:
            arguments["training"] = training

        def run(trainable_values, float_inputs):
            floats = iter(float_inputs)
            given = [tensors[k] if integer[k] else next(floats) for k in range(len(tensors))]
            mapping = list(zip(layer.trainable_variables, trainable_values)) + \
                list(zip(layer.non_trainable_variables, rest))
            with keras.StatelessScope(state_mapping=mapping) as scope:
                for _ in range(calls):
                    if call is not None:
                        result = call(layer, given, **arguments)
                    else:
                        result = layer(given if listed else given[0], **arguments)
                after = [scope.get_current_value(variable) for variable in layer.weights]
            flat = list(result) if isinstance(result, (list, tuple)) else [result]
            after = [variable.value if value is None else value for variable, value in zip(layer.weights, after)]
            return flat, after

        floats = [tensor for tensor, whole in zip(tensors, integer) if not whole]
        outputs, pull, after = jax.vjp(run, trainable, floats, has_aux=True)
        for output in outputs:
            assert output.dtype == numpy.float64, f"{name}: {output.dtype}"
        cotangents = [self.random(output.shape) for output in outputs]
        weight_gradients, float_gradients = pull([jax.numpy.asarray(value) for value in cotangents])
        gradients = iter(float_gradients)
        changed = any(not numpy.array_equal(before, value) for before, value in zip(values, after))
        case = {
            "name": name,
            "className": type(layer).__name__,
            "config": config,
            "list": listed,
            "inputs": [{**array(value), "dtype": "int32" if whole else "float32"}
                       for value, whole in zip(inputs, integer)],
            "training": training,
            "weights": [array(value) for value in values],
            "outputs": [array(output) for output in outputs],
            "cotangents": [array(value) for value in cotangents],
            "inputGradients": [None if whole else array(next(gradients)) for whole in integer],
            "weightGradients": [array(value) for value in weight_gradients],
        }
        if masks is not None:
            case["masks"] = [None if m is None else array(m) for m in masks]
        if options:
            case["options"] = options
        if calls > 1:
            case["calls"] = calls
        if changed:
            case["weightsAfter"] = [array(value) for value in after]
        self.cases.append(case)

    def write(self):
        names = [case["name"] for case in self.cases]
        twice = {name for name in names if names.count(name) > 1}
        assert not twice, f"names used twice: {twice}"
        write(self.file, self.script, self.seed, VERSIONS, self.cases)
