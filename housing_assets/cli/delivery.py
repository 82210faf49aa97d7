"""What a workflow asks before and after a version goes into production."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from housing_assets.app.client import ApiClient

PAUSE_SECONDS = 1.0


@click.command()
@click.option("--card", is_flag=True, help="Print the model card, as Markdown.")
def registered(*, card: bool) -> None:
    """Name what was registered last, as lines of NAME=VALUE: name, version and digest."""
    from housing_assets.profiles import choose_profile
    from housing_assets.reuse.computed import deserialise_metadata

    entry = choose_profile().resources()["store"].open().current("registered_model")
    if entry is None:
        raise click.ClickException("nothing is registered yet: housing run")
    if card:
        click.echo(deserialise_metadata(entry.metadata)["model_card"].value)
        return
    for name in ("name", "version", "digest"):
        click.echo(f"{name}={entry.measurements[name]}")


@click.command()
@click.argument("address", metavar="URL")
@click.option("--version", type=int, help="That the API has to name.  [what the ledger says is in production]")
@click.option("--seconds", default=120.0, show_default=True, help="After which it has failed.")
def smoke_test(address: str, version: int | None, seconds: float) -> None:
    """Ask the API at URL for a price until its answer names the version. HOUSING_API_KEY is its key, if it wants one.

    Exits with 1 if it does not.
    """
    from housing_assets.app.client import ApiClient

    wanted = in_production() if version is None else version
    client = ApiClient(address.rstrip("/"), os.environ.get("HOUSING_API_KEY", ""))
    try:
        answer = await_version(client, wanted, seconds)
    except TimeoutError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
    price, model = answer["predictions"][0]["price"], answer["model"]
    click.echo(f"version {wanted} ({model['digest'][:12]}) answers: {price:,.0f} dollars for the example")


def in_production() -> int:
    """The version that the ledger names.

    Raises:
        click.ClickException: it names none.
    """
    from housing_assets.cli.model_versions import open_releases

    entries = open_releases().history()
    if not entries:
        raise click.ClickException("nothing is in production yet: housing promote VERSION --why REASON")
    return int(entries[-1].to_version)


def await_version(client: ApiClient, version: int, seconds: float) -> dict[str, Any]:
    """The first answer that names ``version``.

    Raises:
        TimeoutError: none did within ``seconds``; the text says what the last one was.
    """
    from housing_assets.app.client import ApiAwayError, NoAnswerError

    deadline = time.monotonic() + seconds
    while True:
        try:
            answer: dict[str, Any] = client.post("/api/v1/predict?model=production", {"instances": [example()]})
        except (ApiAwayError, NoAnswerError) as error:
            seen = str(error)
        else:
            if answer["model"]["version"] == version:
                return answer
            seen = f"the answer names version {answer['model']['version']}"
        if time.monotonic() > deadline:
            raise TimeoutError(f"{client.address} did not answer with version {version}: {seen}")
        time.sleep(PAUSE_SECONDS)


def example() -> dict[str, Any]:
    """A block group in the hills of Oakland."""
    from housing_assets.domain.schema import CATEGORICAL
    from housing_assets.serving.row_schema import EXAMPLE_CATEGORIES, EXAMPLES

    return {name: values[0] for name, values in EXAMPLES.items()} | {CATEGORICAL: EXAMPLE_CATEGORIES[0]}
