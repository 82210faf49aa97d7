"""The gates of every asset: what is measured, in which direction, and what it protects from.

Thresholds and severities are in ``pipeline.yaml``; how a gate is judged is in ``verdicts``. The table is fixed in code
so that check specs can be built before anything is read. ``over`` and ``*`` are explained at ``verdicts.Gate``.

Each asset provides these measurements (numbers unless another type is given; ``LABEL`` is any label, ``METRIC`` any of
``METRICS``; shares and rates are between 0 and 1, except ``within_*``, ``mape``, ``smape``, ``wmape``, ``median_ape``
which are per cent):

====================== ================================================================================================
raw_housing            ``validation.profile``, of which ``rows``, ``findings.schema`` (faults of columns and values),
                       ``findings.ranges`` (cells outside of the physical ranges), ``duplicate_share`` of rows,
                       ``missing_share.COLUMN`` and ``unknown_category_rows`` are judged; ``ocean_proximity``:
                       ``plausibility.by_category``
imputation_comparison  ``best.rmse`` and ``median.rmse`` of the masked bedrooms (``median``: the trivial strategy)
imputer                ``gaps_left`` after imputing the training rows
imputed_housing        ``gaps_left``; ``implausible``: filled cells that are not in (0, total_rooms]
cluster_search         ``best.silhouette``; ``at_edge``: 1 if the chosen K is the first or last K tried, else 0
feature_builder        ``features``: number of output columns
housing_features       ``not_finite`` cells (NaN or infinite); ``constant_columns``: how many
train_set, test_set    ``shared_rows``: rows whose identity is on both sides; ``test_share`` of all rows;
                       ``target_ks``: Kolmogorov-Smirnov distance of the two sides' prices
candidate_models       ``best.wmape`` and ``trivial.wmape``, cross-validated; ``failed``: candidates without a score
sweep_results          ``best.wmape`` and ``trivial.wmape``, cross-validated; ``finished_share``: trials that
                       completed or were pruned / trials asked for
trained_model          ``serving_difference``: largest distance in dollars between predictions from raw rows and from
                       the stored features of the same rows
model_evaluation       ``evaluation.evaluate``, of which ``overall.METRIC``, ``baseline.wmape`` (the trivial model),
                       ``ocean_proximity.LABEL`` and ``price_band.LABEL`` with ``rows`` and ``wmape``,
                       ``coverage.overall`` (share of prices inside of their interval) and ``coverage.aim``, and
                       ``slices.LABEL`` with ``rows`` and ``share`` are judged;
                       ``production``, if a model is in production: ``models.production.compared``
drift_report           ``psi.COLUMN`` and ``ks.COLUMN`` (the price among them where it is known);
                       ``missing_share_change.COLUMN``; ``new_categories``: how many
predictions            ``priced`` rows; ``faulty_share`` of all rows; ``flagged_share`` of the priced ones
prediction_log         ``requests``; ``damaged`` files; ``lost_share`` of the rows; ``clock_seconds`` by which who
                       answers is ahead of the store; ``answers``, if there are any: ``monitoring.traffic``
live_drift             ``drift``, if enough parts of the day were judged: what lasted, ``monitoring.live_drift``
live_performance       ``labels``, if any came: ``unmatched_share``, ``contradictory_share``; ``judged``, if
                       enough days were: what lasted, ``monitoring.performance``
====================== ================================================================================================

Comparisons (``baseline="ratio"`` or ``"change"``) read the same path from the baseline, the measurements of the
accepted file. Comparisons with the model in production (``within="production"``) are of both models on the same rows:
the test rows that production was not trained on. What that means after a change of the split or of the raw file is in
``models.production``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from housing_assets.domain.gates.verdicts import Gate, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from housing_assets.domain.gates.verdicts import Direction, Threshold, Verdict

RAW_HOUSING = (
    Gate(
        "schema",
        "findings.schema",
        "maximum",
        "The file must have the ten columns, with numbers and categories that can be read.",
    ),
    Gate(
        "ranges",
        "findings.ranges",
        "maximum",
        "Cells outside of what is physically possible point to wrong units or swapped columns.",
    ),
    Gate(
        "duplicates", "duplicate_share", "maximum", "Repeated rows leak from training into test rows and weigh twice."
    ),
    Gate("missing", "missing_share.*", "maximum", "A column with this many gaps would mostly be guessed."),
    Gate(
        "unknown_categories",
        "unknown_category_rows",
        "maximum",
        "Rows of a category that nobody knows; the model treats them as none of the known ones.",
    ),
    Gate(
        "rows",
        "rows",
        "minimum",
        "A file much shorter than the last accepted one has probably lost rows.",
        baseline="ratio",
    ),
    Gate(
        "price_level",
        "ocean_proximity.*.median_price",
        "maximum",
        "The median price of a category moved by this share of its value in the last accepted file.",
        baseline="change",
        support="category_rows",
    ),
    Gate(
        "income_and_price",
        "ocean_proximity.*.income_correlation",
        "minimum",
        "Prices rise with income in every category; where they do not, prices were shuffled, inverted or misplaced.",
        support="category_rows",
    ),
)

IMPUTATION_COMPARISON = (
    Gate("best_rmse", "best.rmse", "maximum", "The best strategy must reconstruct hidden bedrooms this closely."),
    Gate(
        "beats_median",
        "best.rmse",
        "maximum",
        "A strategy that is no better than the median learned nothing.",
        over="median.rmse",
    ),
)

IMPUTER = (Gate("gaps", "gaps_left", "maximum", "The imputer must fill every gap of the rows that it was fitted on."),)

IMPUTED_HOUSING = (
    Gate("gaps", "gaps_left", "maximum", "No later stage accepts a missing value."),
    Gate("plausible", "implausible", "maximum", "A block group has bedrooms, and no more of them than rooms."),
)

CLUSTER_SEARCH = (
    Gate(
        "edge",
        "at_edge",
        "maximum",
        "The best K is the smallest or largest tried, so a better one may lie outside of the range.",
    ),
    Gate("silhouette", "best.silhouette", "minimum", "Below this the clusters overlap and say little about location."),
)

FEATURE_BUILDER = (Gate("features", "features", "minimum", "With fewer columns a group of features was lost."),)

HOUSING_FEATURES = (
    Gate(
        "finite",
        "not_finite",
        "maximum",
        "A feature that is NaN or infinite breaks some models and misleads the others.",
    ),
    Gate(
        "constant", "constant_columns", "maximum", "A constant column carries nothing; it is usually a broken feature."
    ),
)

SPLIT = (
    Gate("disjoint", "shared_rows", "maximum", "A row on both sides of the split makes the test score too good."),
    Gate(
        "target_alike",
        "target_ks",
        "maximum",
        "Prices must be distributed alike on both sides, or the test says little.",
    ),
    Gate("test_share_low", "test_share", "minimum", "With fewer test rows the test score is mostly noise."),
    Gate("test_share_high", "test_share", "maximum", "With more test rows too few are left to learn from."),
)

CANDIDATE_MODELS = (
    Gate(
        "beats_trivial",
        "best.wmape",
        "maximum",
        "The best candidate must beat always predicting the median price.",
        over="trivial.wmape",
    ),
    Gate("failed", "failed", "maximum", "A candidate without a score was not compared."),
)

SWEEP_RESULTS = (
    Gate(
        "beats_trivial",
        "best.wmape",
        "maximum",
        "The best trial must beat always predicting the median price.",
        over="trivial.wmape",
    ),
    Gate("finished", "finished_share", "minimum", "With too few finished trials the best one is a matter of luck."),
)

TRAINED_MODEL = (
    Gate(
        "serving",
        "serving_difference",
        "maximum",
        "What is served from raw rows must be what was trained on the features.",
    ),
)

METRICS: dict[str, tuple[Direction, str]] = {
    "mae": ("maximum", "Mean absolute error in dollars."),
    "rmse": ("maximum", "Root mean squared error in dollars."),
    "r2": ("minimum", "Share of the variance of prices that is explained."),
    "mape": ("maximum", "Mean absolute error in per cent of the price."),
    "smape": ("maximum", "Mean absolute error in per cent of the mean of price and prediction."),
    "wmape": ("maximum", "Sum of absolute errors in per cent of the sum of prices."),
    "median_ape": ("maximum", "Median absolute error in per cent of the price."),
    "within_5pct": ("minimum", "Per cent of predictions within 5 % of the price."),
    "within_10pct": ("minimum", "Per cent of predictions within 10 % of the price."),
    "within_15pct": ("minimum", "Per cent of predictions within 15 % of the price."),
}

MODEL_EVALUATION = (
    *(Gate(name, f"overall.{name}", direction, text) for name, (direction, text) in METRICS.items()),
    Gate(
        "wmape_against_production",
        "production.candidate.wmape",
        "maximum",
        "Weighted error relative to the model in production on test rows that neither was trained on.",
        over="production.overall.wmape",
        support="production_rows",
        within="production",
    ),
    Gate(
        "rmse_against_production",
        "production.candidate.rmse",
        "maximum",
        "Squared error relative to the model in production on test rows that neither was trained on.",
        over="production.overall.rmse",
        support="production_rows",
        within="production",
    ),
    Gate(
        "production_rows",
        "production.rows",
        "minimum",
        "On fewer test rows that the model in production was not trained on, the two are not compared: go back to the "
        "split and the raw file that it was made of, or let gates.model_evaluation.production_rows only warn.",
        within="production",
    ),
    Gate(
        "beats_trivial",
        "overall.wmape",
        "maximum",
        "The model must beat always predicting the median price.",
        over="baseline.wmape",
    ),
    Gate(
        "ocean_proximity",
        "ocean_proximity.*.wmape",
        "maximum",
        "A category whose error is this many times the overall error was not learned, or its prices are wrong.",
        over="overall.wmape",
        support="segment_rows",
    ),
    Gate(
        "price_band",
        "price_band.*.wmape",
        "maximum",
        "A price band whose error is this many times the overall error was not learned, or its prices are wrong.",
        over="overall.wmape",
        support="segment_rows",
    ),
    Gate(
        "coverage_low",
        "coverage.overall",
        "minimum",
        "With fewer prices inside of their interval than it aims at, the model is too sure of itself.",
        over="coverage.aim",
    ),
    Gate(
        "coverage_high",
        "coverage.overall",
        "maximum",
        "With more prices inside of their interval than it aims at, the intervals are too wide to be useful.",
        over="coverage.aim",
    ),
    Gate(
        "coverage_slice",
        "slices.*.share",
        "minimum",
        "In the worst slice of test rows too few prices are inside of their interval: for such rows it misleads.",
        over="coverage.aim",
        support="slice_rows",
    ),
    Gate(
        "interval_score_against_production",
        "production.candidate.interval_score",
        "maximum",
        "Interval score relative to the model in production on the same rows: wide or wrong intervals raise it.",
        over="production.overall.interval_score",
        support="production_rows",
        within="production",
    ),
)

DRIFT_REPORT = (
    Gate("psi", "psi.*", "maximum", "Population stability index of the column against the training rows."),
    Gate("ks", "ks.*", "maximum", "Kolmogorov-Smirnov distance of the column from the training rows."),
    Gate("missing", "missing_share_change.*", "maximum", "The share of gaps in the column grew by this much."),
    Gate("categories", "new_categories", "maximum", "Categories that no training row has; the model cannot know them."),
)

PREDICTIONS = (
    Gate("priced", "priced", "minimum", "Not a row of the file could be priced."),
    Gate(
        "faulty", "faulty_share", "maximum", "Share of the rows that were set aside because something is wrong in them."
    ),
    Gate("flagged", "flagged_share", "maximum", "Share of the priced rows that are unlike those of training."),
)

PREDICTION_LOG = (
    Gate("requests", "requests", "minimum", "Nobody asked, or nothing that was answered was recorded."),
    Gate("damaged", "damaged", "maximum", "Files of the log that were cut or changed after they were written."),
    Gate("lost", "lost_share", "maximum", "Rows that were answered and not recorded, because the queue was full."),
    Gate("clock", "clock_seconds", "maximum", "Who answers has a clock ahead of the store's: days may be wrong."),
    Gate("errors", "answers.error_share", "maximum", "Requests that were not answered.", within="answers"),
    Gate("slow", "answers.p99_seconds", "maximum", "One request of a hundred took longer than this.", within="answers"),
)

LIVE_DRIFT = (
    Gate("psi", "drift.psi.*", "maximum", "Stability index of what was asked against training rows.", within="drift"),
    Gate("ks", "drift.ks.*", "maximum", "Kolmogorov-Smirnov distance of what was asked.", within="drift"),
    Gate("missing", "drift.missing_share_change.*", "maximum", "More gaps than in training rows.", within="drift"),
    Gate("categories", "drift.new_categories", "maximum", "Categories that no training row has.", within="drift"),
    Gate("flagged", "drift.flagged_share", "maximum", "Rows that are unlike those of training.", within="drift"),
    Gate("expected_error", "drift.expected_error", "maximum", "The intervals say that errors grew.", within="drift"),
)

LIVE_PERFORMANCE = (
    Gate("coverage", "judged.coverage.*", "minimum", "Intervals hold fewer prices than promised.", within="judged"),
    Gate("error", "judged.error.*", "maximum", "Errors are larger than on the test rows.", within="judged"),
    Gate("surprise", "judged.surprise.*", "maximum", "Errors are larger than the intervals said.", within="judged"),
    Gate(
        "unmatched",
        "labels.unmatched_share",
        "maximum",
        "Realised prices of rows that nobody asked for.",
        within="labels",
    ),
    Gate("contradictions", "labels.contradictory_share", "maximum", "Rows with two different prices.", within="labels"),
)

GATES: dict[str, tuple[Gate, ...]] = {
    "raw_housing": RAW_HOUSING,
    "imputation_comparison": IMPUTATION_COMPARISON,
    "imputer": IMPUTER,
    "imputed_housing": IMPUTED_HOUSING,
    "cluster_search": CLUSTER_SEARCH,
    "feature_builder": FEATURE_BUILDER,
    "housing_features": HOUSING_FEATURES,
    "train_set": SPLIT,
    "test_set": SPLIT,
    "candidate_models": CANDIDATE_MODELS,
    "sweep_results": SWEEP_RESULTS,
    "trained_model": TRAINED_MODEL,
    "model_evaluation": MODEL_EVALUATION,
    "drift_report": DRIFT_REPORT,
    "predictions": PREDICTIONS,
    "prediction_log": PREDICTION_LOG,
    "live_drift": LIVE_DRIFT,
    "live_performance": LIVE_PERFORMANCE,
}


def threshold_names(asset: str) -> set[str]:
    """What the section ``gates`` may set for ``asset``: its gates, and the row counts that they need for a label."""
    gates = GATES[asset]
    return {gate.name for gate in gates} | {gate.support for gate in gates if gate.support}


def judge(
    asset: str,
    measurements: Mapping[str, Any],
    thresholds: Mapping[str, Threshold],
    baseline: Mapping[str, Any] | None = None,
) -> list[Verdict]:
    """One verdict a gate of ``asset``, in the order of ``GATES``; none for an asset without gates. Never raises.

    Args:
        asset: a key of ``GATES``, or an asset that has no gates.
        measurements: as in the table above.
        thresholds: by gate name, from ``settings.gates``; a gate without one fails.
        baseline: the measurements of the file accepted before; None if nothing was accepted yet, and for all assets
            but ``raw_housing``.

    Examples:
        >>> from housing_assets.domain.gates.catalogue import judge
        >>> from housing_assets.domain.gates.verdicts import Threshold
        >>> (verdict,) = judge("imputer", {"gaps_left": 2}, {"gaps": Threshold(0)})
        >>> verdict.passed, verdict.blocking
        (False, True)
    """
    return [verdict(gate, measurements, thresholds, baseline) for gate in GATES.get(asset, ())]
