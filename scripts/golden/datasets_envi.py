"""Small pictures in ENVI's format by Spectral Python's own writer: packages/datasets/goldens/envi.json."""

import base64
import json
import pathlib
import tempfile

import numpy
import spectral
from spectral.io import envi

OUT = pathlib.Path(__file__).resolve().parents[2] / "packages" / "datasets" / "goldens" / "envi.json"
SEED = 7
LINES, SAMPLES, BANDS = 2, 3, 4

generator = numpy.random.default_rng(SEED)
cases = []
with tempfile.TemporaryDirectory() as folder:
    for dtype in ["u1", "i2", "i4", "f4", "f8", "u2", "u4", "i8", "u8"]:
        if dtype[0] == "f":
            cube = generator.normal(size=(LINES, SAMPLES, BANDS)).astype(dtype)
        else:
            limits = numpy.iinfo(dtype)
            cube = generator.integers(limits.min, limits.max, (LINES, SAMPLES, BANDS), dtype=dtype, endpoint=True)
        for interleave in ["bsq", "bil", "bip"]:
            for order in [0, 1]:
                header = pathlib.Path(folder) / "x.hdr"
                metadata = {
                    "wavelength": [400.5, 500.0, 600.25, 700.0],
                    "wavelength units": "Nanometers",
                    "band names": ["blue", "green", "red", "near infrared"],
                    "description": "made up",
                }
                envi.save_image(
                    str(header), cube, dtype=dtype, interleave=interleave, byteorder=order, metadata=metadata, force=True
                )
                assert numpy.array_equal(envi.open(str(header)).load(dtype=cube.dtype), cube) or dtype[1] == "8"
                flat = cube.ravel()
                values = [repr(float(v)) if dtype[0] == "f" else str(int(v)) for v in flat]
                cases.append(
                    {
                        "name": f"{cube.dtype.name}, {interleave}, byte order {order}",
                        "values": values,
                        "header": header.read_text(),
                        "file": base64.b64encode(header.with_suffix(".img").read_bytes()).decode(),
                    }
                )
source = {
    "script": "scripts/golden/datasets_envi.py",
    "seed": SEED,
    "numpy": numpy.__version__,
    "spectral": spectral.__version__,
}
document = {"source": source, "shape": [LINES, SAMPLES, BANDS], "cases": cases}
OUT.write_text(json.dumps(document, separators=(",", ":")).replace('},{"name"', '},\n{"name"') + "\n")
print(OUT.name, len(cases), "cases", OUT.stat().st_size, "bytes")
