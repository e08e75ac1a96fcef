"""Writes golden files: cases of named arrays with the versions and the seed they were made with."""

import json
import pathlib
import platform

import numpy

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "packages" / "conformance" / "goldens"


def random_values(generator, shape, low=-2.0, high=2.0):
    """Uniform multiples of 1/1024: exact in float32 and in float64, and short to write."""
    return numpy.round(generator.uniform(low, high, shape) * 1024) / 1024


def distinct_values(generator, shape):
    """As random_values, no two elements equal: for max pooling."""
    size = int(numpy.prod(shape))
    return (generator.permutation(size) - size // 2).reshape(shape) / 64


def array(values):
    """Shape and float64 values; Python's repr of a float is the shortest text that reads back the same."""
    values = numpy.asarray(values, dtype=numpy.float64)
    return {"shape": list(values.shape), "data": values.ravel().tolist()}


def write(name, script, seed, versions, cases):
    FOLDER.mkdir(parents=True, exist_ok=True)
    python = platform.python_version()
    source = {"script": f"scripts/golden/{script}", "seed": seed, "python": python, **versions}
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    text = f'{{"source":{json.dumps(source)},\n"cases":[\n{lines}\n]}}\n'
    (FOLDER / f"{name}.json").write_text(text)
    print(f"{name}.json: {len(cases)} cases, {len(text)} bytes")
