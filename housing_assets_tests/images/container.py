"""A root file system run as a container engine would: read-only, as any user, with processes and mounts of its own.

Not as an engine would: the network is that of whoever starts it, and nothing limits processors and memory.
"""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from housing_assets_tests.images.buildah import Image

USER = 12345
"""No image knows it."""
MEMORY = ("/tmp", "/dev/shm")  # noqa: S108  of the container


@dataclass(frozen=True)
class Container:
    """``mounts`` are paths of this machine by path in the container."""

    image: Image
    environment: Mapping[str, str] = field(default_factory=dict)
    mounts: Mapping[str, Path] = field(default_factory=dict)
    user: int = USER

    def ask(self, *command: str, seconds: float = 600, entrypoint: bool = False) -> subprocess.CompletedProcess[str]:
        """Run ``command`` to its end; its output and status."""
        return subprocess.run(
            self._isolated([*self._entrypoint(entrypoint), *command]),
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )

    def start(self, command: Sequence[str], log: IO[str]) -> subprocess.Popen[str]:
        """Start it with its entrypoint; killing the process ends all that it started."""
        arguments = self._isolated([*self._entrypoint(True), *command])
        return subprocess.Popen(arguments, stdout=log, stderr=subprocess.STDOUT, text=True, start_new_session=True)

    def _entrypoint(self, wanted: bool) -> list[str]:
        return list(self.image.config["Entrypoint"]) if wanted else []

    def _isolated(self, command: Sequence[str]) -> list[str]:
        for place, source in self.mounts.items():
            make_mount_point(self.image.root / place.lstrip("/"), source)
        return [
            *("unshare", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"),
            *("sh", "-euc", self._script(command)),
        ]

    def _script(self, command: Sequence[str]) -> str:
        root = str(self.image.root)
        binds = [["mount", "--bind", str(source), root + place] for place, source in self.mounts.items()]
        variables = [f"{name}={value}" for name, value in (self.image.environment | dict(self.environment)).items()]
        start = ["/usr/bin/env", "-i", "-C", self.image.config["WorkingDir"]]
        lines = [
            ["mount", "--bind", root, root],
            ["mount", "-o", "remount,bind,ro", root],
            ["mount", "-t", "proc", "proc", f"{root}/proc"],
            ["mount", "--bind", "/dev", f"{root}/dev"],
            *(["mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", root + place] for place in MEMORY),
            *binds,
            ["exec", "chroot", f"--userspec={self.user}:0", "--groups=0", root, *start, *variables, *command],
        ]
        return "\n".join(shlex.join(line) for line in lines)


def make_mount_point(point: Path, source: Path) -> None:
    point.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        point.mkdir(exist_ok=True)
    else:
        point.touch()
