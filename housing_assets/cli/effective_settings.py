"""The settings that hold here, and where each came from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from housing_assets.addresses import public_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@click.command()
@click.argument("section", required=False)
@click.option("--config", type=click.Path(exists=True, dir_okay=False), help="As of `housing run --config`.")
def settings(section: str | None, config: str | None) -> None:
    """The effective settings, all or those of SECTION, and where each came from."""
    from housing_assets.cli.runs.pipeline import read_overrides
    from housing_assets.profiles import choose_profile
    from housing_assets.settings import PIPELINE_FILE
    from housing_assets.settings.pipeline_settings import URI_VARIABLE, PipelineSettings

    profile, overrides = choose_profile(), read_overrides(config)
    base = profile.resources()["settings"].base
    effective = PipelineSettings(base=base, overrides=overrides).load().model_dump(mode="json")
    if section and section not in effective:
        raise click.ClickException(f"there is no section {section}; there are: {', '.join(effective)}")
    uri = {"raw": {"uri": ""}} if os.environ.get(URI_VARIABLE) else {}
    layers = {str(config): overrides, URI_VARIABLE: uri, f"profile {profile.name}": profile.settings}
    rows = list(flatten({section: effective[section]} if section else effective))
    width = max(len(path) for path, _ in rows)
    for path, value in rows:
        source = next((name for name, layer in layers.items() if has_path(layer, path)), PIPELINE_FILE.name)
        shown = public_address(value) if isinstance(value, str) else value
        click.echo(f"{path:{width}}  {shown!s:32}  {source}")


def flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each value that is no mapping, by its path; an empty mapping is a value."""
    for name, value in tree.items():
        if isinstance(value, dict) and value:
            yield from flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def has_path(tree: Mapping[str, Any], path: str) -> bool:
    """Whether ``tree`` sets ``path``, or replaces something above it by a value."""
    found: Any = tree
    for name in path.split("."):
        if not isinstance(found, dict):
            return True
        if name not in found:
            return False
        found = found[name]
    return True
