"""The same questions to other libraries: reads them as JSON, prints what each takes, what it says, and how many digits of that
are right. See stats.mjs."""

import json
import math
import sys
import time

asked = json.load(sys.stdin)
question = asked["report"]
scale = question["scale"]


def merged(metric):
    """For each variant n and the float sums, over all epochs: what these libraries take."""
    arms = []
    for variant in range(len(question["weights"])):
        cells = [epoch[variant] for epoch in metric["epochs"]]
        n = sum(cell["units"] for cell in cells)
        total = lambda key, index: sum(int(cell[key][index]) for cell in cells)
        y, x = total("sums", 0) / scale, total("sums", 1) / scale
        yy, xy, xx = (total("products", index) / scale**2 for index in range(3))
        arms.append((n, y, x, yy, xy, xx))
    return arms


metrics = [merged(metric) for metric in question["metrics"]]
answers = {}


def floats(arm):
    """An arm of a question of accuracy as n, its sum and its sum of squares: what these libraries take."""
    steps = asked["scale"]
    return arm["units"], int(arm["sums"][0]) / steps, int(arm["products"][0]) / steps**2


def exact(control, treatment):
    """Welch's 95 % interval of the difference, to fifty digits."""
    from mpmath import betainc, findroot, mp, mpf, sqrt

    mp.dps = 50
    means, variances, n = [], [], []
    for arm in (control, treatment):
        units, total, squares = (mpf(int(number)) for number in (arm["units"], arm["sums"][0], arm["products"][0]))
        n.append(units)
        means.append(total / units / asked["scale"])
        variances.append((squares - total * total / units) / (units - 1) / asked["scale"] ** 2 / units)
    error = sqrt(sum(variances))
    df = sum(variances) ** 2 / sum(v * v / (units - 1) for v, units in zip(variances, n))
    tail = lambda t: betainc(df / 2, mpf(1) / 2, 0, df / (df + t * t), regularized=True) - mpf("0.05")
    t = findroot(tail, (mpf("1.95"), mpf("2.1")), solver="anderson", tol=mpf(10) ** -40)
    difference = means[1] - means[0]
    return [difference - t * error, difference + t * error]


def digits(said, right):
    """How many digits of both ends agree with the right ones; nothing where they are none."""
    from mpmath import log10, mpf

    if any(number is None or not math.isfinite(number) for number in said):
        return None
    worst = max(abs((mpf(number) - end) / end) for number, end in zip(said, right))
    return float(min(16, -log10(worst))) if worst > 0 else 16.0


def accurate(name, interval):
    if not asked["accuracy"] or "error" in answers.get(name, {}):
        return
    told = {}
    for case in asked["accuracy"]:
        try:
            said = interval(floats(case["control"]), floats(case["treatment"]))
            told[case["name"]] = digits(said, exact(case["control"], case["treatment"]))
        except Exception as error:  # noqa: BLE001
            told[case["name"]] = f"{type(error).__name__}"
    answers.setdefault(name, {})["digits"] = told


def timed(name, compare):
    try:
        compare(metrics[0][0], metrics[0][1])
    except Exception as error:  # noqa: BLE001
        answers[name] = {"error": f"{type(error).__name__}: {error}"}
        return
    # By the best round, as ours: others use the machine, too. What takes seconds has few of them.
    best, until = math.inf, time.process_time() + 3
    while time.process_time() < until:
        started = time.process_time()
        said = [compare(arms[0], arm) for arms in metrics for arm in arms[1:]]
        best = min(best, time.process_time() - started)
    answers[name] = {"milliseconds": best * 1000, "first": said[0]}


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

    from gbstats.frequentist.tests import FrequentistConfig, TwoSidedTTest

    def interval(control, treatment):
        arms = [SampleMeanStatistic(n=n, sum=y, sum_squares=yy) for n, y, yy in (control, treatment)]
        return TwoSidedTTest(*arms, FrequentistConfig(difference_type="absolute")).compute_result().ci

    accurate("gbstats", interval)


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

    def interval(control, treatment):
        # A database gives it variances; they are calculated here as databases do.
        arms = [aggr.Aggregates(count_=n, mean_={"y": y / n}, var_={"y": (yy - y * y / n) / (n - 1)}) for n, y, yy in (control, treatment)]
        result = tt.Mean("y").analyze_aggregates(*arms)
        return [result.effect_size_ci_lower, result.effect_size_ci_upper]

    accurate("tea-tasting", interval)


def spotify_confidence():
    import pandas as pd
    from spotify_confidence import StudentsTTest, ZTest

    def compare(control, treatment):
        rows = [{"variant": name, "n": arm[0], "sum": arm[1], "squares": arm[3]}
                for name, arm in (("control", control), ("treatment", treatment))]
        test = ZTest(pd.DataFrame(rows), numerator_column="sum", numerator_sum_squares_column="squares",
                     denominator_column="n", categorical_group_columns="variant")
        row = test.difference("control", "treatment", absolute=False).iloc[0]
        return [row["difference"], row["ci_lower"], row["ci_upper"]]

    timed("spotify-confidence", compare)

    def interval(control, treatment):
        rows = [{"variant": name, "n": n, "sum": y, "squares": yy}
                for name, (n, y, yy) in (("control", control), ("treatment", treatment))]
        test = StudentsTTest(pd.DataFrame(rows), numerator_column="sum", numerator_sum_squares_column="squares",
                             denominator_column="n", categorical_group_columns="variant")
        row = test.difference("control", "treatment", absolute=True).iloc[0]
        return [row["ci_lower"], row["ci_upper"]]

    accurate("spotify-confidence", interval)


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

    def interval(control, treatment):
        # It takes rows; from sums there is its interval alone.
        v = [(yy - y * y / n) / (n - 1) / n for n, y, yy in (control, treatment)]
        df = sum(v) ** 2 / sum(v * v / (n - 1) for v, (n, _, _) in zip(v, (control, treatment)))
        difference = treatment[1] / treatment[0] - control[1] / control[0]
        return list(_tconfint_generic(difference, math.sqrt(sum(v)), df, 0.05, "two-sided"))

    accurate("statsmodels", interval)


def ours():
    """What was said by ours, beside the same right answers."""
    told = {case["name"]: digits(case["ours"], exact(case["control"], case["treatment"])) for case in asked["accuracy"]}
    answers["ours"] = {"digits": told}


for library in (gbstats, tea_tasting, spotify_confidence, statsmodels, ours):
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
