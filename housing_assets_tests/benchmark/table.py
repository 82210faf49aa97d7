"""The results as Markdown. Nothing is computed here but ratios and sums of what was measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from housing_assets.domain.metrics import METRICS, direction
from housing_assets_tests.benchmark import splits
from housing_assets_tests.benchmark.markdown import ABSENT, failed, numbers, section, short, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from housing_assets_tests.benchmark.blocks import BlockScore
    from housing_assets_tests.benchmark.growth import StageGrowth, StepGrowth
    from housing_assets_tests.benchmark.measuring import Step
    from housing_assets_tests.benchmark.pipeline import Run
    from housing_assets_tests.benchmark.splits import SplitScore

ALIKE = 0.01
"""Outcomes that differ by less count as equal."""

REACH = {"wmape": (11.2, 10.9), "rmse": (39_000, 37_900), "mape": (12.6, 12.1), "within_10pct": (60.5, 62.0)}
SECONDS_REACH = (150, 60)
RATIO_REACH = (4, 8)
BLOCKS_REACH = (56_000, 53_000)


@dataclass
class Results:
    """What was measured; empty where it was not asked for."""

    setting: dict[str, str]
    seed: list[Step] = field(default_factory=list)
    published: dict[str, float] = field(default_factory=dict)
    ours: list[Step] = field(default_factory=list)
    default: Run | None = None
    splits: list[SplitScore] = field(default_factory=list)
    blocks: list[BlockScore] = field(default_factory=list)
    stages: list[StageGrowth] = field(default_factory=list)
    steps: list[StepGrowth] = field(default_factory=list)


def markdown(results: Results) -> str:
    """All that was measured, a section a question."""
    parts = [section("Where and with what", ["", ""], results.setting.items())]
    if results.seed or results.ours:
        parts += [same_work(results.seed, results.ours)]
    if results.default:
        parts += [accuracy(results), cold(results.default)]
    if results.splits:
        parts += [splits.table(results.splits)]
    if results.blocks:
        parts += [unseen(results.blocks)]
    if results.stages:
        parts += [grown_stages(results.stages)]
    if results.steps:
        parts += [grown_steps(results.steps, sorted({stage.rows for stage in results.stages}))]
    return "\n".join(parts)


def same_work(seed: Sequence[Step], ours: Sequence[Step]) -> str:
    before, after = ({step.name: step for step in steps} for steps in (seed, ours))
    names = list(dict.fromkeys([*before, *after]))
    rows = [compared(name, before.get(name), after.get(name)) for name in names]
    shared = [name for name in names if name in before and name in after]
    old, new = (sum(steps[name].seconds for name in shared) for steps in (before, after))
    if shared:
        text = f"**{old / new:.1f}** ({verdict(old / new, *RATIO_REACH, higher=True)})"
        rows.append(["sum of what both do", f"{old:.1f}", f"{new:.1f}", text, "", "", "", ""])
    header = ["step", "seed, s", "ours, s", "ratio", "seed gives", "ours gives", "outcome", "how"]
    return section("The older pipeline's own work, equal outcome", header, rows)


def compared(name: str, seed: Step | None, ours: Step | None) -> list[str]:
    ratio = f"{seed.seconds / ours.seconds:.1f}" if seed and ours else ABSENT
    seconds = [f"{step.seconds:.2f}" if step else ABSENT for step in (seed, ours)]
    outcome = judged(seed.result, ours.result) if seed and ours else ABSENT
    given = [numbers(step.result) if step else ABSENT for step in (seed, ours)]
    return [name, *seconds, ratio, *given, outcome, ours.note if ours else ""]


def judged(seed: Mapping[str, float], ours: Mapping[str, float]) -> str:
    """Errors are compared by their size; the number of clusters and its silhouette must be the same."""
    changes = {name: ours[name] / seed[name] - 1 for name in seed if seed[name]}
    errors = {name: change for name, change in changes.items() if name not in {"clusters", "silhouette"}}
    same = all(abs(change) <= ALIKE for name, change in changes.items() if name not in errors)
    if not same or any(change > ALIKE for change in errors.values()):
        return "**differs**" if not same else "**worse**"
    return "better" if errors and all(change < -ALIKE for change in errors.values()) else "equal"


def accuracy(results: Results) -> str:
    """Every model on the same test rows; the interval is of our metric over other samples of such rows."""
    run = results.default
    assert run is not None
    best = min((step for step in results.seed if step.metrics), key=lambda step: step.metrics["wmape"], default=None)
    rows = []
    for name in METRICS:
        value = run.measured("model_evaluation", "overall", name)
        ends = run.measured("model_evaluation", "sampling_interval", "overall", name)
        limits = REACH.get(name)
        held = verdict(value, *limits, higher=direction(name) == "maximise") if limits and value is not None else ""
        interval = f"{short(ends['low'])} to {short(ends['high'])}" if ends else ABSENT
        old = [short(metrics.get(name)) for metrics in (results.published, best.metrics if best else {})]
        rows.append([name, *old, short(value), interval, *map(short, limits or (None, None)), held])
    header = ["metric", "published forest", f"best of the seed ({best.name if best else ABSENT})", "ours"]
    return section("Accuracy on the test rows", [*header, "95 % interval", "reach", "stretch", ""], rows)


def cold(run: Run) -> str:
    rows = [[asset, f"{entry.seconds:.1f}", f"{entry.stored.size / 1e6:.2f}"] for asset, entry in run.entries.items()]
    held = verdict(run.seconds, *SECONDS_REACH, higher=False)
    rows.append(["**all, from the start of the process to its end**", f"**{run.seconds:.1f}** ({held})", ""])
    rows.append(["of which computing", f"{run.computing_seconds:.1f}", ""])
    rows.append(["peak memory, MB", f"{run.megabytes:.0f}", ""])
    coverage = run.measured("model_evaluation", "coverage", "overall")
    rows.append(["prices inside of their 90 % interval", short(coverage), ""])
    return section("The default configuration, cold", ["asset", "seconds", "stored, MB"], rows) + failed(run.failure)


def unseen(blocks: Sequence[BlockScore]) -> str:
    rows = [
        [
            score.name,
            short(score.mean),
            short(score.pooled),
            f"{short(min(score.of_folds))} to {short(max(score.of_folds))}" if score.of_folds else "",
            short(score.chosen),
            verdict(score.mean, *BLOCKS_REACH, higher=False) if score.of_folds else "failed",
        ]
        for score in blocks
    ]
    header = ["model", "RMSE, mean of folds, dollars", "of all rows", "of the folds", "on the folds that chose it", ""]
    failures = [f"{score.name}: {score.failure}" for score in blocks if score.failure]
    return section("Squares of half a degree held out, training rows", header, rows) + "".join(map(failed, failures))


def grown_stages(stages: Sequence[StageGrowth]) -> str:
    sizes = sorted({stage.rows for stage in stages})
    found = {(stage.stage, stage.rows): stage for stage in stages}
    rows = []
    for name in dict.fromkeys(stage.stage for stage in stages):
        cells = [found.get((name, size)) for size in sizes]
        rows.append(
            [
                name,
                *(
                    f"{cell.seconds:.1f} s, {cell.megabytes:,.0f} MB{'*' if cell.failure else ''}" if cell else ABSENT
                    for cell in cells
                ),
            ]
        )
    sums = [np.nansum([stage.seconds for stage in stages if stage.rows == size]) for size in sizes]
    rows.append(["all", *(f"**{total:.1f} s**" for total in sums)])
    notes = "".join(
        failed(f"{stage.stage} at {stage.rows:,} rows: {stage.failure}") for stage in stages if stage.failure
    )
    return section("Growth of every stage", ["stage", *(f"{size:,} rows" for size in sizes)], rows) + notes


def grown_steps(steps: Sequence[StepGrowth], sizes: Sequence[int]) -> str:
    rows = [
        [
            step.name,
            *(f"{seconds:.2f}" for seconds in step.seconds),
            f"{step.exponent:.2f}",
            *(f"{step.at(size):,.0f} (extrapolated)" for size in sizes if size > step.rows[-1]),
        ]
        for step in steps
    ]
    larger = [size for size in sizes if size > steps[0].rows[-1]]
    header = [
        "step",
        *(f"{count:,} rows, s" for count in steps[0].rows),
        "power",
        *(f"{size:,} rows, s" for size in larger),
    ]
    return section("Growth of the older pipeline's steps", header, rows)
