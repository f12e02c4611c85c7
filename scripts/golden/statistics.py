# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "scipy==1.17.1", "statsmodels==0.15.0"]
# ///
"""Expected values of packages/analysis from scipy and statsmodels.

    uv run scripts/golden/statistics.py > packages/analysis/test/fixtures/statistics.json
"""
import itertools
import json

import numpy as np
from scipy import stats
from scipy.stats._resampling import _bca_interval
from statsmodels.stats.multitest import multipletests

rng = np.random.default_rng(20250101)


def wilcoxon(first, second, exact):
    difference = np.subtract(first, second)
    ties = len(np.unique(np.abs(difference))) < len(difference) or (difference == 0).any()
    # scipy's method="exact" is exact without ties and zeros only; with them, every pattern of signs (2^12 at most) is tried.
    method = stats.PermutationMethod(n_resamples=10_000, batch=512) if exact and ties else "exact" if exact else "asymptotic"
    result = stats.wilcoxon(difference, zero_method="wilcox", correction=not exact, method=method)
    return {"first": list(first), "second": list(second), "exact": exact, "smaller": float(result.statistic), "p": float(result.pvalue)}


def scores(count):
    return rng.random(count).round(9).tolist()


def tied(count):
    return rng.integers(0, 8, count).tolist()


signed_rank = [wilcoxon(scores(n), scores(n), True) for n in (4, 5, 6, 9, 14, 25, 50)]
signed_rank += [wilcoxon(tied(n), tied(n), True) for n in (6, 9, 12)]
signed_rank += [wilcoxon(scores(n), [value - 0.04 for value in scores(n)], False) for n in (51, 120)]
signed_rank += [wilcoxon(tied(n), tied(n), False) for n in (90, 200)]

corrections = []
for n in (1, 2, 5, 12):
    p = (rng.random(n) ** 3).round(4).tolist()
    corrections.append({"p": p, "holm": multipletests(p, method="holm")[1].tolist()})

tests = []
for rows, columns, levels in ((5, 3, 1000), (14, 4, 1000), (8, 6, 4)):
    table = rng.integers(0, levels, (rows, columns))
    result = stats.friedmanchisquare(*table.T)
    tests.append({"scores": table.tolist(), "statistic": float(result.statistic), "p": float(result.pvalue)})

# The law school data of Efron & Tibshirani (1993), table 3.1.
LSAT = [576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594]
GPA = [3.39, 3.30, 2.81, 3.03, 3.44, 3.07, 3.00, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96]
STATISTICS = {
    "mean": lambda x, y: np.mean(x),
    "median": lambda x, y: np.median(x),
    "ratio": lambda x, y: np.sum(x) / np.sum(y),
    "correlation": lambda x, y: np.corrcoef(x, y)[0, 1],
}


def bca(name, x, y, draws, level):
    x, y, units = np.array(x, float), np.array(y, float), np.arange(len(x))
    statistic = np.vectorize(lambda chosen: STATISTICS[name](x[chosen], y[chosen]), signature="(n)->()")
    values = statistic(np.array(draws))
    shares = _bca_interval((units,), lambda chosen, axis: statistic(chosen), -1, (1 - level) / 2, values, None, np)[:2]
    low, high = (float(stats.quantile(values, float(share))) for share in shares)
    return {"statistic": name, "x": x.tolist(), "y": y.tolist(), "level": level, "low": low, "high": high}


every = []
for name, n, level in (("mean", 3, 0.9), ("mean", 4, 0.95), ("ratio", 4, 0.95), ("ratio", 5, 0.95), ("median", 5, 0.9), ("mean", 6, 0.95)):
    x = (1000 * rng.gamma(2, 2, n)).round()  # whole, so that sums are exact and equal values compare as equal
    every.append(bca(name, x, x + (1000 * rng.gamma(1, 1, n)).round(), list(itertools.product(range(n), repeat=n)), level))

draws = rng.integers(0, len(LSAT), (400, len(LSAT))).tolist()
given = {"draws": draws, "cases": [bca(name, LSAT, GPA, draws, 0.9) for name in STATISTICS]}

print(json.dumps({"wilcoxon": signed_rank, "holm": corrections, "friedman": tests, "bcaOfAllDraws": every, "bcaOfGivenDraws": given}))
