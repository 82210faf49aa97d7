"""The services of ``compose.yaml`` without Compose: our images as they are, Debian's PostgreSQL for that of the file.

All share one network, that of whoever starts them, in which every name of a service is this machine.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from housing_assets.deployment.random_secrets import make_secrets
from housing_assets_tests.conftest import ROOT
from housing_assets_tests.delivery.composition import Service, composition, in_order, services
from housing_assets_tests.images.container import Container
from housing_assets_tests.postgres_server import programs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from housing_assets_tests.images.buildah import Image

SECONDS = 600
"""Longest that a service may take to become healthy."""


class UnhealthyError(RuntimeError):
    """A service that ended, or did not become healthy; with the end of its log."""


@dataclass
class StandIn:
    """``images`` by target; what services keep and say is below ``folder``."""

    images: Mapping[str, Image]
    folder: Path
    processes: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Within it, every service of ours is healthy."""
        make_secrets(self.folder / "secrets")
        known = services()
        (self.folder / "hosts").write_text(f"127.0.0.1 localhost {' '.join(known)}\n")
        with ExitStack() as stack:
            stack.enter_context(self._postgres())
            stack.callback(self._stop)
            for service in in_order(known):
                if service.target:
                    self._start(service)
            yield

    def container(self, service: Service) -> Container:
        """What the service runs in; any number of them, as with ``docker compose run``."""
        described = service.description
        mounts = {f"/run/secrets/{name}": self.folder / "secrets" / name for name in described.get("secrets", [])}
        for each in described.get("volumes", []):
            name, place = each.split(":")
            mounts[place] = self._volume(name)
        image = self.images[str(service.target)]
        return Container(image, described.get("environment", {}), mounts | {"/etc/hosts": self.folder / "hosts"})

    def _volume(self, name: str) -> Path:
        """As a named volume is first: with the rights of the folder in the image."""
        place = self.folder / "volumes" / name
        place.mkdir(parents=True, exist_ok=True)
        place.chmod(0o775)
        return place

    def _start(self, service: Service) -> None:
        container = self.container(service)
        command = service.description.get("command", container.image.config["Cmd"])
        with (self.folder / f"{service.name}.log").open("w") as log:
            self.processes[service.name] = container.start(command, log)
        deadline = time.monotonic() + SECONDS
        while True:
            found = container.ask(*service.health_check, seconds=120)
            if found.returncode == 0:
                return
            if self.processes[service.name].poll() is not None or time.monotonic() > deadline:
                raise UnhealthyError(f"{service.name}: {found.stdout}{found.stderr}\n{self.log(service.name)}")
            time.sleep(1)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-3000:]

    def _stop(self) -> None:
        for process in reversed(self.processes.values()):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    @contextmanager
    def _postgres(self) -> Iterator[None]:
        """With the user, the password and the databases that the file says."""
        found = programs()
        if found is None:
            raise FileNotFoundError("there is no PostgreSQL server here: apt-get install postgresql")
        described = services()["postgres"].description
        database = described["environment"]["POSTGRES_DB"]
        user = described["environment"]["POSTGRES_USER"]
        data = self.folder / "postgres"
        password = self.folder / "postgres-password"
        shutil.copyfile(self.folder / "secrets" / "postgres_password", password)
        data.mkdir()
        for place in (data, password):
            shutil.chown(place, "postgres")
        as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        initdb = [found / "initdb", "-D", data, "-U", user, "--auth=scram-sha-256", f"--pwfile={password}"]
        subprocess.run([*as_postgres, *initdb], check=True, capture_output=True, cwd="/")
        with (self.folder / "postgres.log").open("w") as log:
            server = [found / "postgres", "-D", data, "-k", data, "-h", "127.0.0.1"]
            process = subprocess.Popen([*as_postgres, *server], stdout=log, stderr=log, cwd="/")
        try:
            first = f"CREATE DATABASE {database}"
            script = (ROOT / initial_script()).read_text()
            psql = [found / "psql", "-qX", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-U", user, "-d", "postgres"]
            environment = {**os.environ, "PGPASSWORD": password.read_text().strip()}
            wait_for([found / "pg_isready", "-h", "127.0.0.1"])
            for statement in (first, script):
                subprocess.run([*psql, "-c", statement], check=True, env=environment, capture_output=True)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()


def initial_script() -> str:
    """The file that makes the databases."""
    mounts = composition()["services"]["postgres"]["volumes"]
    return next(each.split(":")[0] for each in mounts if "/docker-entrypoint-initdb.d/" in each)


def wait_for(command: list[str | Path]) -> None:
    deadline = time.monotonic() + SECONDS
    while subprocess.run(command, check=False, capture_output=True).returncode:
        if time.monotonic() > deadline:
            raise UnhealthyError(f"{command[0]} never succeeded")
        time.sleep(0.2)
