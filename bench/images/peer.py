"""The files of the benchmark `images`, and how long tifffile and Pillow take over them, in seconds of one processor.

    pip install tifffile==2026.3.3 imagecodecs==2026.3.6 pillow==13.0.0 numpy==2.4.6
    python bench/images/peer.py write FOLDER
    python bench/images/peer.py time FOLDER

A stack of 100 slices of 1024 x 1024 (waves and noise, of which some 70 % is left by deflate) and images of 4096 x 4096.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image

Image.MAX_IMAGE_PIXELS = None
command, folder = sys.argv[1], Path(sys.argv[2])


def write() -> None:
    rng = np.random.default_rng(1)
    y, x = np.mgrid[0:1024, 0:1024]
    waves = 128 + 60 * np.sin(x / 40) + 50 * np.cos(y / 33)
    slices = [np.clip(waves + rng.normal(0, 8, waves.shape) + i / 5, 0, 255) for i in range(100)]
    stack = np.stack(slices).astype(np.uint8)
    tifffile.imwrite(folder / "stack-plain.tif", stack)
    tifffile.imwrite(folder / "stack-lzw.tif", stack, compression="lzw", predictor=True)
    tifffile.imwrite(folder / "stack-deflate.tif", stack, compression="zlib", predictor=True)
    large = np.clip(np.tile(stack[0], (4, 4)) + rng.normal(0, 4, (4096, 4096)), 0, 255)
    Image.fromarray(large.astype(np.uint8)).save(folder / "large-8.png")
    Image.fromarray((large * 256).astype(np.uint16)).save(folder / "large-16.png")


def seconds(work) -> float:
    def once() -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    return min(once() for _ in range(3))


def times() -> dict[str, float]:
    found = {}
    for kind in ("plain", "lzw", "deflate"):
        file = folder / f"stack-{kind}.tif"
        found[f"read {file.name}"] = seconds(lambda: tifffile.imread(file, maxworkers=1))
    for bits in (8, 16):
        file = folder / f"large-{bits}.png"
        found[f"read {file.name}"] = seconds(lambda: np.asarray(Image.open(file)))
        image = Image.fromarray(np.asarray(Image.open(file)))
        found[f"write {file.name}"] = seconds(lambda: image.save(folder / "written.png"))
    return found


if command == "write":
    write()
else:
    print(json.dumps(times()))
