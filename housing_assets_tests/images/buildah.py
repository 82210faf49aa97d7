"""Builds without a Docker engine and without a registry, on a base image of Debian's packages."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from housing_assets_tests.conftest import ROOT

BASE = "docker.io/library/python:3.11-slim"
PACKAGES = "python3.11,python3.11-venv,python3-pip,ca-certificates"
CERTIFICATES = Path("etc/ssl/certs/ca-certificates.crt")
MIRROR = "http://deb.debian.org/debian"
TARGETS = ("api", "app", "pipeline")
"""Small ones first: what is wrong with all shows soonest."""


@dataclass(frozen=True)
class Buildah:
    """Images kept below ``folder``."""

    folder: Path

    def run(self, *arguments: str) -> str:
        """What it prints. What it does is in ``build.log``.

        Raises:
            subprocess.CalledProcessError: it failed.
        """
        places = ["--root", str(self.folder / "root"), "--runroot", str(self.folder / "run")]
        command = ["buildah", *places, "--storage-driver", "vfs", *arguments]
        with (self.folder / "build.log").open("a") as log:
            log.write(f"\n$ {' '.join(command)}\n")
            log.flush()
            return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=log, text=True).stdout.strip()

    def has(self, image: str) -> bool:
        return image in self.run("images", "--format", "{{.Name}}:{{.Tag}}").split()

    def make_base(self) -> None:
        """A stand-in of Debian 12 and its Python 3.11, by the name of the real one."""
        root = self.folder / "base"
        shutil.rmtree(root, ignore_errors=True)
        command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", str(root), MIRROR]
        with (self.folder / "build.log").open("a") as log:
            subprocess.run(command, check=True, stdout=log, stderr=log)
        as_official_image(root)
        container = self.run("from", "scratch")
        self.run("add", container, str(root), "/")
        variables = {"SSL_CERT_FILE": f"/{CERTIFICATES}", "PATH": "/usr/local/bin:/usr/bin:/bin"}
        flags = [flag for name, value in variables.items() for flag in ("--env", f"{name}={value}")]
        self.run("config", *flags, "--cmd", "python", container)
        self.run("commit", container, BASE)
        self.run("rm", container)
        shutil.rmtree(root)

    def build(self, target: str, commit: str, version: str) -> None:
        known = {"HOUSING_GIT_COMMIT": commit, "HOUSING_VERSION": version}
        arguments = [flag for name, value in known.items() for flag in ("--build-arg", f"{name}={value}")]
        how = ["--isolation", "chroot", "--pull-never", "--format", "docker", "--layers=false"]
        self.run("build", *how, *arguments, "--target", target, "-t", f"housing_assets/{target}", str(ROOT))

    def unpack(self, target: str) -> Image:
        """A copy of its root file system, and what the image says of itself."""
        described = json.loads(self.run("inspect", "--type", "image", f"localhost/housing_assets/{target}"))
        container = self.run("from", "--pull-never", f"localhost/housing_assets/{target}")
        return Image(Path(self.run("mount", container)), described["Docker"]["config"])


@dataclass(frozen=True)
class Image:
    """``config`` has what Docker knows: Env, Entrypoint, Cmd, User, WorkingDir, Labels, Healthcheck."""

    root: Path
    config: dict[str, Any]

    @property
    def environment(self) -> dict[str, str]:
        return dict(each.split("=", 1) for each in self.config["Env"])


def as_official_image(root: Path) -> None:
    """What differs from Debian's own: ``python`` by that name, pip may install, and this machine's certificates."""
    (root / "usr/local/bin/python").symlink_to("/usr/bin/python3.11")
    (root / "usr/lib/python3.11/EXTERNALLY-MANAGED").unlink(missing_ok=True)
    if Path("/", CERTIFICATES).is_file():
        shutil.copyfile(Path("/", CERTIFICATES), root / CERTIFICATES)
    shutil.rmtree(root / "var/cache/apt", ignore_errors=True)
