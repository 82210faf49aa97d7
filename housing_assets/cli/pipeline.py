"""Running the pipeline, and asking what a run would do."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    import dagster as dg


@click.command()
@click.option("--select", default="*", show_default=True, help="'*x' is x and all that it needs.")
@click.option("--force", is_flag=True, help="Compute what is selected even if nothing changed.")
@click.option("--config", type=click.Path(exists=True, dir_okay=False), help="Laid over pipeline.yaml for this run.")
def run(select: str, *, force: bool, config: str | None) -> None:
    """Bring the assets up to date, and say what it took and where to look next."""
    import dagster as dg

    from housing_assets.cli.instance import project_instance
    from housing_assets.reuse.execution import FORCE_TAG

    overrides = _overrides(config)
    with project_instance() as instance:
        kwargs = {"executor": _executor(overrides)}
        pipeline = dg.build_reconstructable_job(__name__, "job", reconstructable_kwargs=kwargs)
        result = dg.execute_job(
            pipeline,
            instance,
            asset_selection=_selected(select, pipeline.get_definition()),
            tags={FORCE_TAG: "true"} if force else {},
            run_config=_run_config(overrides),
        )
        click.echo(_summary(result))
    if result.success and _registers(result):
        click.echo(f"\n{_reached()}")
    if not result.success:
        click.echo(f"\nRun {result.run_id} failed. What was accepted before is still there: housing status", err=True)
        sys.exit(1)


@click.command()
@click.argument("assets", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable.")
def status(assets: tuple[str, ...], *, as_json: bool) -> None:
    """Say for each asset whether the next run computes it, and why."""
    from housing_assets.assets import STEPS
    from housing_assets.profiles import choose_profile
    from housing_assets.reuse.prediction import predictions

    resources = choose_profile().resources()
    store = resources["store"].open()
    found = predictions(STEPS, store, resources["settings"].load(), {**resources, "store": store})
    if unknown := set(assets) - {prediction.asset for prediction in found}:
        raise click.ClickException(f"there is no asset {', '.join(sorted(unknown))}; `dagster asset list` has them all")
    shown = [prediction for prediction in found if not assets or prediction.asset in assets]
    if as_json:
        click.echo(json.dumps([prediction.as_json() for prediction in shown], indent=2))
        return
    width = max((len(prediction.asset) for prediction in shown), default=0)
    for prediction in shown:
        click.echo(f"{prediction.asset:{width}}  {prediction.state:8} {'; '.join(prediction.reasons)}".rstrip())


def job(executor: str) -> dg.JobDefinition:
    """Every asset. The processes of the steps call it, too."""
    import dagster as dg

    from housing_assets.definitions import build_definitions

    definitions = build_definitions(executor=executor)
    everything = dg.define_asset_job("housing_run", selection=dg.AssetSelection.all())
    return dg.Definitions.merge(definitions, dg.Definitions(jobs=[everything])).resolve_job_def("housing_run")


def _executor(overrides: dict[str, Any]) -> str:
    """That of the settings of this very run. Raises ``SettingsError``."""
    from housing_assets.profiles import choose_profile
    from housing_assets.settings.resource import PipelineSettings

    base = choose_profile().resources()["settings"].base
    return str(PipelineSettings(base=base, overrides=overrides).load().compute.executor)


def _registers(result: Any) -> bool:
    return any(event.asset_key.to_user_string() == "registered_model" for event in _materializations(result))


def _materializations(result: Any) -> list[Any]:
    return [event for event in result.all_events if event.is_step_materialization]


def _selected(select: str, job: dg.JobDefinition) -> list[dg.AssetKey]:
    import dagster as dg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # of a parameter that Dagster itself passes
        selection = dg.AssetSelection.from_string(select)
    keys = selection.resolve(job.asset_layer.asset_graph)
    if not keys:
        raise click.ClickException(f"--select {select!r} selects no asset")
    return sorted(keys)


def _overrides(config: str | None) -> dict[str, Any]:
    import yaml

    if not config:
        return {}
    try:
        overrides = yaml.safe_load(Path(config).read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{config} is not YAML: {error}") from None
    if overrides is not None and not isinstance(overrides, dict):
        raise click.ClickException(f"{config} has no sections, as pipeline.yaml has: it is {type(overrides).__name__}")
    return overrides or {}


def _run_config(overrides: dict[str, Any]) -> dict[str, Any]:
    quiet = {"loggers": {"console": {"config": {"log_level": "INFO"}}}}
    if not overrides:
        return quiet
    return {**quiet, "resources": {"settings": {"config": {"overrides": overrides}}}}


def _summary(result: Any) -> str:
    """Seconds an asset, computed or reused, and their sum."""
    lines, total = [], 0.0
    for event in _materializations(result):
        metadata = event.step_materialization_data.materialization.metadata
        reused, seconds = metadata["reused"].value, float(metadata["compute_seconds"].value)
        total += 0.0 if reused else seconds
        outcome = "reused" if reused else f"{seconds:8.1f} s"
        lines.append(f"{event.asset_key.to_user_string():24} {outcome:>12}")
    return "\n".join([f"{'asset':24} {'':>12}", *lines, f"{'computed in':24} {total:10.1f} s"])


def _reached() -> str:
    """The registered version, how good it is on the test rows, and where to look next."""
    from housing_assets.profiles import choose_profile

    resources = choose_profile().resources()
    store, server = resources["store"].open(), resources["mlflow_server"]
    evaluation, registered = store.current("model_evaluation"), store.current("registered_model")
    if evaluation is None or registered is None:
        raise LookupError("the run registered a model, but the store does not say which: see housing status")
    metrics, version = evaluation.measurements["overall"], registered.measurements
    shown = "  ".join(
        f"{name} {value:,.4g}" if value < 1000 else f"{name} {value:,.0f}" for name, value in metrics.items()
    )
    return "\n".join(
        [
            f"{version['name']} version {version['version']}, on {metrics['rows']:,} test rows:",
            f"  {shown}",
            "Look at the assets:   housing up, then http://127.0.0.1:3000",
            f"Look at the model:    mlflow ui --backend-store-uri {server.tracking_uri}",
            "Judge and promote it: housing checks; housing promote staging --why REASON",
            "Ask it for prices:    housing serve, then http://127.0.0.1:8000/docs",
        ]
    )
