# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "scipy==1.17.1", "scikit-image==0.26.0"]
# ///
"""Expected values of packages/baselines from scipy and scikit-image.

    uv run scripts/golden/baselines.py > packages/baselines/test/fixtures/golden.json
"""
import json

import numpy as np
from scipy.ndimage import gaussian_filter
from skimage.filters import threshold_otsu

rng = np.random.default_rng(20250101)
HEIGHT, WIDTH = 7, 10

blur_image = rng.integers(0, 256, (HEIGHT, WIDTH))
blurs = [
    # The kernel at sigma 3 is wider than the image: borders mirror more than once.
    {"sigma": sigma, "values": gaussian_filter(blur_image.astype(np.float64), sigma, mode="reflect", truncate=4.0).round(9).ravel().tolist()}
    for sigma in (0.5, 1, 2, 3)
]


def two_classes(dtype, dark, bright, spread):
    values = np.where(rng.random((HEIGHT, WIDTH)) < 0.4, dark, bright) + rng.normal(0, spread, (HEIGHT, WIDTH))
    limits = np.iinfo(dtype)
    return np.clip(values.round(), limits.min, limits.max).astype(dtype)


otsu = []
for image in (two_classes(np.uint8, 70, 160, 25), two_classes(np.uint8, 0, 255, 0), two_classes(np.uint16, 900, 30000, 4000)):
    brighter = image > threshold_otsu(image)
    otsu.append({"bits": image.itemsize * 8, "values": image.ravel().tolist(), "brighter": brighter.ravel().astype(int).tolist()})

print(json.dumps({"width": WIDTH, "height": HEIGHT, "blur": {"image": blur_image.ravel().tolist(), "results": blurs}, "otsu": otsu}))
