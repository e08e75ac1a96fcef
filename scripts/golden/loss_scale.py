"""Goldens of LossScaleOptimizer from Keras 3 on its jax backend in float64: scaled gradients, some of them infinite or NaN.

Run: python scripts/golden/loss_scale.py
"""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import jax  # noqa: E402
import keras  # noqa: E402
import numpy  # noqa: E402
from keras.src.backend.common import dtypes  # noqa: E402

from golden_file import random_values, write  # noqa: E402

SEED = 20261125
SCRIPT = "loss_scale.py"
VERSIONS = {"keras": keras.__version__, "jax": jax.__version__, "numpy": numpy.__version__}
generator = numpy.random.default_rng(SEED)
keras.config.set_floatx("float64")
# On jax Keras rounds the results of many ops to float32, float64 inputs or not; goldens shall be exact.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
STEPS = 12
# Step, weight and value of what makes a step be passed over.
BAD = [(2, 0, numpy.inf), (5, 1, numpy.nan), (6, 0, -numpy.inf)]
TEXTS = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}

CASES = [
    ("SGD", {"learning_rate": 0.125, "momentum": 0.5}, {"initial_scale": 64.0, "dynamic_growth_steps": 2}),
    ("Adam", {"learning_rate": 0.01}, {"initial_scale": 1024.0, "dynamic_growth_steps": 3}),
    ("AdamW", {"learning_rate": 0.02, "clipnorm": 0.5, "use_ema": True, "ema_momentum": 0.75,
               "ema_overwrite_frequency": 2}, {"initial_scale": 16.0, "dynamic_growth_steps": 1}),
    ("RMSprop", {"learning_rate": 0.01, "gradient_accumulation_steps": 2}, {}),
]
OWN = {"learning_rate": "learningRate", "clipnorm": "clipNorm", "use_ema": "useEma", "ema_momentum": "emaMomentum",
       "ema_overwrite_frequency": "emaOverwriteFrequency", "gradient_accumulation_steps": "gradientAccumulationSteps",
       "initial_scale": "initialScale", "dynamic_growth_steps": "dynamicGrowthSteps"}


def own(options):
    return {OWN.get(name, name): value for name, value in options.items()}


def numbers(value):
    flat = numpy.asarray(value, "float64").reshape(-1)
    return [TEXTS.get(str(x), float(f"{x:.15g}")) for x in flat]


def case(name, options, scaling):
    shapes = [(2, 3), (3,)]
    initial = [random_values(generator, shape) for shape in shapes]
    weights = [keras.Variable(value) for value in initial]
    optimizer = keras.optimizers.LossScaleOptimizer(getattr(keras.optimizers, name)(**options), **scaling)
    optimizer.build(weights)
    steps = []
    for step in range(STEPS):
        scale = float(optimizer.dynamic_scale.value)
        scaled = [(random_values(generator, shape) * scale) for shape in shapes]
        for at, weight, value in BAD:
            if at == step:
                scaled[weight].reshape(-1)[1] = value
        trained, variables = optimizer.stateless_apply(
            [variable.value for variable in optimizer.variables],
            [jax.numpy.asarray(value) for value in scaled],
            [weight.value for weight in weights])
        for variable, value in zip([*weights, *optimizer.variables], [*trained, *variables]):
            variable.assign(value)
        steps.append({
            "gradients": [numbers(value) for value in scaled],
            "weights": [numbers(weight.value) for weight in weights],
            "scale": float(optimizer.dynamic_scale.value),
            "counter": int(optimizer.step_counter.value),
            "iterations": int(optimizer.inner_optimizer._iterations.value),
        })
    state = [numbers(variable.value) for variable in optimizer.inner_optimizer.variables[2:]]
    return {"name": name, "options": own(options), "scaling": own(scaling), "shapes": shapes,
            "initial": [numbers(value) for value in initial], "steps": steps, "state": state,
            "scaledLoss": float(optimizer.scale_loss(1.5))}


write("loss-scale", SCRIPT, SEED, VERSIONS, [case(*entry) for entry in CASES])
