"""Which linter reads which files. All come from the package index and ask nobody: schemas are carried by them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from housing_assets_tests.conftest import ROOT

PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True)
class Linter:
    """``command`` is given the files that match ``patterns`` of the project, but for those named in ``exceptions``."""

    command: tuple[str, ...]
    patterns: tuple[str, ...]
    exceptions: tuple[str, ...] = ()

    @property
    def files(self) -> list[Path]:
        found = {file for pattern in self.patterns for file in ROOT.glob(pattern)}
        return sorted(file for file in found if file.name not in self.exceptions)

    def lint(self, *files: Path) -> subprocess.CompletedProcess[str]:
        """Its verdict; a status other than 0 is a finding."""
        program, *options = self.command
        command = [str(PROGRAMS / program), *options, *map(str, files)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


LINTERS = {
    "hadolint": Linter(("hadolint", "--failure-threshold", "info"), ("Dockerfile",)),
    "compose": Linter(("check-jsonschema", "--builtin-schema", "vendor.compose-spec"), ("compose.yaml",)),
    "actionlint": Linter(("actionlint", "-shellcheck", str(PROGRAMS / "shellcheck")), (".github/workflows/*.yml",)),
    "zizmor": Linter(("zizmor", "--offline", "--quiet", "--no-progress"), (".github/workflows/*.yml",)),
    "shellcheck": Linter(("shellcheck",), (".ci/run", ".github/**/*.sh", "housing_assets/deployment/**/*.sh")),
    "kubernetes": Linter(
        ("kubernetes-validate", "--strict"),
        ("housing_assets/deployment/kubernetes/*.yaml",),
        exceptions=("dagster-values.yaml", "kustomization.yaml"),  # of Helm and Kustomize: no resources
    ),
}
