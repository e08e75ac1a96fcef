"""Small files of NumPy's own writers, in base64: packages/datasets/goldens/npy.json."""

import base64
import io
import json
import pathlib

import numpy
from numpy.lib import format as npy_format

OUT = pathlib.Path(__file__).resolve().parents[2] / "packages" / "datasets" / "goldens" / "npy.json"
SEED = 7


def npy(array, version=None):
    file = io.BytesIO()
    npy_format.write_array(file, array, version=version, allow_pickle=True)
    return base64.b64encode(file.getvalue()).decode()


def text(array):
    """Values as texts that JSON keeps exactly, row-major."""
    flat = numpy.ascontiguousarray(array).ravel()
    if flat.dtype.kind == "f":
        return [repr(float(value)) for value in flat]
    return [str(int(value)) for value in flat]


def case(name, array, version=None):
    dtype = array.dtype.name
    return {"name": name, "dtype": dtype, "shape": list(array.shape), "values": text(array), "file": npy(array, version)}


generator = numpy.random.default_rng(SEED)
cases = []
for dtype in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]:
    limits = numpy.iinfo(dtype)
    array = numpy.array([[limits.min, limits.max, 1], [0, 100, limits.max // 3]], dtype=dtype)
    for order in ["<", ">"]:
        cases.append(case(f"{order}{dtype}", array.astype(order + dtype)))
for dtype in ["f2", "f4", "f8"]:
    limits = numpy.finfo(dtype)
    special = [0.0, -0.0, float("inf"), float("-inf"), float("nan"), limits.max, limits.tiny, limits.smallest_subnormal]
    array = numpy.concatenate([numpy.array(special, dtype=dtype), generator.normal(size=4).astype(dtype)])
    for order in ["<", ">"]:
        cases.append(case(f"{order}{dtype}", array.astype(order + dtype)))
cases.append(case("bool", numpy.array([True, False, True])))
cases.append(case("a number", numpy.array(2.5)))
cases.append(case("no elements", numpy.zeros((0, 3), dtype="f4")))
cases.append(case("Fortran order", numpy.asfortranarray(numpy.arange(24, dtype="i4").reshape(2, 3, 4))))
cases.append(case("Fortran order, big-endian", numpy.asfortranarray(numpy.arange(6, dtype=">f8").reshape(3, 2))))
for version in [(1, 0), (2, 0), (3, 0)]:
    cases.append(case(f"version {version[0]}.0", numpy.arange(3, dtype="f4"), version))

refused = {
    "objects": npy(numpy.array([{"a": 1}], dtype=object)),
    "text": npy(numpy.array(["ab"])),
    "complex numbers": npy(numpy.array([1j])),
    "dates": npy(numpy.array(["2020-01-01"], dtype="datetime64[D]")),
    "records": npy(numpy.array([(1, 2.0)], dtype=[("x", "i4"), ("y", "f8")])),
    "records with other names": npy(numpy.array([(1,)], dtype=[("\u00e9\u4e2d", "i4")]), (3, 0)),
}

archives = {}
for name, save in [("stored", numpy.savez), ("deflated", numpy.savez_compressed)]:
    file = io.BytesIO()
    save(file, x=numpy.arange(60, dtype="f4").reshape(6, 10), labels=numpy.array([3, 1, 2], dtype="i8"))
    archives[name] = base64.b64encode(file.getvalue()).decode()

source = {"script": "scripts/golden/datasets_npy.py", "seed": SEED, "numpy": numpy.__version__}
document = {"source": source, "cases": cases, "refused": refused, "archives": archives}
OUT.parent.mkdir(exist_ok=True)
OUT.write_text(json.dumps(document, separators=(",", ":")).replace('},{"name"', '},\n{"name"') + "\n")
print(OUT.name, len(cases), "cases", OUT.stat().st_size, "bytes")
