"""Which code and which libraries are running."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from housing_assets.domain.libraries import LIBRARIES

COMMIT_VARIABLE = "HOUSING_GIT_COMMIT"
VERSION_VARIABLE = "HOUSING_VERSION"
"""Set where the code runs without its repository, as in an image."""


def git_commit() -> str:
    """The commit of this code, with a word on changes that are not committed; ``unknown`` outside a repository."""
    if commit := os.environ.get(COMMIT_VARIABLE):
        return commit
    commit = ask_git("rev-parse", "HEAD")
    if commit is None:
        return "unknown"
    return f"{commit} with uncommitted changes" if ask_git("status", "--porcelain", "--", ".") else commit


def code_version() -> str:
    """The version of this code: that of the image, else of the installed package."""
    return os.environ.get(VERSION_VARIABLE) or version("housing_assets")


def ask_git(*arguments: str) -> str | None:
    """What git says about the folder of this package, or None if it cannot say."""
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "-C", str(Path(__file__).parent.parent), *arguments]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)  # noqa: S603
    return answer.stdout.strip() if answer.returncode == 0 else None


def libraries() -> dict[str, str]:
    """The versions of the libraries of the project's table; one that is not installed is left out."""
    found = {}
    for library in LIBRARIES:
        try:
            found[library.distribution] = version(library.distribution)
        except PackageNotFoundError:
            continue
    return found
