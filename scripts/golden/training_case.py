"""Goldens of training: whole models of Keras 3 in float64, from given weights through some steps.

    cases = Cases("training-sequential", "training_goldens.py", seed=1)
    cases.fit("MLP", model, compile=dict(optimizer=..., loss="mse"), x=[...], y=[...], fit=dict(epochs=3, batch_size=8))
    cases.write()

A case has the weights before, the data, the figures of each epoch, the weights after, and what `evaluate` and
`predict` then say. The tests build the same models with the public API of Hekla. Keras runs on jax unless KERAS_BACKEND
says otherwise.
"""

import importlib
import os

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_ENABLE_X64", "1")

import keras  # noqa: E402
import numpy  # noqa: E402

from golden_file import array, random_values, write  # noqa: E402

from keras.src.backend.common import dtypes  # noqa: E402

keras.config.set_floatx("float64")
# On jax Keras rounds the results of many ops to float32, float64 inputs or not; goldens shall be exact.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
BACKEND = keras.backend.backend()
VERSIONS = {"keras": keras.__version__, BACKEND: importlib.import_module(BACKEND).__version__,
            "numpy": numpy.__version__}


def typed(value):
    """An array with its type; whole numbers are indices or classes."""
    value = numpy.asarray(value)
    return {**array(value), "dtype": "int32" if numpy.issubdtype(value.dtype, numpy.integer) else "float32"}


def one_or_list(values):
    return values if len(values) > 1 else values[0]


def numbers(logs):
    return {name: float(value) for name, value in logs.items()}


class Cases:
    def __init__(self, file, script, seed):
        self.file, self.script, self.seed = file, script, seed
        self.generator = numpy.random.default_rng(seed)
        self.cases = []

    def random(self, *shape, low=-1.0, high=1.0):
        return random_values(self.generator, shape, low, high)

    def whole(self, below, *shape, least=0):
        return self.generator.integers(least, below, shape).astype("int32")

    def one_hot(self, classes, *shape):
        return numpy.eye(classes)[self.whole(classes, *shape)]

    def _initial(self, weight):
        # Variances and scales are above 0.
        positive = any(part in weight.path for part in ("variance", "gamma"))
        return self.random(*weight.shape, low=0.5, high=1.5) if positive else self.random(*weight.shape)

    def _start(self, model, compile):
        initial = [self._initial(weight) for weight in model.weights]
        model.set_weights(initial)
        model.compile(**compile)
        return initial

    def fit(self, name, model, *, compile, x, y, sample_weight=None, validation=None, fit=None,
            mask_of_metrics=None):
        """Trains with `fit`, unshuffled.

        x, y, sample_weight: lists of arrays; validation: lists x and y; fit: further arguments of fit;
        mask_of_metrics: sample weights for Keras's training alone, equal to the mask of the output.
        """
        initial = self._start(model, compile)
        given = {}
        if sample_weight is not None:
            given["sample_weight"] = one_or_list(sample_weight)
        if mask_of_metrics is not None:
            given["sample_weight"] = mask_of_metrics
        if validation is not None:
            given["validation_data"] = tuple(one_or_list(part) for part in validation)
        arguments = {"batch_size": 8, "epochs": 3, **(fit or {})}
        history = model.fit(one_or_list(x), one_or_list(y), shuffle=False, verbose=0, **given, **arguments)
        logs = {key: [float(value) for value in values] for key, values in history.history.items()}
        weighted = {"sample_weight": given["sample_weight"]} if sample_weight is not None else {}
        self._add(name, model, initial, x, y, {
            **({"sampleWeight": [typed(value) for value in sample_weight]} if sample_weight is not None else {}),
            **({"validation": {"x": [typed(value) for value in validation[0]],
                               "y": [typed(value) for value in validation[1]]}} if validation is not None else {}),
            "logs": logs,
            "epoch": history.epoch,
        }, weighted, arguments["batch_size"])

    def steps(self, name, model, *, loss, optimizer, x, y, batches, reset_before):
        """Trains a model with stateful layers on consecutive batches: lists of (from, to); states are reset before some.

        On jax Keras's own fit forgets the states after each batch, as they are none of the model's variables. Here they
        are put in and taken out around the model's call, which is what fit does on other backends.
        """
        initial = self._start(model, dict(loss=loss, optimizer=optimizer))
        states = [state for layer in model.layers if getattr(layer, "stateful", False) for state in layer.states]
        logs = []

        def loss_of(trainable, start, end):
            mapping = [*zip(model.trainable_variables, trainable), *((state, state.value) for state in states)]
            with keras.StatelessScope(state_mapping=mapping) as scope:
                output = model(x[start:end])
                after = [scope.get_current_value(state) for state in states]
            return keras.ops.mean(loss(y[start:end], output)), (output, after)

        def forward(start, end):
            value, (output, after) = loss_of([variable.value for variable in model.trainable_variables], start, end)
            for state, new in zip(states, after):
                state.assign(new)
            return float(value), numpy.asarray(output)

        for index, (start, end) in enumerate(batches):
            if index in reset_before:
                reset_states(model)
            trainable = [variable.value for variable in model.trainable_variables]
            gradients = importlib.import_module("jax").grad(loss_of, has_aux=True)(trainable, start, end)[0]
            logs.append(forward(start, end)[0])
            optimizer.apply(gradients, model.trainable_variables)
        whole = list(dict.fromkeys(batches))
        reset_states(model)
        evaluated = [forward(start, end)[0] for start, end in whole]
        reset_states(model)
        predicted = [forward(start, end)[1] for start, end in whole]
        self._append(name, initial, [x], [y], {
            "batches": batches, "resetBefore": list(reset_before), "logs": {"loss": logs},
        }, model.get_weights(), {"loss": float(numpy.mean(evaluated))}, [numpy.concatenate(predicted)])

    def _add(self, name, model, initial, x, y, more, weighted, batch_size):
        after = model.get_weights()
        evaluated = model.evaluate(one_or_list(x), one_or_list(y), batch_size=batch_size, verbose=0,
                                   return_dict=True, **weighted)
        predicted = model.predict(one_or_list(x), batch_size=batch_size, verbose=0)
        predicted = predicted if isinstance(predicted, list) else [predicted]
        self._append(name, initial, x, y, more, after, evaluated, predicted)

    def _append(self, name, initial, x, y, more, after, evaluated, predicted):
        for value in [*after, *predicted]:
            assert value.dtype == numpy.float64, f"{name}: {value.dtype}"
        self.cases.append({
            "name": name,
            "initial": [array(value) for value in initial],
            "x": [typed(value) for value in x], "y": [typed(value) for value in y],
            **more,
            "weights": [array(value) for value in after],
            "evaluate": numbers(evaluated),
            "predict": [array(value) for value in predicted],
        })
        shown = [f"{key} {values[0]:.4f} -> {values[-1]:.4f}" for key, values in more["logs"].items()]
        print(f"  {name}: {', '.join(shown)}")

    def write(self):
        names = [case["name"] for case in self.cases]
        assert len(set(names)) == len(names), "names used twice"
        write(self.file, self.script, self.seed, VERSIONS, self.cases)


def reset_states(model):
    for layer in model.layers:
        if getattr(layer, "stateful", False):
            layer.reset_state()
