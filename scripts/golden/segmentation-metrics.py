# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "scipy==1.17.1", "scikit-image==0.26.0", "scikit-learn==1.8.0"]
# ///
"""Expected values of packages/metrics from scikit-learn, scikit-image, scipy and brute force over pairs of pixels.

    uv run scripts/golden/segmentation-metrics.py > packages/metrics/test/fixtures/segmentation-golden.json

A case is a list of images, each a truth and a prediction; values are given for each image and pooled over the case.
null: not defined on this data.
"""
import json
import math

import numpy as np
from scipy.ndimage import binary_erosion, distance_transform_edt, gaussian_filter
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from skimage.measure import label
from skimage.metrics import variation_of_information
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, matthews_corrcoef

rng = np.random.default_rng(20250301)
TOLERANCES = (0, 1, math.sqrt(2), 2, 3)


def blobs(height, width, sigma, share):
    field = gaussian_filter(rng.normal(size=(height, width)), sigma)
    return field > np.quantile(field, 1 - share)


def disturbed(mask, sigma, flips):
    """The mask with another boundary and single pixels turned over."""
    field = gaussian_filter(mask + rng.normal(0, 0.6, mask.shape), sigma) > 0.5
    return field ^ (rng.random(mask.shape) < flips)


def rectangles(height, width, *boxes):
    mask = np.zeros((height, width), bool)
    for top, left, rows, columns in boxes:
        mask[top : top + rows, left : left + columns] = True
    return mask


def cases():
    yield "blobs", [(truth, disturbed(truth, 0.8, 0)) for truth in (blobs(24, 31, 2.0, 0.35), blobs(24, 31, 1.5, 0.3))]
    yield "blobs with specks", [(truth, disturbed(truth, 0.7, 0.03)) for truth in (blobs(20, 20, 1.5, 0.4), blobs(13, 40, 1.2, 0.3), blobs(33, 9, 1.5, 0.5))]
    yield "noise against noise", [(rng.random((15, 16)) < 0.4, rng.random((15, 16)) < 0.5)]
    yield "a split, a merge, a miss and an invention", [(
        rectangles(16, 24, (1, 1, 5, 8), (1, 14, 5, 4), (1, 19, 5, 4), (9, 1, 5, 5), (9, 8, 2, 2)),
        rectangles(16, 24, (1, 1, 5, 3), (1, 5, 5, 4), (1, 14, 5, 9), (9, 2, 5, 5), (9, 15, 4, 6)),
    )]
    yield "objects at IoU 0.5 and 0.75 exactly", [(
        rectangles(9, 20, (0, 0, 2, 4), (4, 0, 2, 4), (4, 8, 1, 4), (7, 0, 2, 5)),
        rectangles(9, 20, (0, 0, 2, 3), (4, 0, 1, 4), (4, 8, 1, 3), (7, 2, 2, 5)),
    )]
    yield "two halves of one object, both ways", [(
        rectangles(5, 14, (0, 0, 2, 5), (3, 0, 1, 3), (3, 4, 1, 3)),
        rectangles(5, 14, (0, 0, 2, 2), (0, 3, 2, 2), (3, 0, 1, 7)),
    )]
    corners = np.indices((8, 8)).sum(0) % 2 == 0
    yield "objects that meet at corners", [(corners & rectangles(8, 8, (0, 0, 4, 8)), corners & rectangles(8, 8, (0, 0, 8, 5)))]
    empty, full, one = np.zeros((6, 7), bool), np.ones((6, 7), bool), rectangles(6, 7, (2, 2, 3, 2))
    yield "an image without objects, one called empty, one invented", [(empty, empty), (one, empty), (empty, one), (one, np.roll(one, 1, 1))]
    yield "empty", [(empty, empty)]
    yield "missed", [(one, empty)]
    yield "invented", [(empty, one)]
    yield "full", [(full, full)]
    yield "full, called in part", [(full, one)]
    yield "one row", [(rng.random((1, 40)) < 0.5, rng.random((1, 40)) < 0.5)]
    yield "one column", [(rng.random((40, 1)) < 0.5, rng.random((40, 1)) < 0.5)]
    yield "far apart", [(rectangles(40, 60, (0, 0, 3, 4)), rectangles(40, 60, (30, 50, 6, 7)))]


def defined(value):
    return None if value is None or math.isnan(value) else float(value)


# Pixels.


def pixel_values(truth, prediction):
    t, p = truth.ravel(), prediction.ravel()
    both_classes = 0 < t.sum() < t.size
    return {
        "dice": defined(f1_score(t, p, zero_division=math.nan)),
        "pixel-error": 1 - accuracy_score(t, p),
        # scikit-learn says 0 where truth or prediction is constant.
        "mcc": defined(matthews_corrcoef(t, p)) if both_classes and 0 < p.sum() < p.size else None,
        "balanced-accuracy": defined(balanced_accuracy_score(t, p)) if both_classes else None,
        "volume-error": defined(abs(int(p.sum()) - int(t.sum())) / t.sum()) if t.any() else None,
    }


# Boundaries.


def boundary(mask):
    return np.argwhere(mask & ~binary_erosion(mask, border_value=0))


def nearest(a, b, shape):
    """Distance from each boundary pixel of a to the nearest of b, over all pairs."""
    if len(a) == 0 or len(b) == 0:
        return np.full(len(a), np.inf)
    distances = cdist(a, b).min(axis=1)
    sites = np.ones(shape, bool)
    sites[tuple(b.T)] = False
    assert np.allclose(distances, distance_transform_edt(sites)[tuple(a.T)], rtol=0, atol=1e-12)
    return distances


def surfaces(truth, prediction):
    t, p = boundary(truth), boundary(prediction)
    return nearest(t, p, truth.shape), nearest(p, t, truth.shape)


def boundary_f1(images, tolerance):
    directed = [surfaces(truth, prediction) for truth, prediction in images]
    found, right = (np.concatenate([pair[side] for pair in directed]) <= tolerance for side in (0, 1))
    if found.size == 0 and right.size == 0:
        return None
    recall, precision = (side.mean() if side.size else 0.0 for side in (found, right))
    return 0.0 if recall + precision == 0 else float(2 * precision * recall / (precision + recall))


def surface_values(truth, prediction):
    t, p = surfaces(truth, prediction)
    if len(t) == 0 or len(p) == 0:
        return {"hausdorff-95": None, "average-surface-distance": None}
    return {
        "hausdorff-95": float(max(np.percentile(t, 95), np.percentile(p, 95))),
        "average-surface-distance": float(np.concatenate([t, p]).mean()),
    }


# Objects.


def labelled(mask, connectivity):
    return label(mask, connectivity={4: 1, 8: 2}[connectivity], background=0)


def matches(truth, prediction, threshold, strict):
    """TP, FP, FN of the best one-to-one assignment."""
    ious = np.zeros((truth.max(), prediction.max()))
    for i in range(ious.shape[0]):
        for j in range(ious.shape[1]):
            a, b = truth == i + 1, prediction == j + 1
            ious[i, j] = (a & b).sum() / (a | b).sum()
    good = ious > threshold if strict else ious >= threshold
    rows, columns = linear_sum_assignment(-good.astype(float))
    tp = int(good[rows, columns].sum())
    return np.array([tp, ious.shape[1] - tp, ious.shape[0] - tp])


def without_small(labels, minimum):
    sizes = np.bincount(labels.ravel())
    kept = np.isin(labels, np.flatnonzero(sizes >= minimum)) & (labels > 0)
    numbers = np.unique(labels[kept])
    return np.where(kept, np.searchsorted(numbers, labels) + 1, 0) if numbers.size else np.zeros_like(labels)


def object_values(images, connectivity, minimum=1):
    pairs = [[without_small(labelled(mask, connectivity), minimum) for mask in image] for image in images]
    values = {}
    for name, threshold, strict in (("ap-50", 0.5, False), ("ap-75", 0.75, False), ("object-f1", 0.5, True)):
        tp, fp, fn = (int(n) for n in sum(matches(t, p, threshold, strict) for t, p in pairs))
        top, bottom = (2 * tp, 2 * tp + fp + fn) if name == "object-f1" else (tp, tp + fp + fn)
        values[name] = top / bottom if bottom else None
    return values


def apart(label_maps):
    """The label maps of several images as one, in which no region but the background goes on from one to the next."""
    offset, parts = 0, []
    for labels in label_maps:
        parts.append(np.where(labels > 0, labels + offset, 0).ravel())
        offset += int(labels.max())
    return np.concatenate(parts)


def adapted_rand(truth, prediction):
    """CREMI's formula, over all ordered pairs of pixels inside the truth; a missed pixel pairs with itself alone, at weight 1/n."""
    n = truth.size
    t, p = truth[truth > 0], prediction[truth > 0]
    if t.size == 0:
        return None
    same_t = t[:, None] == t[None, :]
    same_p = (p[:, None] == p[None, :]) & (p > 0)[:, None]
    lone = (p == 0).sum() / n
    ab, a, b = (same_t & same_p).sum() + lone, same_t.sum(), same_p.sum() + lone
    precision, recall = ab / b, ab / a
    return 1 - 2 * precision * recall / (precision + recall)


def partition_values(images, connectivity):
    truths = [labelled(truth, connectivity) for truth, _ in images]
    predictions = [labelled(prediction, connectivity) for _, prediction in images]
    truth = apart(truths)
    values = {"adapted-rand-error": adapted_rand(truth, apart(predictions)), "voi-split": None, "voi-merge": None}
    if truth.any():
        # Here each image's predicted background is a region of its own, and 0 is only what the truth leaves out.
        regions = apart([prediction + 1 for prediction in predictions])
        split, merge = variation_of_information(truth, regions, ignore_labels=(0,))
        values |= {"voi-split": float(split), "voi-merge": float(merge)}
    return values


# One object cut in two is a split of one bit, two objects called one are a merge of one bit.
assert np.allclose(variation_of_information(np.array([1, 1]), np.array([1, 2]), ignore_labels=(0,)), [1, 0])
assert np.allclose(variation_of_information(np.array([1, 2]), np.array([1, 1]), ignore_labels=(0,)), [0, 1])


def values_of(images):
    pixels = pixel_values(*(np.concatenate([image[side].ravel() for image in images]) for side in (0, 1)))
    each = [surface_values(*image) for image in images]
    means = {}
    for name in each[0]:
        found = [values[name] for values in each if values[name] is not None]
        means[name] = float(np.mean(found)) if found else None
    return {
        "default": pixels | means | {"boundary-f1": boundary_f1(images, 2)} | object_values(images, 4) | partition_values(images, 4),
        "connectivity 8": object_values(images, 8) | partition_values(images, 8),
        "at least 4 pixels": object_values(images, 4, 4),
        "boundary-f1 by tolerance": [{"tolerance": tolerance, "value": boundary_f1(images, tolerance)} for tolerance in TOLERANCES],
    }


def drawn(mask):
    return ["".join("#" if pixel else "." for pixel in row) for row in mask]


print(
    json.dumps(
        {
            "cases": [
                {
                    "name": name,
                    "images": [{"truth": drawn(truth), "prediction": drawn(prediction)} for truth, prediction in images],
                    "perImage": [values_of([image]) for image in images],
                    "pooled": values_of(images),
                }
                for name, images in cases()
            ]
        }
    )
)
