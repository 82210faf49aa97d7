"""The API, on the model that is in production."""

from __future__ import annotations

import logging
import os
from importlib.util import find_spec
from pathlib import Path

import click

from housing_assets.loopback import API_PORT

KEYS_VARIABLE = "HOUSING_API_KEYS_FILE"
NEEDED = ("fastapi", "uvicorn", "prometheus_client")


@click.command()
@click.option("--port", default=8000, show_default=True, envvar=API_PORT, show_envvar=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets other machines ask.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes.  [serving.workers]")
@click.option("--model", "wanted", help="An alias or a version.  [what is in production]")
@click.option(
    "--keys",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar=KEYS_VARIABLE,
    show_envvar=True,
    help="A file of API keys, one a line; it is read again when it changes. Without it no key is asked for.",
)
def serve(port: int, host: str, workers: int | None, wanted: str | None, keys: Path | None) -> None:
    """Answer with prices over HTTP, and follow what is promoted and rolled back."""
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise click.ClickException(f"{', '.join(missing)} not installed: pip install 'housing_assets[serve]'")
    from housing_assets.serving.processes import ONE_THREAD, Server

    os.environ.update(ONE_THREAD)  # before numpy is imported: workers are forked, and one fit has one thread
    from housing_assets.cli.model_access import open_model_source
    from housing_assets.serving.current_model import CurrentModel
    from housing_assets.serving.log.prediction_log import open_log
    from housing_assets.settings import load_settings

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    settings = load_settings()
    source = open_model_source(settings)
    server = Server(
        CurrentModel(source, wanted or settings.registry.production_alias),
        settings.serving,
        host,
        port,
        workers or settings.serving.workers,
        coverage=settings.evaluation.coverage,
        staging=CurrentModel(source, settings.registry.candidate_alias),
        key_file=keys,
        log=open_log(source.store.blobs, settings.serving),
    )
    server.run(lambda address: click.echo(f"prices: {address}/api/v1/predict, described at {address}/docs"))
