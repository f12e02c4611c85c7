# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "tifffile==2026.3.3", "imagecodecs==2026.3.6"]
# ///
"""What libpng, tifffile and libtiff read in the damaged images of tests/faults, for tests/faults/reference.full.test.ts.

    npm run build:quiet && node --import jiti/register tests/faults/write-damaged-images.ts FOLDER
    uv run scripts/golden/damaged-images.py FOLDER tests/faults/fixtures

Writes reference-png.bin and reference-tif.bin: for each try 4 bytes for what the reader makes of it (see hash_of), 0 where it
refuses the file; and reference-libtiff.bin, a second opinion. Images of more than 2^24 values count as refused.
"""
import hashlib
import logging
import math
import os
import struct
import sys
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO

import imagecodecs
import numpy as np
import tifffile

logging.disable(logging.CRITICAL)
MOST = 2**24


def hash_of(pages):
    """The first 4 bytes of a SHA-256 over width, height and channels of each page and its values as 64-bit floats."""
    digest = hashlib.sha256()
    for page in pages:
        height, width, channels = page.shape
        digest.update(f"{width} {height} {channels}\n".encode())
        digest.update(np.ascontiguousarray(page.astype("<f8")).tobytes())
    return digest.digest()[:4]


def with_channels(image):
    return image[..., None] if image.ndim == 2 else image


def png_pages(data):
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("no PNG")
    width, height = struct.unpack(">II", data[16:24])
    if width * height > MOST:
        raise ValueError("too large")
    image = with_channels(imagecodecs.png_decode(data))
    if image.shape[-1] in (2, 4):  # alpha, which ours reads where it hides nothing
        if (image[..., -1] != np.iinfo(image.dtype).max).any():
            raise ValueError("transparent")
        image = image[..., :-1]
    return [image]


def tag(page, code, absent):
    found = page.tags.get(code)
    value = absent if found is None else found.value
    return value[0] if isinstance(value, tuple) else value


def is_image(page):
    if 254 in page.tags:
        return int(tag(page, 254, 0)) & 5 == 0
    return int(tag(page, 255, 1)) != 2


def finished(page, image):
    """A page's values as ours gives them: white is high, palettes are looked up, opaque alpha is gone."""
    photometric = int(tag(page, 262, 1))
    bits = int(tag(page, 258, 1))
    if image.dtype == bool:
        image = image.astype(np.uint8)
    if photometric == 0 and image.dtype.kind == "u" and bits <= 16:
        image = (2**bits - 1) - image.astype(np.int64)
    elif image.dtype == np.float64 and not (np.isfinite(image).all() and (image == np.round(image)).all()):
        image = image.astype(np.float32)
    image = with_channels(image)
    if photometric == 3:
        colours = np.asarray(page.tags[320].value, np.int64).reshape(3, -1)
        colours = colours >> (0 if (colours < 256).all() else 8)
        image = np.moveaxis(colours[:, image[..., 0]], 0, -1)
    wanted = 3 if photometric == 2 else 1
    if photometric != 3 and image.shape[-1] == wanted + 1:
        image = image[..., :-1]
    return image


def tiff_pages(data, decode):
    with tifffile.TiffFile(BytesIO(data)) as tif:
        every = list(tif.pages)
        chosen = [page for page in every if is_image(page)] or every[:1]
        images = []
        for page in chosen:
            page = page.aspage()
            if page.imagewidth * page.imagelength * page.imagedepth * page.samplesperpixel > MOST:
                raise ValueError("too large")
            image = decode(tif, page, data)
            if page.planarconfig == 2 and page.samplesperpixel > 1 and page.imagedepth == 1:
                image = np.moveaxis(image, 0, -1)
            planes = image if page.imagedepth > 1 else [image]
            images += [finished(page, plane) for plane in planes]
        behind = [] if len(chosen) > 1 else planes_behind(tif, chosen[0])
        return behind or images


def planes_behind(tif, page):
    """Of a stack of which only the first image has a directory (ImageJ, MetaMorph, tifffile)."""
    try:
        shape = tif.series[0].shape
    except Exception:  # a description that tifffile cannot read says nothing of planes
        return []
    planes = math.prod(shape) // (page.imagewidth * page.imagelength * page.samplesperpixel)
    if planes < 2 or page.imagedepth > 1:
        return []
    image = tif.series[0].asarray()
    return [finished(page, each) for each in image.reshape(planes, page.imagelength, page.imagewidth, -1)]


def by_tifffile(tif, page, data):
    return page.asarray()


def by_libtiff(tif, page, data):
    return imagecodecs.tiff_decode(data, index=page.index)


READERS = {
    "png": ("png", lambda data: png_pages(data)),
    "tif": ("tif", lambda data: tiff_pages(data, by_tifffile)),
    "libtiff": ("tif", lambda data: tiff_pages(data, by_libtiff)),
}


def read(task):
    reader, path = task
    with open(path, "rb") as file:
        data = file.read()
    try:
        return hash_of(READERS[reader][1](data))
    except Exception:
        return b"\0\0\0\0"


def main(folder, out):
    with ProcessPoolExecutor(2) as pool:
        for reader, (extension, _) in READERS.items():
            count = len(os.listdir(f"{folder}/{extension}"))
            tasks = [(reader, f"{folder}/{extension}/{i}.{extension}") for i in range(count)]
            with open(f"{out}/reference-{reader}.bin", "wb") as file:
                file.writelines(pool.map(read, tasks, chunksize=100))


if __name__ == "__main__":
    main(*sys.argv[1:])
