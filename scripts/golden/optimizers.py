"""Goldens of optimizers and learning-rate schedules from Keras 3 on its jax backend in float64.

Run: python scripts/golden/optimizers.py
"""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"

import jax  # noqa: E402
import keras  # noqa: E402
import numpy  # noqa: E402
from keras.src.backend.common import dtypes  # noqa: E402

from golden_file import array, random_values, write  # noqa: E402

SEED = 20270203
SCRIPT = "optimizers.py"
VERSIONS = {"keras": keras.__version__, "jax": jax.__version__, "numpy": numpy.__version__}
generator = numpy.random.default_rng(SEED)
keras.config.set_floatx("float64")
# On jax Keras rounds the results of many ops to float32, float64 inputs or not; goldens shall be exact.
dtypes.BIT64_TO_BIT32_DTYPE["float64"] = "float64"
schedules = keras.optimizers.schedules
STEPS = 12


def camel(name):
    aliases = {"clipnorm": "clipNorm", "clipvalue": "clipValue", "global_clipnorm": "globalClipNorm",
               "beta_1": "beta1", "beta_2": "beta2", "beta_2_decay": "beta2Decay",
               "epsilon_1": "epsilon1", "epsilon_2": "epsilon2", "var_names": "excludeFromWeightDecay"}
    head, *rest = name.split("_")
    return aliases.get(name, head + "".join(part.capitalize() for part in rest))


def numbers(variable):
    """Values without their shape, which is that of the problem's weight; 15 digits are what float64 is sure of."""
    return [float(f"{value:.15g}") for value in array(variable)["data"]]


def problem(name, shapes):
    """First weights, and gradients for all steps: the first large, a slice tiny, an element always 0."""
    initial = [random_values(generator, shape) for shape in shapes]
    gradients = []
    for step in range(STEPS):
        values = [random_values(generator, shape) * (4 if step == 0 else 1) for shape in shapes]
        for value in values:
            value[0] /= 64
            value.reshape(-1)[-1] = 0
        gradients.append(values)
    return {"name": name, "weights": [f"{name}/kernel", f"{name}/bias"], "initial": initial,
            "gradients": gradients}


# Of two axes and one; Adafactor also gets one of three.
PROBLEMS = {"dense": problem("dense", [(2, 3), (3,)]), "stack": problem("stack", [(2, 2, 3), (2,)])}

# Common options, each with every optimizer.
COMMON = [
    {},
    {"weight_decay": 0.1},
    {"clipnorm": 0.5},
    {"clipvalue": 0.25},
    {"global_clipnorm": 0.75},
    {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 3},
    {"gradient_accumulation_steps": 3},
]

# What some optimizer must do under several of them at once.
COMBINED = [
    {"use_ema": True},
    {"weight_decay": 0.1, "var_names": ["bias"]},
    {"weight_decay": 0.05, "clipnorm": 1.0, "gradient_accumulation_steps": 2, "use_ema": True,
     "ema_momentum": 0.5, "ema_overwrite_frequency": 2},
    {"weight_decay": 0.05, "global_clipnorm": 1.0, "use_ema": True, "ema_momentum": 0.7},
]

# Learning rate for the common options, and option sets of its own.
OPTIMIZERS = {
    "SGD": (0.1, [{"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}]),
    "Adam": (0.05, [{"beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3}, {"amsgrad": True}, {"beta_1": 0.0}]),
    "AdamW": (0.05, [{"weight_decay": 0.2, "amsgrad": True}]),
    "Adamax": (0.05, [{"beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3}]),
    "Nadam": (0.05, [{"beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3}]),
    "RMSprop": (0.02, [{"momentum": 0.9}, {"centered": True},
                       {"rho": 0.8, "momentum": 0.5, "centered": True, "epsilon": 1e-3}]),
    "Adagrad": (0.1, [{"initial_accumulator_value": 0.0, "epsilon": 1e-3},
                      {"initial_accumulator_value": 1.0}]),
    "Adadelta": (1.0, [{"rho": 0.8, "epsilon": 1e-3}]),
    "Adafactor": (0.1, [{"relative_step": False}, {"clip_threshold": 0.5, "beta_2_decay": -0.5},
                        {"epsilon_1": 1e-2, "epsilon_2": 2.0}]),
    "Ftrl": (0.1, [{"learning_rate_power": 0.0}, {"learning_rate_power": -0.8},
                   {"l1_regularization_strength": 1.5}, {"l2_regularization_strength": 0.5},
                   {"l2_shrinkage_regularization_strength": 0.1}, {"beta": 0.5},
                   {"initial_accumulator_value": 1.0, "l1_regularization_strength": 0.1,
                    "l2_regularization_strength": 0.1, "l2_shrinkage_regularization_strength": 0.1,
                    "beta": 0.2, "learning_rate_power": -0.3}]),
    "Lion": (0.05, [{"beta_1": 0.5, "beta_2": 0.8}]),
}


# Ours and Keras's schedule with the same settings.
def schedule_rows():
    K = schedules
    yield "exponentialDecay", [0.5, 4, 0.9], K.ExponentialDecay(0.5, 4, 0.9)
    yield "exponentialDecay", [0.5, 4, 0.9, {"staircase": True}], K.ExponentialDecay(0.5, 4, 0.9, staircase=True)
    yield "piecewiseConstant", [[10], [1, 0.25]], K.PiecewiseConstantDecay([10], [1.0, 0.25])
    yield ("piecewiseConstant", [[2, 10, 11, 25], [1, 0.5, 0.25, 0.125, 0.0625]],
           K.PiecewiseConstantDecay([2, 10, 11, 25], [1.0, 0.5, 0.25, 0.125, 0.0625]))
    yield "polynomialDecay", [0.3, 20], K.PolynomialDecay(0.3, 20)
    yield ("polynomialDecay", [0.3, 20, {"endLearningRate": 0.01, "power": 2}],
           K.PolynomialDecay(0.3, 20, 0.01, 2.0))
    yield ("polynomialDecay", [0.3, 7, {"endLearningRate": 0.05, "power": 0.5}],
           K.PolynomialDecay(0.3, 7, 0.05, 0.5))
    yield ("polynomialDecay", [0.3, 7, {"endLearningRate": 0.01, "power": 1.5, "cycle": True}],
           K.PolynomialDecay(0.3, 7, 0.01, 1.5, cycle=True))
    yield "inverseTimeDecay", [0.3, 3, 0.5], K.InverseTimeDecay(0.3, 3, 0.5)
    yield "inverseTimeDecay", [0.3, 3, 0.5, {"staircase": True}], K.InverseTimeDecay(0.3, 3, 0.5, staircase=True)
    yield "cosineDecay", [0.3, 20], K.CosineDecay(0.3, 20)
    yield "cosineDecay", [0.3, 20, {"alpha": 0.1}], K.CosineDecay(0.3, 20, 0.1)
    yield ("cosineDecay", [0.1, 12, {"alpha": 0.1, "warmupTarget": 0.7, "warmupSteps": 5}],
           K.CosineDecay(0.1, 12, 0.1, warmup_target=0.7, warmup_steps=5))
    yield ("cosineDecay", [0.1, 12, {"warmupTarget": 0.7}],
           K.CosineDecay(0.1, 12, warmup_target=0.7, warmup_steps=0))
    # Our wrapper does around any schedule what this one of Keras has built in.
    yield ("linearWarmup", [{"schedule": "cosineDecay", "args": [0.7, 12, {"alpha": 0.1}]}, 5,
                            {"initialLearningRate": 0.1}],
           K.CosineDecay(0.1, 12, 0.1, warmup_target=0.7, warmup_steps=5))
    yield ("cosineDecayRestarts", [0.3, 5], K.CosineDecayRestarts(0.3, 5))
    yield ("cosineDecayRestarts", [0.3, 5, {"tMul": 1, "mMul": 0.8, "alpha": 0.05}],
           K.CosineDecayRestarts(0.3, 5, t_mul=1.0, m_mul=0.8, alpha=0.05))
    yield ("cosineDecayRestarts", [0.3, 4, {"tMul": 1.5, "mMul": 0.9, "alpha": 0.1}],
           K.CosineDecayRestarts(0.3, 4, t_mul=1.5, m_mul=0.9, alpha=0.1))


def schedule_cases():
    # Every step for a while, then the neighbourhood of 5 * (2^k - 1), where the first restarts above begin.
    steps = [*range(36), 74, 75, 76, 154, 155, 156, 634, 635, 636, 5114, 5115, 5116]
    for name, args, made in schedule_rows():
        rates = [float(made(keras.ops.convert_to_tensor(step, dtype="int32"))) for step in steps]
        yield {"name": f"{name}({', '.join(map(str, args))})", "schedule": name, "args": args,
               "steps": steps, "rates": rates}


def make(name, options, learning_rate=None):
    options = dict(options)
    excluded = options.pop("var_names", None)
    if learning_rate is not None:
        options["learning_rate"] = learning_rate
    optimizer = getattr(keras.optimizers, name)(**options)
    if excluded:
        optimizer.exclude_from_weight_decay(var_names=excluded)
    return optimizer


def trajectory(name, problem_name, options, learning_rate=None, ours=None):
    given = PROBLEMS[problem_name]
    variables = [keras.Variable(value, dtype="float64", name=weight.split("/")[1])
                 for value, weight in zip(given["initial"], given["weights"])]
    optimizer = make(name, options, learning_rate)
    steps = []
    for gradients in given["gradients"]:
        optimizer.apply([keras.ops.convert_to_tensor(value, dtype="float64") for value in gradients], variables)
        steps.append([numbers(variable) for variable in variables])
    rate = {} if learning_rate is None and ours is None else {"learningRate": ours or learning_rate}
    ours_options = {**rate, **{camel(key): value for key, value in options.items()}}
    # Adafactor keeps products and placeholders that Hekla has no use for.
    state = [] if name == "Adafactor" else [
        numbers(variable) for variable in optimizer.variables
        if variable is not optimizer._iterations and variable is not optimizer._learning_rate]
    optimizer.finalize_variable_values(variables)
    labels = [value["schedule"] if isinstance(value, dict) else f"{key}={value}"
              for key, value in ours_options.items()]
    return {"name": " ".join([name, *labels, "on", problem_name]), "optimizer": name, "problem": problem_name,
            "options": ours_options, "trajectory": steps, "state": state,
            **({"final": [numbers(variable) for variable in variables]} if options.get("use_ema") else {})}


def optimizer_cases():
    for name, (learning_rate, own) in OPTIMIZERS.items():
        yield trajectory(name, "dense", {})
        for options in COMMON:
            yield trajectory(name, "dense", options, learning_rate)
        for options in own:
            yield trajectory(name, "dense", options, learning_rate)
    for options in COMBINED:
        for name in ["SGD", "Adam", "Nadam", "Ftrl"]:
            yield trajectory(name, "dense", options, OPTIMIZERS[name][0])
    for options in [{}, {"clip_threshold": 0.5}, {"gradient_accumulation_steps": 2}]:
        yield trajectory("Adafactor", "stack", options, 0.1)
    rows = {row[0]: row for row in schedule_rows()}
    for name, schedule, options in [
        ("SGD", "exponentialDecay", {"momentum": 0.9}),
        ("Adam", "cosineDecayRestarts", {}),
        ("AdamW", "polynomialDecay", {"gradient_accumulation_steps": 2}),
        ("Adafactor", "inverseTimeDecay", {}),
        ("Ftrl", "piecewiseConstant", {}),
    ]:
        _, args, made = rows[schedule]
        yield trajectory(name, "dense", options, made, {"schedule": schedule, "args": args})


def problem_cases():
    for given in PROBLEMS.values():
        yield {**given, "initial": [array(value) for value in given["initial"]],
               "gradients": [[array(value) for value in step] for step in given["gradients"]]}


write("optimizers-problems", SCRIPT, SEED, VERSIONS, list(problem_cases()))
write("optimizers-schedules", SCRIPT, SEED, VERSIONS, list(schedule_cases()))
write("optimizers", SCRIPT, SEED, VERSIONS, list(optimizer_cases()))
