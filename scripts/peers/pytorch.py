"""PyTorch on the CPU as a peer of the benchmark (bench/README.md): same inputs, first weights and line protocol.

Run by `npm run bench -- cnn --pytorch`, or by hand:
    python3 scripts/peers/pytorch.py '{"work": "cnn", "batch": 128, "threads": 2, "warmup": 3, "steps": 20, "sizes": []}'
Needs torch and numpy only.
"""

import json
import re
import resource
import sys
import time
from pathlib import Path


def peak_memory() -> int:
    """Largest resident set so far, in bytes; VmHWM, because ru_maxrss starts at the parent's value."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"^VmHWM:\s+(\d+) kB$", status.read_text(), re.MULTILINE)
        if found:
            return int(found[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


BARE_BYTES = peak_memory()

import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402

STREAMS = {"images": 1, "labels": 2, "left": 3, "right": 4, "kernels": 100, "recurrent": 200}


def send(message: dict) -> None:
    print(json.dumps(message, separators=(",", ":")), flush=True)


def scramble(x: np.ndarray) -> np.ndarray:
    """The hash of bench/src/inputs.ts."""
    x = x.astype(np.uint32)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def uniform(stream: int, count: int) -> np.ndarray:
    offset = scramble(np.array([stream]))[0]
    draws = scramble(np.arange(count, dtype=np.uint32) ^ offset)
    return ((draws >> np.uint32(8)) / 2.0**24).astype(np.float32)


def kernel(index: int, shape: tuple[int, ...], stream: str = "kernels") -> np.ndarray:
    """Glorot uniform in Keras layout, as bench/src/inputs.ts draws it."""
    area = int(np.prod(shape[:-2]))
    limit = np.sqrt(6 / (area * (shape[-2] + shape[-1])))
    draws = uniform(STREAMS[stream] + index, int(np.prod(shape))).astype(np.float64)
    return ((2 * draws - 1) * limit).astype(np.float32).reshape(shape)


def set_weights(layers: list[nn.Module]) -> None:
    with torch.no_grad():
        for index, layer in enumerate(layers):
            if isinstance(layer, nn.LSTM):
                set_lstm(layer, index)
                continue
            layer.bias.zero_()
            if isinstance(layer, nn.Conv2d):
                outputs, inputs, height, width = layer.weight.shape
                values = kernel(index, (height, width, inputs, outputs)).transpose(3, 2, 0, 1)
            else:
                values = kernel(index, (layer.in_features, layer.out_features)).T
            layer.weight.copy_(torch.from_numpy(np.ascontiguousarray(values)))


def set_lstm(layer: nn.LSTM, index: int) -> None:
    """Gates are i, f, c, o as in Keras, which has one bias where PyTorch has two: the second stays zero."""
    inputs, units = layer.input_size, layer.hidden_size
    layer.weight_ih_l0.copy_(torch.from_numpy(kernel(index, (inputs, 4 * units)).T.copy()))
    layer.weight_hh_l0.copy_(torch.from_numpy(kernel(index, (units, 4 * units), "recurrent").T.copy()))
    layer.bias_ih_l0.zero_()
    layer.bias_ih_l0[units : 2 * units] = 1
    layer.bias_hh_l0.zero_()
    layer.bias_hh_l0.requires_grad_(False)


class LastState(nn.Module):
    """LSTM(64) and a dense layer on its last state."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(16, 64, batch_first=True)
        self.dense = nn.Linear(64, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        _, (hidden, _) = self.lstm(x)
        return self.dense(hidden[-1])


def make_lstm() -> tuple[nn.Module, list[nn.Module]]:
    net = LastState()
    return net, [net.lstm, net.dense]


def make_cnn() -> tuple[nn.Module, list[nn.Module]]:
    layers = [nn.Conv2d(1, 20, 5, padding=2), nn.Conv2d(20, 50, 5, padding=2), nn.Linear(2450, 500), nn.Linear(500, 10)]
    first, second, third, fourth = layers
    pool = lambda: nn.MaxPool2d(2)  # noqa: E731
    net = nn.Sequential(first, nn.ReLU(), pool(), second, nn.ReLU(), pool(), nn.Flatten(), third, nn.ReLU(), fourth)
    return net, layers


def make_mlp() -> tuple[nn.Module, list[nn.Module]]:
    layers = [nn.Linear(784, 128), nn.Linear(128, 128), nn.Linear(128, 10)]
    return nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU(), layers[2]), layers


def training(work: str, batch: int):
    net, layers = {"cnn": make_cnn, "mlp": make_mlp, "lstm": make_lstm}[work]()
    set_weights(layers)
    shape = {"cnn": (batch, 1, 28, 28), "mlp": (batch, 784), "lstm": (batch, 50, 16)}[work]
    x = torch.from_numpy(uniform(STREAMS["images"], int(np.prod(shape))).reshape(shape))
    draws = uniform(STREAMS["labels"], batch)
    if work == "lstm":
        y, loss_of = torch.from_numpy(draws.reshape(batch, 1)), nn.MSELoss()
    else:
        y, loss_of = torch.from_numpy(np.floor(draws * np.float32(10)).astype(np.int64)), nn.CrossEntropyLoss()
    if work == "mlp":
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    else:
        weights = [weight for weight in net.parameters() if weight.requires_grad]
        optimizer = torch.optim.Adam(weights, lr=0.001, eps=1e-7)
    count = 0

    def step() -> float:
        nonlocal count
        count += 1
        if work != "mlp":
            # Keras adds epsilon before the bias correction, PyTorch after it: this makes them the same update.
            optimizer.param_groups[0]["eps"] = 1e-7 / (1 - 0.999**count) ** 0.5
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(net(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def product(size: int):
    left = torch.from_numpy(uniform(STREAMS["left"], size * size).reshape(size, size))
    right = torch.from_numpy(uniform(STREAMS["right"], size * size).reshape(size, size))
    return lambda: float((left @ right).numpy()[0, 0])


def main() -> None:
    request = json.loads(sys.argv[-1])
    torch.set_num_threads(request["threads"])
    capability = torch.backends.cpu.get_cpu_capability()
    detail = f"{torch.get_num_threads()} thread(s), {capability}, oneDNN {torch.backends.mkldnn.is_available()}"
    send({"type": "ready", "version": f"PyTorch {torch.__version__}", "detail": detail, "bareBytes": BARE_BYTES})
    if request["work"] == "gemm":
        cases = [(f"gemm {size}", product(size)) for size in request["sizes"]]
    else:
        cases = [(request["work"], training(request["work"], request["batch"]))]
    for name, step in cases:
        for index in range(request["warmup"] + request["steps"]):
            begin = time.perf_counter()
            loss = step()
            milliseconds = (time.perf_counter() - begin) * 1000
            warmup = index < request["warmup"]
            send({"type": "step", "case": name, "warmup": warmup, "milliseconds": milliseconds, "loss": loss})
    send({"type": "done", "peakBytes": peak_memory()})


main()
