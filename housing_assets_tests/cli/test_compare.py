from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from housing_assets_tests.cli.commands import housing, refused

if TYPE_CHECKING:
    from housing_assets_tests.small_run import SmallRun


def test_a_version_is_what_it_is(project: SmallRun):
    result = housing("compare", "1", "1")
    assert result.stdout.endswith("Settings, data, code and libraries are the same.\n")


def test_metrics_have_their_intervals(project: SmallRun):
    line = next(line for line in housing("compare", "1", "1").stdout.splitlines() if line.startswith("rmse "))
    overall = project.store.history("model_evaluation")[0].measurements["sampling_interval"]["overall"]["rmse"]
    assert line.count(f"({overall['low']:,.5g} to {overall['high']:,.5g})") == 2


def test_what_names_no_evaluation_is_refused_with_the_runs_that_do(project: SmallRun):
    (entry,) = project.store.history("model_evaluation")
    message = refused("compare", "1", "nosuch")
    assert message == f"housing: there is no evaluation of nosuch. Runs that evaluated a model: {entry.run_id[:8]}\n"


def test_settings_that_differ_are_named(project: SmallRun):
    (entry,) = project.store.history("model_evaluation")
    settings = entry.parts["settings"] | {"evaluation": entry.parts["settings"]["evaluation"] | {"resamples": 51}}
    changed = replace(entry, fingerprint="0" * 32, run_id="changed-run", parts=entry.parts | {"settings": settings})
    project.store.record(changed)
    last = housing("compare", entry.run_id, "changed-run").stdout.splitlines()[-1]
    assert last == "setting  evaluation.resamples: 50 → 51"
