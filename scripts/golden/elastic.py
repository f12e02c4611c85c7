# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "scipy==1.17.1"]
# ///
"""Expected values of packages/data/src/augmentation/elastic.ts: what scipy reads at displaced places.

    uv run scripts/golden/elastic.py > packages/data/test/fixtures/elastic.json

Displacements between the 3 x 3 points are those of numpy's polynomials of degree 2 through three points, along rows, then along columns.
"""
import json

import numpy as np
from scipy.ndimage import map_coordinates

rng = np.random.default_rng(20150518)
HEIGHT, WIDTH = 7, 9
image = np.round(rng.uniform(0.1, 1, (HEIGHT, WIDTH)), 3)
mask = (image > 0.5).astype(float)


def along(points, length):
    """Values of the parabola through three points at the ends and in the middle of a line of pixels."""
    return np.polyval(np.polyfit([0, (length - 1) / 2, length - 1], points, 2), np.arange(length))


def field(points):
    across = np.array([along(row, WIDTH) for row in np.reshape(points, (3, 3))])
    return np.array([along(column, HEIGHT) for column in across.T]).T


cases = []
for deviation in (0.4, 1.5, 3.0):
    rows, columns = (np.round(rng.normal(0, deviation, 9), 3) for _ in range(2))
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    places = [y + field(rows), x + field(columns)]
    case = {"rows": rows.tolist(), "columns": columns.tolist()}
    # grid-constant interpolates between the edge and the fill; constant would cut off at the edge.
    for fill, mode in (("reflect", "reflect"), ("constant", "grid-constant")):
        moved = map_coordinates(image, places, order=1, mode=mode)
        nearest = map_coordinates(mask, np.floor(np.add(places, 0.5)), order=0, mode=mode)
        case[fill] = {"image": moved.ravel().round(6).tolist(), "mask": nearest.ravel().tolist()}
    cases.append(case)

print(json.dumps({"height": HEIGHT, "width": WIDTH, "image": image.ravel().tolist(), "cases": cases}))
