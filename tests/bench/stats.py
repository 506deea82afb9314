"""The same full report by other libraries: reads ours as JSON, prints what each takes and what it says. See stats.mjs."""

import json
import math
import sys
import time

question = json.load(sys.stdin)
scale = question["scale"]


def merged(metric):
    """For each variant n and the float sums, over all epochs: what these libraries take."""
    arms = []
    for variant in range(len(question["weights"])):
        cells = [epoch[variant] for epoch in metric]
        n = sum(cell["units"] for cell in cells)
        total = lambda key, index: sum(int(cell[key][index]) for cell in cells)
        y, x = total("sums", 0) / scale, total("sums", 1) / scale
        yy, xy, xx = (total("products", index) / scale**2 for index in range(3))
        arms.append((n, y, x, yy, xy, xx))
    return arms


metrics = [merged(metric) for metric in question["metrics"]]
answers = {}


def timed(name, compare):
    try:
        compare(metrics[0][0], metrics[0][1])
    except Exception as error:  # noqa: BLE001
        answers[name] = {"error": f"{type(error).__name__}: {error}"}
        return
    rounds = 5
    started = time.process_time()
    for _ in range(rounds):
        said = [compare(arms[0], arm) for arms in metrics for arm in arms[1:]]
    taken = (time.process_time() - started) / rounds * 1000
    answers[name] = {"milliseconds": taken, "first": said[0]}


def gbstats():
    from gbstats.frequentist.tests import SequentialConfig, SequentialTwoSidedTTest
    from gbstats.models.statistics import RegressionAdjustedStatistic, SampleMeanStatistic

    def statistic(arm):
        n, y, x, yy, xy, xx = arm
        return RegressionAdjustedStatistic(
            n=n, post_statistic=SampleMeanStatistic(n=n, sum=y, sum_squares=yy),
            pre_statistic=SampleMeanStatistic(n=n, sum=x, sum_squares=xx), post_pre_sum_of_products=xy, theta=0.5)

    def compare(control, treatment):
        config = SequentialConfig(difference_type="relative", sequential_tuning_parameter=10000)
        result = SequentialTwoSidedTTest(statistic(control), statistic(treatment), config).compute_result()
        return [result.expected, *result.ci]

    timed("gbstats", compare)


def tea_tasting():
    import tea_tasting as tt
    import tea_tasting.aggr as aggr

    def aggregate(arm):
        n, y, x, yy, xy, xx = arm
        spread = lambda product, a, b: (product - a * b / n) / (n - 1)
        return aggr.Aggregates(
            count_=n, mean_={"y": y / n, "x": x / n}, var_={"y": spread(yy, y, y), "x": spread(xx, x, x)},
            cov_={("x", "y"): spread(xy, y, x)})

    def compare(control, treatment):
        result = tt.Mean("y", "x").analyze_aggregates(aggregate(control), aggregate(treatment))
        return [result.rel_effect_size, result.rel_effect_size_ci_lower, result.rel_effect_size_ci_upper]

    timed("tea-tasting", compare)


def spotify():
    import pandas as pd
    from spotify_confidence import ZTest

    def compare(control, treatment):
        rows = [{"variant": name, "n": arm[0], "sum": arm[1], "squares": arm[3]}
                for name, arm in (("control", control), ("treatment", treatment))]
        test = ZTest(pd.DataFrame(rows), numerator_column="sum", numerator_sum_squares_column="squares",
                     denominator_column="n", categorical_group_columns="variant")
        row = test.difference("control", "treatment", absolute=False).iloc[0]
        return [row["difference"], row["ci_lower"], row["ci_upper"]]

    timed("spotify-confidence", compare)


def statsmodels():
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW  # noqa: F401
    from statsmodels.stats.weightstats import _tconfint_generic

    def compare(control, treatment):
        means, variances = [], []
        for n, y, _, yy, _, _ in (control, treatment):
            means.append(y / n)
            variances.append((yy - y * y / n) / (n - 1) / n)
        error = math.sqrt(sum(variances))
        low, high = _tconfint_generic(means[1] - means[0], error, control[0] + treatment[0] - 2, 0.05, "two-sided")
        return [means[1] - means[0], low, high]

    timed("statsmodels", compare)


for library in (gbstats, tea_tasting, spotify, statsmodels):
    try:
        library()
    except ImportError as error:
        answers[library.__name__.replace("_", "-")] = {"error": str(error)}


def numpy_reference():
    import numpy as np

    rng = np.random.default_rng(1)
    experiments, looks = 20_000, 40
    started = time.process_time()
    treated = np.cumsum(rng.binomial(rng.binomial(1000, 0.05, (experiments, looks)), 0.5), axis=1)
    rest = np.cumsum(rng.binomial(rng.binomial(1000, 0.05, (experiments, looks)), 0.5), axis=1)
    steps = np.array([0.016, 0.025, 0.04, 0.063, 0.1, 0.16, 0.25, 0.4, 0.63, 1.0, 1.6, 2.5, 4.0])
    bets = treated[..., None] * steps - (treated + rest)[..., None] * np.log1p(0.5 * np.expm1(steps))
    top = bets.max(-1, keepdims=True)
    log_e = top[..., 0] + np.log(np.exp(bets - top).mean(-1))
    float((log_e.max(1) >= math.log(20)).mean())
    return experiments / (time.process_time() - started)


try:
    answers["numpy"] = {"experimentsPerSecond": numpy_reference()}
except ImportError as error:
    answers["numpy"] = {"error": str(error)}
print(json.dumps(answers))
