"""``make locks-check``: each lock of an image in an environment of its own, and the image's command in it.

As root, the command runs as a user id that has no name, and may write to its working directory alone. It may read all,
because the Python that environments are made of may lie in the home of root.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from housing_assets_tests.conftest import ROOT
from housing_assets_tests.gcs_emulator import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGETS = ("api", "app", "pipeline")
USER = 12345
READING = "+dac_read_search"
AS_NOBODY = ["setpriv", f"--reuid={USER}", "--regid=0", "--clear-groups", "--no-new-privs"]
AS_NOBODY += [f"--inh-caps={READING}", f"--ambient-caps={READING}"]
SECONDS = 600
"""After that it hangs, however slow the machine is."""
UV = Path(sys.executable).with_name("uv")


class SilentError(RuntimeError):
    """A command that ended, or whose server did not answer; with the end of its log."""


def commands(target: str) -> tuple[list[str], list[str]]:
    """The command and the health check of a target of the Dockerfile."""
    stage = (ROOT / "Dockerfile").read_text().split(f" AS {target}\n")[1].split("\nFROM ")[0]
    check, command = re.findall(r"^ *CMD (\[.*\])$", stage, re.MULTILINE)
    return json.loads(command), json.loads(check)


def install(target: str, place: Path) -> None:
    """The lock and the package, as the Dockerfile installs them."""
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, place], check=True)
    pip = [UV, "pip", "install", "--quiet", "--compile-bytecode", "--python", place / "bin" / "python"]
    subprocess.run([*pip, "--require-hashes", "-r", f"requirements-{target}.lock"], check=True, cwd=ROOT)
    build = ["--build-constraints", "requirements-tools.lock"]
    subprocess.run([*pip, "--no-deps", *build, "."], check=True, cwd=ROOT)


def start(target: str, place: Path, folder: Path) -> None:
    """Start the command on a free port, and wait for the health check.

    Raises:
        SilentError: it does not answer.
    """
    command, check = commands(target)
    port = next(word for word in command if word.isdigit())
    free = str(free_port())
    command = [free if word == port else word for word in command]
    check[-1] = check[-1].replace(port, free)
    with running(command, place, folder) as process:
        deadline = time.monotonic() + SECONDS
        while ask(check, place, folder).returncode:
            if process.poll() is not None or time.monotonic() > deadline:
                raise SilentError(f"{target}: {(folder / 'log').read_text()[-3000:]}")
            time.sleep(0.5)


@contextmanager
def running(command: list[str], place: Path, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    entrypoint = ["python", "-m", "housing_assets.deployment.entrypoint"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*unprivileged(), *entrypoint, *command],
            stdout=log,
            stderr=log,
            cwd=folder,
            env=variables(place, folder),
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def ask(check: list[str], place: Path, folder: Path) -> subprocess.CompletedProcess[bytes]:
    command = [*unprivileged(), *check]
    return subprocess.run(command, check=False, capture_output=True, cwd=folder, env=variables(place, folder))


def unprivileged() -> list[str]:
    return AS_NOBODY if os.geteuid() == 0 else []


def variables(place: Path, folder: Path) -> dict[str, str]:
    paths = {"PATH": f"{place / 'bin'}:/usr/bin:/bin", "HOME": "/nowhere", "TMPDIR": str(folder)}
    return paths | {"HOUSING_HOME": str(folder / "data"), "DAGSTER_HOME": str(folder)}


def main() -> None:
    for target in TARGETS:
        with tempfile.TemporaryDirectory(prefix="housing-lock-", ignore_cleanup_errors=True) as name:
            place, folder = Path(name, "venv"), Path(name, "work")
            Path(name).chmod(0o755)
            folder.mkdir()
            for file in ("workspace.yaml", "dagster.yaml"):
                shutil.copy(ROOT / file, folder)
            if os.geteuid() == 0:
                os.chown(folder, USER, 0)
            install(target, place)
            start(target, place, folder)
            click.echo(f"{target}: its command answers")


if __name__ == "__main__":
    main()
