"""JPEG's rate and distortion on the test scenes of the zoo's image compression, by libjpeg-turbo through Pillow.

For each quality both colour samplings (4:4:4 and 4:2:0), baseline with Huffman tables of the picture's own (progressive files of
pictures as small are larger); points that another one beats in both size and quality are left out. Sizes are means over the pictures: of the whole file, and
of what stands in the scans alone, without headers and tables.

The scenes come from the project itself, bundled by esbuild.
Writes packages/zoo/goldens/jpeg.json. Needs Pillow, numpy and an installed workspace (npm ci).

Run: python scripts/golden/zoo_jpeg.py
"""

import io
import json
import pathlib
import platform
import subprocess

import numpy
import PIL
from PIL import Image, features

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "packages" / "zoo" / "goldens" / "jpeg.json"
COUNT, FIRST, SEED, SIZE = 100, 70_000_000, 1, 100
QUALITIES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 23, 26, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95]


def scenes():
    program = (
        'import { colorScenes } from "@hekla/datasets";'
        f"const {{ pictures }} = colorScenes({{ count: {COUNT}, first: {FIRST}, seed: {SEED} }});"
        "process.stdout.write(Uint8Array.from(pictures.data, (value) => Math.round(value * 255)));"
    )
    flags = ["--bundle", "--platform=node", "--format=esm", "--conditions=@hekla/source", "--log-level=error"]
    esbuild = ["npx", "esbuild", "--sourcefile=packages/zoo/src/scenes.ts", *flags]
    bundle = subprocess.run(esbuild, cwd=ROOT, input=program.encode(), capture_output=True, check=True).stdout
    node = ["node", "--input-type=module", "-"]
    pixels = subprocess.run(node, cwd=ROOT, input=bundle, capture_output=True, check=True).stdout
    return numpy.frombuffer(pixels, numpy.uint8).reshape(COUNT, SIZE, SIZE, 3)


def scan_bytes(jpeg):
    """Bytes of entropy-coded data: all that stands behind the header of each scan up to the next marker."""
    at, total = 2, 0
    while at < len(jpeg):
        marker = jpeg[at + 1]
        if marker == 0xD9:
            break
        length = int.from_bytes(jpeg[at + 2 : at + 4], "big")
        at += 2 + length
        if marker == 0xDA:
            start = at
            while not (jpeg[at] == 0xFF and jpeg[at + 1] not in (0x00, *range(0xD0, 0xD8))):
                at += 1
            total += at - start
    return total


def point(pictures, quality, subsampling):
    sizes, scans, psnrs = [], [], []
    for picture in pictures:
        file = io.BytesIO()
        Image.fromarray(picture).save(file, "JPEG", optimize=True, quality=quality, subsampling=subsampling)
        jpeg = file.getvalue()
        back = numpy.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB"), dtype=numpy.float64)
        sizes.append(len(jpeg))
        scans.append(scan_bytes(jpeg))
        psnrs.append(10 * numpy.log10(255**2 / numpy.mean((back - picture) ** 2)))
    bits = 8 / SIZE**2
    return {
        "quality": quality,
        "sampling": {0: "4:4:4", 2: "4:2:0"}[subsampling],
        "scan": round(float(numpy.mean(scans)) * bits, 4),
        "file": round(float(numpy.mean(sizes)) * bits, 4),
        "psnr": round(float(numpy.mean(psnrs)), 3),
    }


pictures = scenes()
points = [point(pictures, quality, subsampling) for quality in QUALITIES for subsampling in (0, 2)]
best = [one for one in points if not any(o["scan"] <= one["scan"] and o["psnr"] > one["psnr"] for o in points)]
best.sort(key=lambda one: one["scan"])
source = {
    "script": "scripts/golden/zoo_jpeg.py",
    "scenes": {"count": COUNT, "first": FIRST, "seed": SEED, "size": SIZE},
    "python": platform.python_version(),
    "pillow": PIL.__version__,
    "libjpeg": features.version("jpg"),
    "turbo": features.check_feature("libjpeg_turbo"),
}
lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in best)
OUT.write_text(f'{{"source":{json.dumps(source)},\n"points":[\n{lines}\n]}}\n')
print(f"{OUT.name}: {len(best)} of {len(points)} points")
