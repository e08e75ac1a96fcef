"""What the benchmark's Python peers share with the others (bench/README.md): inputs, first weights, line protocol.

The numbers are those of bench/src/inputs.ts, cases and repeats those of bench/src/cases.ts. Needs numpy only.
"""

import json
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np


def peak_memory() -> int:
    """Largest resident set so far, in bytes; VmHWM, because ru_maxrss starts at the parent's value."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"^VmHWM:\s+(\d+) kB$", status.read_text(), re.MULTILINE)
        if found:
            return int(found[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


STREAMS = {"images": 1, "labels": 2, "left": 3, "right": 4, "lengths": 5, "kernels": 100, "recurrent": 200}


def scramble(x: np.ndarray) -> np.ndarray:
    """The hash of bench/src/inputs.ts."""
    x = x.astype(np.uint32)
    x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
    x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)
    return x ^ (x >> np.uint32(16))


def uniform(stream: str, shape: tuple[int, ...], index: int = 0) -> np.ndarray:
    """Float32 in [0, 1) with 24 random bits."""
    offset = scramble(np.array([STREAMS[stream] + index]))[0]
    draws = scramble(np.arange(int(np.prod(shape)), dtype=np.uint32) ^ offset)
    return ((draws >> np.uint32(8)) / 2.0**24).astype(np.float32).reshape(shape)


def kernel(index: int, shape: tuple[int, ...], stream: str = "kernels") -> np.ndarray:
    """Glorot uniform in Keras layout."""
    area = int(np.prod(shape[:-2]))
    limit = np.sqrt(6 / (area * (shape[-2] + shape[-1])))
    draws = uniform(stream, shape, index).astype(np.float64)
    return ((2 * draws - 1) * limit).astype(np.float32)


def embeddings(index: int, shape: tuple[int, ...]) -> np.ndarray:
    """First vectors of an embedding, in [-0.05, 0.05)."""
    return ((2 * uniform("kernels", shape, index).astype(np.float64) - 1) * 0.05).astype(np.float32)


def tokens(shape: tuple[int, int], vocabulary: int) -> np.ndarray:
    """Sentences of 1 to 21 words behind zeros that fill them up; ranks of words follow Zipf's law."""
    samples, steps = shape
    words = 1 + np.floor(np.exp(uniform("images", shape).astype(np.float64) * np.log(vocabulary - 2)))
    lengths = 1 + np.floor(uniform("lengths", (samples, 2)).astype(np.float64).sum(axis=1, keepdims=True) * 10.5)
    return np.where(np.arange(steps) < steps - lengths, 0, words).astype(np.int64)


def dark_images(shape: tuple[int, ...]) -> np.ndarray:
    """Pictures that are mostly dark, as digits are."""
    squares = uniform("images", shape).astype(np.float64) ** 2
    return (squares * squares).astype(np.float32)


def outputs_check(outputs: np.ndarray) -> float:
    """What stands for a program's outputs in comparisons: class numbers from 1, weighted by probability, per sample."""
    return float((outputs.astype(np.float64) * np.arange(1, outputs.shape[1] + 1)).sum() / len(outputs))


class Case(NamedTuple):
    """One thing to measure: a product has three sizes, anything else a number of samples."""

    name: str
    repeats: int
    sizes: tuple[int, int, int] | None = None
    samples: int = 0


def repeats_for(flops: float) -> int:
    return min(20, max(1, int(2**28 / flops + 0.5)))


CNN_FORWARD_FLOPS = 2 * (28 * 28 * 20 * 25 + 14 * 14 * 50 * 20 * 25 + 2450 * 500 + 500 * 10)
DENSE_PRODUCT = {"rows": 128, "inner": 2450, "columns": 500}


def cases(request: dict) -> Iterator[Case]:
    work, batch = request["work"], request["batch"]
    if work == "gemm":
        for size in request["sizes"]:
            yield Case(f"gemm {size}", repeats_for(2 * size**3), (size, size, size))
        for shape in request.get("shapes", [DENSE_PRODUCT]):
            m, k, n = shape["rows"], shape["inner"], shape["columns"]
            yield Case(f"gemm {m}x{k}x{n}", repeats_for(2 * m * k * n), (m, k, n))
    elif work == "cnn-inference":
        for samples in dict.fromkeys([batch, 1]):
            yield Case(f"{work} {samples}", repeats_for(samples * CNN_FORWARD_FLOPS), samples=samples)
    else:
        yield Case(work, 1, samples=batch)


def send(message: dict) -> None:
    print(json.dumps(message, separators=(",", ":")), flush=True)


def serve(request: dict, ready: dict, prepare: Callable[[Case], Callable[[], float | None]]) -> None:
    """The life of a child process after its library is loaded: run every case, say the peak memory."""
    send({"type": "ready", **ready})
    for case in cases(request):
        try:
            step = prepare(case)
            warmup, steps = (request[name] * case.repeats for name in ("warmup", "steps"))
            warm_until = time.perf_counter() + request.get("warmupMilliseconds", 0) / 1000
            index = timed = 0
            while timed < steps:
                begin = time.perf_counter()
                warms = index < warmup or begin < warm_until
                loss = step()
                milliseconds = (time.perf_counter() - begin) * 1000
                # As in bench/src/child.ts: the same steps are compared, however long the warm-up was.
                values = {"warmup": warms, "milliseconds": milliseconds, "loss": loss if index < warmup + steps else None}
                send({"type": "step", "case": case.name, **values})
                timed += not warms
                index += 1
        except (RuntimeError, NotImplementedError) as error:
            send({"type": "cannot", "case": case.name, "reason": (str(error).splitlines() or [repr(error)])[0][:160]})
    send({"type": "done", "peakBytes": peak_memory()})


def request_of_process() -> dict:
    return json.loads(sys.argv[-1])
