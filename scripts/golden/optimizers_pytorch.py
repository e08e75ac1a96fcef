"""Goldens of L-BFGS and of PyTorch's learning-rate schedules, from PyTorch on the CPU in float64.

Run: python scripts/golden/optimizers_pytorch.py
"""

import warnings

import numpy
import torch

from golden_file import array, random_values, write

SEED = 20270204
SCRIPT = "optimizers_pytorch.py"
VERSIONS = {"torch": torch.__version__.split("+")[0], "numpy": numpy.__version__}
generator = numpy.random.default_rng(SEED)
# Schedulers warn when no optimizer steps between them.
warnings.filterwarnings("ignore", message=".*lr_scheduler.step.*")


# Runs in float32 that say how far rounding alone leads from the run in float64.
RUNS = 8


def parameter(values, dtype=torch.float64):
    return torch.tensor(values, dtype=dtype, requires_grad=True)


def values(parameters):
    return [array(p.detach().numpy()) for p in parameters]


def spread(trajectory, runs):
    """Largest distance of any run from the trajectory so far, by steps, as a share of the weight's largest."""
    largest, result = 0.0, []
    for step, expected in enumerate(trajectory):
        for run in runs:
            for ours, exact in zip(run[step], expected):
                exact = numpy.array(exact["data"])
                off = numpy.abs(numpy.array(ours["data"]) - exact).max() / numpy.abs(exact).max()
                largest = max(largest, float(off))
        result.append(float(f"{largest:.2e}"))
    return result


def neighbours(values):
    """Values a rounding or two beside the given ones, in float32."""
    return [(value * (1 + random_values(generator, value.shape) * 2.0**-24)).astype(numpy.float32)
            for value in values]


def rosenbrock(_, a, b):
    """100 (x1 - x0^2)^2 + (1 - x0)^2 and so on, the four coordinates in two weights."""
    x = torch.cat([a.reshape(-1), b.reshape(-1)])
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def logistic(data, kernel, bias):
    """Mean of log(1 + e^-margin), with a penalty that makes the minimum one point."""
    margin = torch.tensor(data["sign"]).to(kernel.dtype) * ((torch.tensor(data["x"]).to(kernel.dtype) @ kernel).reshape(-1) + bias)
    return torch.nn.functional.softplus(-margin).mean() + 0.01 * (kernel**2).sum()


def quadratic(data, a, b):
    """(w - target)^2 / 2, weighted by scales from 0.5 to 4."""
    w = torch.cat([a.reshape(-1), b.reshape(-1)])
    return (torch.tensor(data["scale"]).to(w.dtype) * (w - torch.tensor(data["target"]).to(w.dtype)) ** 2).sum() / 2


def waves(data, a, b):
    """w^2 / 8 + sin(3 w): many minima, and lines on which only a bracket finds one."""
    w = torch.cat([a.reshape(-1), b.reshape(-1)])
    return (w**2 / 8 + torch.sin(3 * w)).sum()


LOGISTIC = {"x": random_values(generator, (12, 3)), "sign": generator.choice([-1.0, 1.0], 12)}
QUADRATIC = {"scale": numpy.linspace(0.5, 4, 5), "target": random_values(generator, 5)}
FUNCTIONS = {
    "rosenbrock": (rosenbrock, {}, [numpy.array([-1.25, 1.0]), numpy.array([0.5, 1.5])]),
    "logistic": (logistic, LOGISTIC, [random_values(generator, (3, 1)), numpy.array([0.0])]),
    "waves": (waves, {}, [random_values(generator, (3,)), random_values(generator, (2,))]),
    "quadratic": (quadratic, QUADRATIC, [random_values(generator, (2, 2)), random_values(generator, (1,))]),
}


def options_of(rate, history):
    return {"learningRate": rate, "historySize": history}


def follow(parameters, gradients, **options):
    """The weights after each gradient: one iteration a call and no line search."""
    optimizer = torch.optim.LBFGS(parameters, max_iter=1, **options)
    trajectory = []
    for given in gradients:
        for p, gradient in zip(parameters, given):
            p.grad = torch.tensor(gradient["data"], dtype=p.dtype).reshape(p.shape)
        optimizer.step(lambda: 0.0)
        trajectory.append(values(parameters))
    return trajectory, len(optimizer.state[parameters[0]]["old_dirs"])


def apply_cases():
    for rate, history in [(1.0, 100), (0.1, 100), (0.5, 3), (0.5, 1)]:
        function, data, initial = FUNCTIONS["quadratic"]
        options = {"lr": rate, "history_size": history}
        bend = random_values(generator, (12, 5)) * 2
        gradients = []
        for step in range(12):
            # The gradient where the steps so far lead, rounded; later ones with a disturbance, which makes some
            # curvatures negative: those pairs are not kept.
            parameters = [parameter(value) for value in initial]
            follow(parameters, gradients, **options) if gradients else None
            for p in parameters:
                p.grad = None
            function(data, *parameters).backward()
            change = [bend[step, :4].reshape(2, 2), bend[step, 4:]] if step > 3 else [0, 0]
            exact = [p.grad.numpy() + extra for p, extra in zip(parameters, change)]
            gradients.append([array(numpy.round(gradient * 1024) / 1024) for gradient in exact])
        trajectory, kept = follow([parameter(value) for value in initial], gradients, **options)
        runs = [follow([parameter(value, torch.float32) for value in neighbours(initial)], gradients, **options)[0]
                for _ in range(RUNS)]
        yield {"name": f"apply lr={rate} history_size={history}", "options": options_of(rate, history),
               "initial": [array(value) for value in initial], "gradients": gradients,
               "trajectory": trajectory, "spread": spread(trajectory, runs), "kept": kept}


def descend(function, data, parameters, iterations, **options):
    """One iteration a call, so that each can be recorded; the state goes on from call to call."""
    optimizer = torch.optim.LBFGS(parameters, max_iter=1, max_eval=26, **options)

    def closure():
        optimizer.zero_grad()
        loss = function(data, *parameters)
        loss.backward()
        return loss

    losses, trajectory, evaluations = [float(closure().detach())], [], []
    for step in range(iterations):
        optimizer.step(closure)
        losses.append(float(closure().detach()))
        trajectory.append(values(parameters))
        # Every call evaluates its first point anew, which a whole run knows already.
        evaluated = optimizer.state[parameters[0]]["func_evals"] - step
        evaluations.append(evaluated if options["line_search_fn"] else step + 2)
    return losses, trajectory, evaluations


def minimize_cases():
    for name, search, rate, history, iterations in [
        ("rosenbrock", "strong_wolfe", 1.0, 100, 30),
        ("rosenbrock", "strong_wolfe", 0.3, 3, 12),
        ("rosenbrock", "strong_wolfe", 20.0, 5, 12),
        ("logistic", "strong_wolfe", 1.0, 100, 8),
        ("waves", "strong_wolfe", 8.0, 100, 6),
        ("waves", "strong_wolfe", 2.0, 100, 6),
        ("quadratic", "strong_wolfe", 1.0, 2, 8),
        ("quadratic", None, 0.5, 100, 12),
    ]:
        function, data, initial = FUNCTIONS[name]
        options = {"lr": rate, "history_size": history, "line_search_fn": search}
        losses, trajectory, evaluations = descend(
            function, data, [parameter(value) for value in initial], iterations, **options)
        runs = [descend(function, data, [parameter(value, torch.float32) for value in neighbours(initial)],
                        iterations, **options)[1] for _ in range(RUNS)]
        yield {"name": f"{name} {search} lr={rate} history_size={history}", "function": name,
               "data": {key: array(value) for key, value in data.items()},
               "options": {**options_of(rate, history), "lineSearchFn": "strongWolfe" if search else "none"},
               "initial": [array(value) for value in initial], "losses": losses, "trajectory": trajectory,
               "spread": spread(trajectory, runs), "evaluations": evaluations}


def schedule_cases():
    scheduler = torch.optim.lr_scheduler
    one_cycle = [
        ({}, {}),
        ({"pctStart": 0.4, "annealStrategy": "linear"}, {"pct_start": 0.4, "anneal_strategy": "linear"}),
        ({"threePhase": True, "divFactor": 10, "finalDivFactor": 100},
         {"three_phase": True, "div_factor": 10, "final_div_factor": 100}),
        ({"threePhase": True, "pctStart": 0.25, "annealStrategy": "linear"},
         {"three_phase": True, "pct_start": 0.25, "anneal_strategy": "linear"}),
    ]
    for total in [30, 31]:
        for ours, theirs in one_cycle:
            def make(optimizer):
                return scheduler.OneCycleLR(optimizer, 0.3, total_steps=total, cycle_momentum=False, **theirs)
            yield schedule_case("oneCycle", [0.3, total, ours], 0.3, make, total)

    def warm(optimizer):
        return scheduler.SequentialLR(
            optimizer, [scheduler.LinearLR(optimizer, start_factor=0.25, total_iters=6),
                        scheduler.ExponentialLR(optimizer, 0.9)], milestones=[6])
    inner = {"schedule": "exponentialDecay", "args": [0.4, 1, 0.9]}
    yield schedule_case("linearWarmup", [inner, 6, {"initialLearningRate": 0.1}], 0.4, warm, 32)


def schedule_case(name, args, base, make, total):
    optimizer = torch.optim.SGD([parameter([0.0])], lr=base)
    made = make(optimizer)
    rates = []
    for step in range(total):
        rates.append(optimizer.param_groups[0]["lr"])
        if step < total - 1:
            made.step()
    return {"name": f"{name}({', '.join(map(str, args))})", "schedule": name, "args": args,
            "steps": list(range(total)), "rates": rates}


write("optimizers-pytorch-schedules", SCRIPT, SEED, VERSIONS, list(schedule_cases()))
write("optimizers-lbfgs-apply", SCRIPT, SEED, VERSIONS, list(apply_cases()))
write("optimizers-lbfgs-minimize", SCRIPT, SEED, VERSIONS, list(minimize_cases()))
