# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6"]
# ///
"""Expected values of packages/analysis/src/features: correlations by numpy.corrcoef, a small network computed by hand.

    uv run scripts/golden/features.py > packages/analysis/test/fixtures/features.json
"""
import json

import numpy as np

rng = np.random.default_rng(20250101)
THRESHOLD, BINS = 0.9, 20

# Maps far from 0, two of them twins, two opposite.
maps = rng.normal(0, 1, (7, 30)) * np.array([1, 20, 0.01, 3, 1, 5, 1])[:, None] + np.array([0, 500, 3, -40, 0, 0, 9])[:, None]
maps[4] = 3 * maps[0] + 0.05 * rng.normal(0, 1, 30)
maps[5] = 2 - maps[3]
maps = maps.astype(np.float32)
matrix = np.corrcoef(maps.astype(np.float64))

HEIGHT, WIDTH = 16, 24
images = rng.normal(0, 1, (2, HEIGHT, WIDTH, 1)).round(4)


def kernel(size, channels, filters):
    return rng.normal(0, 1, (size, size, channels, filters)).round(4), rng.normal(0, 0.2, filters).round(4)


def convolve(x, weights):
    """Zero-padded, as TensorFlow's "same" with stride 1."""
    taps, bias = weights
    size = taps.shape[0]
    height, width, _ = x.shape
    before = (size - 1) // 2
    padded = np.pad(x, ((before, size - 1 - before), (before, size - 1 - before), (0, 0)))
    windows = [[padded[row : row + height, column : column + width] @ taps[row, column] for column in range(size)] for row in range(size)]
    return np.sum(windows, axis=(0, 1)) + bias


def shrink(x, how):
    height, width, channels = x.shape
    return how(x.reshape(height // 2, 2, width // 2, 2, channels), axis=(1, 3))


weights = {"encoder": kernel(3, 1, 5), "bottom": kernel(3, 5, 6), "decoder": kernel(3, 11, 4), "probability": kernel(1, 4, 1)}
for values in weights["encoder"]:
    values[..., 3] = values[..., 1]  # two filters alike
weights["encoder"][1][4] = -100  # one that never fires


def features(image):
    encoder = np.maximum(convolve(image, weights["encoder"]), 0)
    bottom = np.maximum(convolve(shrink(encoder, np.max), weights["bottom"]), 0)
    joined = np.concatenate([encoder, bottom.repeat(2, 0).repeat(2, 1)], axis=2)
    decoder = np.maximum(convolve(joined, weights["decoder"]), 0)
    probability = 1 / (1 + np.exp(-convolve(decoder, weights["probability"])))
    blocks = [[encoder], [bottom], [decoder, probability]]
    small = [[x if x.shape[0] == HEIGHT // 2 else shrink(x, np.mean) for x in block] for block in blocks]
    return [np.concatenate(block, axis=2).reshape(HEIGHT // 2 * WIDTH // 2, -1).T for block in small]


found = {(a, b): [] for a in range(3) for b in range(a, 3)}
twins, constant = [0, 0, 0], [0, 0, 0]
for image in images:
    blocks = features(image)
    varying = [block[block.std(axis=1) > 0] for block in blocks]
    for i in range(3):
        constant[i] += len(blocks[i]) - len(varying[i])
    block_of = np.repeat(range(3), [len(block) for block in varying])
    r = np.corrcoef(np.concatenate(varying))
    np.fill_diagonal(r, 0)
    for i in np.flatnonzero((abs(r) > THRESHOLD).any(axis=1)):
        twins[block_of[i]] += 1
    for i in range(len(r)):
        for j in range(i):
            found[block_of[j], block_of[i]].append(r[i, j])

everything = np.concatenate(list(found.values()))
edges = np.linspace(-1, 1, BINS + 1)[1:-1]
assert np.min(abs(everything[:, None] - edges)) > 1e-5, "a pair at the edge of a bin: choose another seed"
assert np.min(abs(abs(everything) - THRESHOLD)) > 1e-5
pairs = [
    {
        "blocks": list(map(int, blocks)),
        "pairs": len(values),
        "meanAbs": float(np.mean(np.abs(values))),
        "above": int(np.sum(np.abs(values) > THRESHOLD)),
        "histogram": np.histogram(np.clip(values, -1, 1), BINS, (-1, 1))[0].tolist(),
    }
    for blocks, values in found.items()
]
redundancy = {
    "meanAbs": float(np.mean(abs(everything))),
    "above": float(np.mean(abs(everything) > THRESHOLD)),
    "twins": sum(twins) / (16 * len(images) - sum(constant)),
}
print(
    json.dumps(
        {
            "maps": maps.astype(float).tolist(),
            "matrix": matrix.tolist(),
            "height": HEIGHT,
            "width": WIDTH,
            "images": [image.ravel().tolist() for image in images],
            "weights": {name: {"kernel": taps.ravel().tolist(), "bias": bias.tolist()} for name, (taps, bias) in weights.items()},
            "threshold": THRESHOLD,
            "bins": BINS,
            "twins": twins,
            "constantMaps": constant,
            "pairs": pairs,
            "redundancy": redundancy,
        }
    )
)
