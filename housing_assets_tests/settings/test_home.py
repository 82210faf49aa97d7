from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

CODE = "from housing_assets.cli import main; main(['status'])"
NO_UTF8 = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize("variables", [{"LC_ALL": "C"}, NO_UTF8], ids=["C", "C without UTF-8"])
def test_a_folder_with_umlauts_is_taken_or_refused_by_a_sentence(variables: dict[str, str], tmp_path: Path):
    environment = {**os.environ, **variables, "HOUSING_HOME": str(tmp_path / "Häuser")}
    ended = subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, check=False)
    said = ended.stderr.decode(errors="replace")
    assert "Traceback" not in said
    assert ("set LC_ALL=C.UTF-8" in said) == (variables == NO_UTF8)
