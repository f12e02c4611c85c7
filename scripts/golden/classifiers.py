# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "scipy==1.17.1", "scikit-image==0.26.0", "scikit-learn==1.8.0", "tifffile==2025.10.16"]
# ///
"""Expected values of the classifiers in packages/baselines from scipy, scikit-image and scikit-learn.

    uv run scripts/golden/classifiers.py "$EM_STELLAR_DATA" > packages/baselines/test/fixtures/classifiers.json
"""
import json
import sys
from pathlib import Path

import numpy as np
from scipy import ndimage
from skimage.feature import hessian_matrix, hessian_matrix_eigvals, structure_tensor, structure_tensor_eigenvalues
from skimage.filters import gaussian, sobel
from skimage.io import imread
from skimage.measure import label, regionprops
from sklearn.ensemble import RandomForestClassifier

HEIGHT, WIDTH = 13, 17


def features(image, sigmas):
    """One plane for each feature, in the order of pixel-features.ts."""
    image = image.astype(np.float64)
    planes = []
    for sigma in sigmas:
        blurred = gaussian(image, sigma, mode="reflect", truncate=4, preserve_range=True)
        planes += [
            blurred,
            ndimage.gaussian_laplace(image, sigma, mode="reflect"),
            sobel(blurred, mode="reflect"),
            blurred - gaussian(image, 1.6 * sigma, mode="reflect", truncate=4, preserve_range=True),
            *hessian_matrix_eigvals(hessian_matrix(image, sigma, mode="reflect", use_gaussian_derivatives=False)),
            *structure_tensor_eigenvalues(structure_tensor(blurred, sigma=sigma / 2, mode="reflect")),
        ]
    return planes


def objects(rng):
    values = rng.integers(0, 256, (HEIGHT, WIDTH))
    mask = ndimage.gaussian_filter(rng.normal(size=(HEIGHT, WIDTH)), 1.5) > 0.05
    return {
        "values": values.ravel().tolist(),
        "mask": mask.ravel().astype(int).tolist(),
        "objects": [
            {
                "area": int(region.area),
                "long-axis": region.axis_major_length,
                "short-axis": region.axis_minor_length,
                "extent": region.extent,
                "grey-mean": region.intensity_mean,
                "grey-deviation": region.intensity_std,
            }
            for region in regionprops(label(mask, connectivity=1), intensity_image=values)
        ],
    }


def read(folder, name, extension):
    return imread(folder / f"images/{name}.tif"), imread(next(folder.glob(f"masks/{name}.*"))) > 127


def jaccards(data, names, sigmas, pixels):
    """Pooled over the 4 test images, from 3 seeds: half of the pixels from objects, weighted by the true shares."""
    train = [read(data / "cardiac/train", name, "tif") for name in names]
    rows = np.concatenate([np.stack([plane.ravel() for plane in features(image, sigmas)], 1) for image, _ in train]).astype(np.float32)
    truth = np.concatenate([mask.ravel() for _, mask in train])
    test = [(features(image, sigmas), mask) for image, mask in (read(data / "cardiac/test", f"{region}0004", "png") for region in "ABCD")]
    scores = []
    for seed in range(1, 4):
        rng = np.random.default_rng(seed)
        drawn = np.concatenate([rng.choice(np.flatnonzero(truth == side), pixels // 2, replace=False) for side in (False, True)])
        weights = np.where(truth[drawn], truth.mean(), 1 - truth.mean())
        forest = RandomForestClassifier(n_estimators=100, max_depth=20, min_samples_leaf=5, max_features="sqrt", random_state=seed)
        forest.fit(rows[drawn], truth[drawn], weights)
        both = either = 0
        for planes, mask in test:
            share = forest.predict_proba(np.stack([plane.ravel() for plane in planes], 1).astype(np.float32))[:, 1]
            called = (share > 0.5).reshape(mask.shape)
            both += (called & mask).sum()
            either += (called | mask).sum()
        scores.append(round(float(both / either), 4))
    return scores


rng = np.random.default_rng(20250102)
image = rng.integers(0, 256, (HEIGHT, WIDTH))
data = Path(sys.argv[1])
print(
    json.dumps(
        {
            "width": WIDTH,
            "height": HEIGHT,
            "image": image.ravel().tolist(),
            "features": [
                {"sigma": sigma, "planes": [plane.round(6).ravel().tolist() for plane in features(image, [sigma])]} for sigma in (1, 2.5)
            ],
            "regions": objects(rng),
            "cardiac": [
                {"images": names, "jaccards": jaccards(data, names, [1, 2, 4, 8], 40000)}
                for names in (["A0000", "B0000"], ["A0000", "B0000", "C0000"])
            ],
        }
    )
)
