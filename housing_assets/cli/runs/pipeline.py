"""Running the pipeline, and asking what a run would do."""

from __future__ import annotations

import json
import os
import shutil
import sys
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    import dagster as dg

    from housing_assets.cli.runs.plan import Plan
    from housing_assets.cli.runs.progress import Progress

INTERRUPTED = 130
"""The exit code of what Ctrl-C ended, as shells have it."""

MOST_NAMED = 3
"""Assets that a line of ``housing diff`` names; of more it gives the number."""


@click.command()
@click.option("--select", default="*", show_default=True, help="'*x' is x and all that it needs.")
@click.option("--force", is_flag=True, help="Compute what is selected even if nothing changed.")
@click.option("--config", type=click.Path(exists=True, dir_okay=False), help="Laid over pipeline.yaml for this run.")
@click.option("--dry-run", is_flag=True, help="Only show the plan: what would be computed, why, and what it took.")
@click.option("-q", "--quiet", is_flag=True, help="Only warnings, failures and the result.")
@click.option("-v", "--verbose", is_flag=True, help="Every message of the steps, too.")
def run(select: str, *, force: bool, config: str | None, dry_run: bool, quiet: bool, verbose: bool) -> None:
    """Bring the assets up to date, and say what it took and where to look next."""
    import dagster as dg

    from housing_assets.cli.instance import project_instance

    overrides = read_overrides(config)
    with project_instance() as instance:
        kwargs = {"executor": _executor(overrides)}
        pipeline = dg.build_reconstructable_job(__name__, "job", reconstructable_kwargs=kwargs)
        keys = _selected(select, pipeline.get_definition())
        plan = _plan(overrides, [key.to_user_string() for key in keys], forced=force)
        if dry_run or not quiet:
            click.echo(plan.sentence())
        if dry_run:
            click.echo("\n".join(plan.lines()))
            return
        _execute(pipeline, instance, plan, overrides, detail=verbose - quiet)


def _plan(overrides: dict[str, Any], selected: list[str], *, forced: bool) -> Plan:
    from housing_assets.cli.runs.plan import make_plan
    from housing_assets.profiles import choose_profile
    from housing_assets.project import FORCE_VARIABLE
    from housing_assets.settings.resource import PipelineSettings

    resources = choose_profile().resources()
    resources["settings"] = PipelineSettings(base=resources["settings"].base, overrides=overrides)
    forced = forced or os.environ.get(FORCE_VARIABLE, "").lower() not in {"", "0", "false"}
    return make_plan(resources, resources["settings"].load(), selected, forced=forced)


def _execute(pipeline: Any, instance: Any, plan: Plan, overrides: dict[str, Any], *, detail: int) -> None:
    """Run what is planned, shown as it goes on, and end with the result or with what failed."""
    import dagster as dg

    from housing_assets.cli.runs.progress import Asset, Progress
    from housing_assets.cli.runs.run_log import errors_in
    from housing_assets.cli.runs.run_view import follow_run
    from housing_assets.project import FORCE_TAG

    log = _log_file()
    progress = Progress({prediction.asset: Asset() for prediction in plan.predictions})
    try:
        with follow_run(log, progress, detail), errors_in(log):
            result = dg.execute_job(
                pipeline,
                instance,
                asset_selection=[dg.AssetKey.from_user_string(asset) for asset in progress.assets],
                tags={FORCE_TAG: "true"} if plan.forced else {},
                run_config=_run_config(overrides, log),
            )
    except (KeyboardInterrupt, dg.DagsterExecutionInterruptedError):
        _stop(progress, log)
    else:
        _end(result, progress, log)


def _stop(progress: Progress, log: Path) -> NoReturn:
    click.echo(f"Stopped: {progress.total()}. Log: {log}", err=True)
    click.echo("What was computed is kept. To go on, give the same command again.", err=True)
    sys.exit(INTERRUPTED)


def _end(result: Any, progress: Progress, log: Path) -> None:
    from housing_assets.cli.runs.run_failure import explain_failure, is_interrupted

    if is_interrupted(result.all_events):
        _stop(progress, log)
    click.echo(f"{progress.total()}. Log: {log}")
    if result.success and _registers(result):
        click.echo(f"\n{_reached()}")
    if not result.success:
        for line in explain_failure(result.all_events):
            click.echo(line, err=True)
        click.echo(f"Run {result.run_id} failed. What was accepted before is still there: housing status", err=True)
        sys.exit(1)


def _log_file() -> Path:
    """A new file for the log of this run."""
    from housing_assets.settings.home import home

    folder = home() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"run-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.log"
    file.touch()
    return file


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
    entries = {prediction.asset: store.current(prediction.asset) for prediction in shown}
    now = datetime.now(UTC)
    for prediction in shown:
        entry = entries[prediction.asset]
        age = describe_age(now - datetime.fromisoformat(entry.created)) if entry else ""
        line = f"{prediction.asset:{width}}  {prediction.state:8} {age:>9}  {'; '.join(prediction.reasons)}".rstrip()
        click.echo(line if assets else fit_line(line))


@click.command()
def diff() -> None:
    """What changed since the last run: settings, code, libraries, the raw file; and which assets that concerns."""
    from housing_assets.assets import STEPS
    from housing_assets.profiles import choose_profile
    from housing_assets.reuse.prediction import predictions

    resources = choose_profile().resources()
    store = resources["store"].open()
    concerned: dict[str, list[str]] = {}
    for each in predictions(STEPS, store, resources["settings"].load(), {**resources, "store": store}):
        for reason in each.reasons:
            if not reason.startswith("upstream "):
                concerned.setdefault(reason, []).append(each.asset)
    for reason, assets in concerned.items():
        shown = ", ".join(assets) if len(assets) <= MOST_NAMED else f"{len(assets)} assets"
        click.echo(f"{reason}: {shown}")
    if not concerned:
        click.echo("Nothing changed since the last run.")


def describe_age(age: timedelta) -> str:
    """The largest unit alone: ``3 days``."""
    for name, seconds in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if count := int(age.total_seconds() // seconds):
            return f"{count} {name}{'s' if count > 1 else ''}"
    return "now"


def fit_line(line: str) -> str:
    """A line of the terminal's width where there is a terminal; `housing status ASSET` has all of it."""
    width = shutil.get_terminal_size().columns
    return f"{line[: width - 1]}…" if sys.stdout.isatty() and len(line) > width else line


def job(executor: str) -> dg.JobDefinition:
    """Every asset. The processes of the steps call it, too."""
    import dagster as dg

    from housing_assets.cli.runs.run_log import run_file_logger
    from housing_assets.definitions import build_definitions

    definitions = build_definitions(executor=executor)
    everything = dg.define_asset_job("housing_run", selection=dg.AssetSelection.all())
    logged = dg.Definitions(jobs=[everything], loggers={"run_file": run_file_logger})
    return dg.Definitions.merge(definitions, logged).resolve_job_def("housing_run")


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


def read_overrides(config: str | None) -> dict[str, Any]:
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


def _run_config(overrides: dict[str, Any], log: Path) -> dict[str, Any]:
    logged = {"loggers": {"run_file": {"config": {"path": str(log)}}}}
    if not overrides:
        return logged
    return {**logged, "resources": {"settings": {"config": {"overrides": overrides}}}}


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
