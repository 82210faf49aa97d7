"""Removing what nothing needs, from the store and from this disk."""

from __future__ import annotations

import click


@click.command()
@click.option("--keep-days", default=30, show_default=True, help="Results that are younger stay.")
@click.option("--delete", is_flag=True, help="Really remove; without it, only say what would go.")
def gc(keep_days: int, *, delete: bool) -> None:
    """Remove stored objects that nothing refers to: no current asset, no registered model, no recent result.

    Local folders of W&B runs that are older than tracking.wandb_keep_days go, too, logs of runs that are older than
    tracking.log_keep_days, and records of answers and outcomes that are older than serving.log_days.
    """
    from housing_assets.cli.model_versions import open_releases, settings
    from housing_assets.cli.runs.run_log import old_logs
    from housing_assets.registry.retention import registered_objects, unneeded_copies
    from housing_assets.serving.log.log_files import old_records
    from housing_assets.settings.home import home
    from housing_assets.tracking.offline_runs import old_runs, remove_runs

    releases, tracking = open_releases(), settings().tracking
    store = releases.store
    copies = unneeded_copies(releases, keep_days)
    report = store.collect_garbage(keep_days, registered_objects(releases), dry_run=not delete)
    runs, logs = old_runs(home(), tracking.wandb_keep_days), old_logs(home() / "logs", tracking.log_keep_days)
    records = old_records(store.blobs, settings().serving.log_days, dry_run=not delete)
    for name in [blob.name for blob in (*report.removed, *copies)] + [path.name for path in (*runs, *logs)] + records:
        click.echo(name)
    if delete:
        for blob in copies:
            store.blobs.delete(blob.name)
        remove_runs(runs)
        for file in logs:
            file.unlink(missing_ok=True)
    size = report.size + sum(blob.size for blob in copies)
    counts = [f"{len(report.removed) + len(copies)} object(s), {size / 1e6:.1f} MB"]
    counts += [f"{len(runs)} folder(s) of W&B runs"] if runs else []
    counts += [f"{len(logs)} log(s)"] if logs else []
    counts += [f"{len(records)} record(s) of answers"] if records else []
    click.echo(f"{'removed' if delete else 'would remove'} {', '.join(counts)}{'' if delete else ' (--delete)'}")
