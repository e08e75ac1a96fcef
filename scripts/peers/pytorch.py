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

STREAMS = {"images": 1, "labels": 2, "left": 3, "right": 4, "kernels": 100}


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


def kernel(index: int, shape: tuple[int, ...]) -> np.ndarray:
    """Glorot uniform in Keras layout, as bench/src/inputs.ts draws it."""
    area = int(np.prod(shape[:-2]))
    limit = np.sqrt(6 / (area * (shape[-2] + shape[-1])))
    draws = uniform(STREAMS["kernels"] + index, int(np.prod(shape))).astype(np.float64)
    return ((2 * draws - 1) * limit).astype(np.float32).reshape(shape)


def set_weights(layers: list[nn.Module]) -> None:
    with torch.no_grad():
        for index, layer in enumerate(layers):
            layer.bias.zero_()
            if isinstance(layer, nn.Conv2d):
                outputs, inputs, height, width = layer.weight.shape
                values = kernel(index, (height, width, inputs, outputs)).transpose(3, 2, 0, 1)
            else:
                values = kernel(index, (layer.in_features, layer.out_features)).T
            layer.weight.copy_(torch.from_numpy(np.ascontiguousarray(values)))


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
    net, layers = make_cnn() if work == "cnn" else make_mlp()
    set_weights(layers)
    shape = (batch, 1, 28, 28) if work == "cnn" else (batch, 784)
    x = torch.from_numpy(uniform(STREAMS["images"], batch * 784).reshape(shape))
    y = torch.from_numpy(np.floor(uniform(STREAMS["labels"], batch) * np.float32(10)).astype(np.int64))
    if work == "cnn":
        optimizer = torch.optim.Adam(net.parameters(), lr=0.001, eps=1e-7)
    else:
        optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    loss_of = nn.CrossEntropyLoss()
    count = 0

    def step() -> float:
        nonlocal count
        count += 1
        if work == "cnn":
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
