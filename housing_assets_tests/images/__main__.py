"""Build every target, look into it, and let the services of compose.yaml make a model and answer with a price.

``python -m housing_assets_tests.images [--folder FOLDER]``, as root on Debian with buildah, debootstrap and postgresql.
Exits with 1 and the reasons if anything is not as it should be.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import click

from housing_assets_tests.conftest import ROOT
from housing_assets_tests.images.buildah import BASE, TARGETS, Buildah, Image
from housing_assets_tests.images.inspection import faults, installed
from housing_assets_tests.images.journey import LostError, travel
from housing_assets_tests.images.stand_in import StandIn, UnhealthyError

NEEDED = ("buildah", "debootstrap", "setpriv", "unshare", "ip")
NEW_NETWORK = 0x40000000
"""``CLONE_NEWNET`` of Linux."""


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), help="Keeps the images.  [removed at the end]")
def main(folder: Path | None) -> None:
    """Check the images and compose.yaml without Docker."""
    if missing := [name for name in NEEDED if shutil.which(name) is None]:
        raise click.ClickException(f"{', '.join(missing)} not installed: apt-get install buildah debootstrap iproute2")
    place = folder or Path(tempfile.mkdtemp(prefix="housing-images-", dir="/var/tmp"))
    place.mkdir(exist_ok=True)
    place.chmod(0o755)
    try:
        found = check(place)
    finally:
        if folder is None:
            shutil.rmtree(place)
    click.echo("\n".join(f"FAILED {fault}" for fault in found) if found else "all is well")
    sys.exit(bool(found))


def check(place: Path) -> list[str]:
    """Every fault of the images; if there is none, the first one on the way from a run to a price."""
    commit = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=ROOT, text=True).strip()
    release = version("housing_assets")
    images = built(place, commit, release)
    found = []
    for target, image in images.items():
        with tempfile.TemporaryDirectory(dir=place) as data:
            Path(data).chmod(0o775)
            found += [f"{target}: {fault}" for fault in faults(target, image, Path(data), commit, release)]
    return found or on_the_way(images, place, commit, release)


def built(place: Path, commit: str, release: str) -> dict[str, Image]:
    buildah, images = Buildah(place), {}
    if not buildah.has(BASE):
        buildah.make_base()
    for target in TARGETS:
        started = time.monotonic()
        buildah.build(target, commit, release)
        images[target] = buildah.unpack(target)
        size = installed(images[target]) / 1e6
        click.echo(f"{target}: built in {time.monotonic() - started:.0f} s, {size:.0f} MB installed")
    return images


def on_the_way(images: dict[str, Image], place: Path, commit: str, release: str) -> list[str]:
    """In a network of its own: nothing outside is reached, and no port is taken."""
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_NETWORK):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    folder = Path(tempfile.mkdtemp(prefix="services-", dir=place))
    folder.chmod(0o755)
    stand_in = StandIn(images, folder)
    started = time.monotonic()
    try:
        with stand_in.running():
            click.echo(f"all services are healthy after {time.monotonic() - started:.0f} s")
            answer = travel(stand_in, commit, release)
    except (LostError, UnhealthyError) as error:
        return [str(error), *(f"log of {name}: {stand_in.log(name)}" for name in stand_in.processes)]
    click.echo(f"a price after {time.monotonic() - started:.0f} s: {answer}")
    return []


if __name__ == "__main__":
    main()
