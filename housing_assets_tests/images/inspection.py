"""What every image must be, looked at from within as a user that it does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets_tests.images.container import USER, Container

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from housing_assets_tests.images.buildah import Image

LARGEST = {"api": 350_000_000}
"""Bytes of what is installed."""
MISSING = "/run/secrets/none"


def faults(target: str, image: Image, data: Path, commit: str, version: str) -> Iterator[str]:
    """What is wrong with the image; ``data`` is a folder for its volume."""
    labels, environment = image.config["Labels"], image.environment
    if labels.get("org.opencontainers.image.revision") != commit or environment.get("HOUSING_GIT_COMMIT") != commit:
        yield "label or variable does not name the commit"
    if labels.get("org.opencontainers.image.version") != version or environment.get("HOUSING_VERSION") != version:
        yield "label or variable does not name the version"
    if (size := installed(image)) > LARGEST.get(target, size):
        yield f"{size / 1e6:.0f} MB are installed: at most {LARGEST[target] / 1e6:.0f}"
    yield from faults_inside(Container(image, mounts={"/data": data}))


def faults_inside(container: Container) -> Iterator[str]:
    who = container.ask("id", "-u").stdout.strip()
    if who != str(USER) or container.image.config["User"].partition(":")[0] in ("", "0", "root"):
        yield f"it runs as {who}, or would as {container.image.config['User']}"
    for place in ("/app", "/venv", "/home/housing"):
        if container.ask("touch", f"{place}/new").returncode == 0:
            yield f"{place} can be written to"
    for place in ("/data", "/tmp"):  # noqa: S108
        if container.ask("touch", f"{place}/new").returncode:
            yield f"{place} cannot be written to"
    if (helped := container.ask("housing", "--help", entrypoint=True)).returncode:
        yield f"housing --help fails: {helped.stderr}"
    broken = Container(container.image, {"WANDB_API_KEY_FILE": MISSING}).ask("true", entrypoint=True)
    if broken.returncode != 2 or MISSING not in broken.stderr:
        yield f"a missing secret is not named: {broken.stderr}"


def installed(image: Image) -> int:
    """Bytes of the files below /venv."""
    return sum(file.lstat().st_size for file in (image.root / "venv").rglob("*"))
