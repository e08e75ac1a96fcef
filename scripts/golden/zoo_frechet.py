"""Goldens of the Frechet distance by scipy's matrix square root: full and deficient rank, features that rest, equal samples.

Writes packages/zoo/goldens/frechet.json. Needs numpy, scipy.

Run: python scripts/golden/zoo_frechet.py
"""

import json
import pathlib
import platform

import numpy
import scipy
from golden_file import array, random_values

OUT = pathlib.Path(__file__).resolve().parents[2] / "packages" / "zoo" / "goldens"
SEED = 11


def distance(a, b):
    """Heusel et al. 2017; the root of a singular product may have a small imaginary part, which is rounding."""
    covariance = [numpy.atleast_2d(numpy.cov(x, rowvar=False)) for x in (a, b)]
    root = scipy.linalg.sqrtm(covariance[0] @ covariance[1])
    shift = a.mean(axis=0) - b.mean(axis=0)
    return float(shift @ shift + numpy.trace(covariance[0] + covariance[1]) - 2 * numpy.trace(root).real)


def main():
    generator = numpy.random.default_rng(SEED)

    def sample(samples, features, *, mixed=True):
        x = random_values(generator, (samples, features))
        return x @ numpy.round(generator.normal(size=(features, features)) * 8) / 8 if mixed else x

    resting = [sample(40, 6), sample(50, 6)]
    for x in resting:
        x[:, [1, 4]] = 0
    pairs = {
        "one feature": (sample(20, 1), sample(30, 1)),
        "full rank": (sample(60, 5), sample(40, 5)),
        "more features than samples": (sample(7, 12), sample(9, 12)),
        "features that rest": resting,
        "far apart": (sample(30, 4), sample(30, 4, mixed=False) + 64),
        "many features": (sample(64, 24), sample(80, 24)),
    }
    cases = [
        {"name": name, "a": array(a), "b": array(b), "distance": distance(a, b)} for name, (a, b) in pairs.items()
    ]
    versions = {"python": platform.python_version(), "numpy": numpy.__version__, "scipy": scipy.__version__}
    source = {"script": "scripts/golden/zoo_frechet.py", "seed": SEED, **versions}
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    text = f'{{"source":{json.dumps(source)},\n"cases":[\n{lines}\n]}}\n'
    (OUT / "frechet.json").write_text(text)
    print(f"frechet.json: {len(cases)} cases, {len(text)} bytes")


main()
