"""Running the pipeline, or only planning it."""

from __future__ import annotations

import os
import sys
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    import dagster as dg

    from housing_assets.cli.runs.plan import Plan
    from housing_assets.cli.runs.progress import Progress

INTERRUPTED = 130
"""The exit code of what Ctrl-C ended, as shells have it."""


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
    from housing_assets.settings.pipeline_settings import PipelineSettings

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
    click.echo(f"Stopped: {progress.total()}. Log: {short_path(log)}", err=True)
    click.echo("What was computed is kept. To go on, give the same command again.", err=True)
    sys.exit(INTERRUPTED)


def _end(result: Any, progress: Progress, log: Path) -> None:
    from housing_assets.cli.runs.run_failure import explain_failure, is_interrupted
    from housing_assets.cli.runs.run_result import describe_version, registers

    if is_interrupted(result.all_events):
        _stop(progress, log)
    click.echo(f"{progress.total()}. Log: {short_path(log)}")
    if result.success and registers(result):
        click.echo(f"\n{describe_version()}")
    if not result.success:
        for line in explain_failure(result.all_events):
            click.echo(line, err=True)
        click.echo(f"Run {result.run_id[:8]} failed. What was accepted before is still there: housing status", err=True)
        sys.exit(1)


def short_path(path: Path) -> Path:
    """Relative to the working directory where it is below that, as a person would give it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _log_file() -> Path:
    """A new file for the log of this run."""
    from housing_assets.settings.home import home

    folder = home() / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"run-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.log"
    file.touch()
    return file


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
    from housing_assets.settings.pipeline_settings import PipelineSettings

    base = choose_profile().resources()["settings"].base
    return str(PipelineSettings(base=base, overrides=overrides).load().compute.executor)


def _selected(select: str, job: dg.JobDefinition) -> list[dg.AssetKey]:
    import dagster as dg

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)  # of a parameter that Dagster itself passes
        try:
            selection = dg.AssetSelection.from_string(select)
        except dg.DagsterError:
            raise click.ClickException(
                f"--select {select!r} is no selection; x is one asset, '*x' all that it needs too, 'key:x or key:y' two"
            ) from None
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
