"""Run every linter on its files. Exit code 1 if one finds something."""

from __future__ import annotations

import sys

import click

from housing_assets_tests.delivery.linters import LINTERS, Linter


def has_findings(name: str, linter: Linter) -> bool:
    verdict = linter.lint(*linter.files)
    click.echo(f"{name}: {len(linter.files)} file(s) {'clean' if verdict.returncode == 0 else 'with findings'}")
    if verdict.returncode:
        click.echo(verdict.stdout + verdict.stderr)
    return verdict.returncode != 0


if __name__ == "__main__":
    faulty = [name for name, linter in LINTERS.items() if has_findings(name, linter)]
    sys.exit(bool(faulty))
