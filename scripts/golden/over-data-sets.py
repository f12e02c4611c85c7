# /// script
# requires-python = ">=3.11"
# dependencies = ["numpy==2.4.6", "scipy==1.17.1", "pandas==3.1.1", "autorank==1.3.0", "statsmodels==0.15.0"]
# ///
"""Expected values of comparisons over data sets in packages/analysis from autorank, scipy and statsmodels.

    uv run scripts/golden/over-data-sets.py > packages/analysis/test/fixtures/over-data-sets.json
"""
import contextlib
import itertools
import json
import sys
import warnings

import numpy as np
import pandas as pd
from autorank import autorank
from scipy import stats
from statsmodels.stats.multitest import multipletests

warnings.simplefilter("ignore")
rng = np.random.default_rng(20250103)


def case(rows, offsets):
    """Scores of methods on data sets, without ties: autorank's mean ranks and omnibus p, Iman & Davenport's p, Wilcoxon with Holm."""
    names = [f"m{i}" for i in range(len(offsets))]
    scores = (rng.normal(0, 1, (rows, 1)) + rng.normal(0, 1, (rows, len(offsets))) + np.array(offsets)).round(4)
    with contextlib.redirect_stdout(sys.stderr):  # where autorank tells what it does
        ranked = autorank(pd.DataFrame(scores, columns=names), alpha=0.05, verbose=False, force_mode="nonparametric")
    expected = {
        "scores": scores.tolist(),
        "meanRanks": [float(ranked.rankdf.loc[name, "meanrank"]) for name in names],
        "p": float(ranked.pvalue),
    }
    pairs = [stats.wilcoxon(scores[:, a], scores[:, b], method="exact").pvalue for a, b in itertools.combinations(range(len(names)), 2)]
    expected["holm"] = [float(p) for p in multipletests(pairs, method="holm")[1]]
    if len(offsets) > 2:
        chi = stats.friedmanchisquare(*scores.T).statistic
        k = len(offsets)
        f = (rows - 1) * chi / (rows * (k - 1) - chi)
        expected["imanDavenport"] = float(stats.f.sf(f, k - 1, (k - 1) * (rows - 1)))
    return expected


pairs = [(rng.normal(size=n).round(2).tolist(), rng.integers(0, 4, n).astype(float).tolist()) for n in (8, 25)]
print(
    json.dumps(
        {
            "cases": [case(12, [0, 0.3, 0.9]), case(8, [0, 0.1, 0.2, 0.3]), case(20, [0, 0, 1, 2, 2.5]), case(10, [0, 0.8])],
            "spearman": [{"x": x, "y": y, "rho": float(stats.spearmanr(x, y).statistic)} for x, y in pairs],
        }
    )
)
