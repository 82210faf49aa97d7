"""The name of the user, with and without an entry in the machine's list."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

CODE = """
import os
from housing_assets.users import user_name

os.setuid(4242)
print(user_name())
"""
NAMES = ("LOGNAME", "USER", "LNAME", "USERNAME")


@pytest.mark.skipif(os.getuid() != 0, reason="only root may become another user")
def test_a_user_without_a_name_is_called_by_number():
    environment = {name: value for name, value in os.environ.items() if name not in NAMES}
    shown = subprocess.run([sys.executable, "-c", CODE], env=environment, check=True, capture_output=True, text=True)
    assert shown.stdout == "uid 4242\n"
