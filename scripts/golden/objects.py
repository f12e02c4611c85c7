# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "scipy==1.17.1", "scikit-image==0.26.0"]
# ///
"""Expected values of packages/metrics/src/measure-objects.ts from scikit-image's label and regionprops.

    uv run scripts/golden/objects.py > packages/metrics/test/fixtures/object-measures.json

A case is a mask as rows of 0 and 1, the value of each pixel in thousandths, and the objects by 4 and by 8 neighbours.
"""
import json

import numpy as np
from scipy.ndimage import gaussian_filter
from skimage.measure import label, regionprops

rng = np.random.default_rng(20260301)


def blobs(height, width, sigma, share):
    field = gaussian_filter(rng.normal(size=(height, width)), sigma)
    return field > np.quantile(field, 1 - share)


def from_rows(*rows):
    return np.array([[character == "#" for character in row] for row in rows])


cases = {
    "blobs": blobs(40, 53, 2.0, 0.35),
    "specks": rng.random((21, 30)) < 0.3,
    "labyrinth": rng.random((24, 17)) < 0.6,
    "one row": rng.random((1, 40)) < 0.5,
    "one column": rng.random((33, 1)) < 0.5,
    "nothing": np.zeros((4, 5), bool),
    "everything": np.ones((6, 9), bool),
    "corners": from_rows("#..#", ".##.", ".##.", "#..#"),
    "ring and core": from_rows("#######", "#.....#", "#.###.#", "#.###.#", "#.....#", "#######"),
}


def measured(mask, values, connectivity):
    found = []
    for region in regionprops(label(mask, connectivity=connectivity), intensity_image=values):
        top, left, bottom, right = region.bbox
        y, x = region.centroid
        found.append({
            "number": int(region.label), "area": int(region.area), "x": float(x), "y": float(y),
            "left": left, "top": top, "width": right - left, "height": bottom - top,
            "perimeter": float(region.perimeter), "equivalentDiameter": float(region.equivalent_diameter_area),
            "mean": float(region.intensity_mean),
            "touchesBorder": bool(left == 0 or top == 0 or bottom == mask.shape[0] or right == mask.shape[1]),
        })
    return found


result = []
for name, mask in cases.items():
    thousandths = rng.integers(0, 1001, mask.shape)
    values = thousandths / 1000
    result.append({
        "name": name,
        "mask": ["".join(str(int(pixel)) for pixel in row) for row in mask],
        "thousandths": thousandths.tolist(),
        "objects": {"4": measured(mask, values, 1), "8": measured(mask, values, 2)},
    })
print("[" + ",\n".join(json.dumps(case) for case in result) + "]")
