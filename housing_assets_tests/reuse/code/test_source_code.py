"""What counts as a change of code, and what does not."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from housing_assets.reuse.code import source_code as source
from housing_assets.reuse.code.source_code import Source, parsed

ORIGINAL = '''
"""A module."""
from __future__ import annotations
from typing import TYPE_CHECKING
import numpy as np
from project import helpers
if TYPE_CHECKING:
    import pandas as pd
LIMIT = 3
"""The limit."""
UNUSED = 4
def helper(x: int) -> int:
    """Add the limit."""
    return x + LIMIT
def body(frame: pd.DataFrame) -> float:
    """The body."""
    from project.domain import deep
    return helper(deep.count(frame)) + np.sum(helpers.ONE)
def bystander():
    return UNUSED
def upstream():
    return 5
def chosen(first=upstream):
    return first
def downstream(upstream):
    return upstream
'''

FORMATTED = """
def other(*a, b=1, **c):
    match a:
        case [x, *_]:
            return f"{x!r:>{b}} {c['d']}"
    report(f"{b} of {len(a)}")
    raise ValueError(f"none of {a}")
"""


SAYING = """
def body(report, log, rows, REMEDY):
    log.info(f"{len(rows)} rows")
    report("fit 1 of 3")
    if not rows:
        raise ValueError("no rows" + REMEDY) from None
    return len(rows)
"""


def source_of(tmp_path: Path, text: str) -> Source:
    file = tmp_path / f"module_{len(list(tmp_path.iterdir()))}.py"
    file.write_text(text)
    return parsed(file)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return x + LIMIT", "return (x  +  LIMIT)  # the sum"),
        ('"""Add the limit."""', '"""Add it."""'),
        ('    """Add the limit."""\n', ""),
        ('"""The limit."""', '"""It."""'),
        ("def helper(x: int) -> int:", "def helper(x):"),
        ("    import pandas as pd", "    import pandas as pd, polars"),
        ("return UNUSED", "return 2 * UNUSED"),
        ("UNUSED = 4", "UNUSED = 5"),
    ],
)
def test_what_does_not_run_in_the_body_does_not_count(tmp_path: Path, before: str, after: str):
    assert before in ORIGINAL
    changed = source_of(tmp_path, ORIGINAL.replace(before, after)).body("body")
    assert changed.digest == source_of(tmp_path, ORIGINAL).body("body").digest


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("LIMIT = 3", "LIMIT = 3.0"),
        ("LIMIT = 3", "LIMIT = 4"),
        ("return x + LIMIT", "return LIMIT + x"),
        ("np.sum(", "np.prod("),
        ("helpers.ONE", "helpers.TWO"),
        ("deep.count(frame)", "deep.count(frame, exact=True)"),
        ("import numpy as np", "import scipy as np"),
    ],
)
def test_what_runs_in_the_body_counts(tmp_path: Path, before: str, after: str):
    assert before in ORIGINAL
    changed = source_of(tmp_path, ORIGINAL.replace(before, after)).body("body")
    assert changed.digest != source_of(tmp_path, ORIGINAL).body("body").digest


def test_decorators_of_the_body_do_not_count(tmp_path: Path):
    decorated = ORIGINAL.replace("def body", "@step(group='models')\ndef body")
    assert source_of(tmp_path, decorated).body("body").digest == source_of(tmp_path, ORIGINAL).body("body").digest


def test_decorators_of_helpers_count(tmp_path: Path):
    decorated = ORIGINAL.replace("def helper", "@twice\ndef helper")
    assert source_of(tmp_path, decorated).body("body").digest != source_of(tmp_path, ORIGINAL).body("body").digest


def test_imports_are_absolute_and_skip_those_for_type_checkers(tmp_path: Path):
    found = source_of(tmp_path, ORIGINAL).body("body").imports("project.module")
    assert found == {("numpy", ""), ("project", "helpers"), ("project.domain", "deep")}


@pytest.mark.parametrize(
    ("statement", "module", "expected"),
    [
        ("from . import a", "project.domain.module", {("project.domain", "a")}),
        ("from .a import b", "project.domain.module", {("project.domain.a", "b")}),
        ("from ..a import b", "project.domain.module", {("project.a", "b")}),
        ("from . import a", "project.domain.__init__", {("project.domain", "a")}),
    ],
)
def test_relative_imports_are_resolved(tmp_path: Path, statement: str, module: str, expected: set[tuple[str, str]]):
    assert source_of(tmp_path, statement).imports(module) == expected


def test_an_edited_file_is_parsed_again(tmp_path: Path):
    file = tmp_path / "module.py"
    file.write_text("A = 1")
    before = parsed(file).digest
    file.write_text("A = 2  ")
    assert parsed(file).digest != before


@pytest.mark.parametrize("version", ["3.12", "3.13"])
def test_the_digest_is_the_same_under_other_minor_versions(tmp_path: Path, version: str):
    python = shutil.which(f"python{version}")
    if python is None or subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode:
        pytest.skip(f"there is no python{version} here")
    module = tmp_path / "module.py"
    module.write_text(ORIGINAL + FORMATTED)
    program = "import pathlib, sys; sys.path.insert(0, sys.argv[1]); from housing_assets.reuse.code import source_code"
    show = "print(source_code.parsed(pathlib.Path(sys.argv[2])).digest)"
    run = [python, "-c", f"{program}; {show}", str(Path(source.__file__).parents[3]), str(module)]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout.strip() == parsed(module).digest


def test_a_parameter_hides_the_function_of_its_name(tmp_path: Path):
    changed = source_of(tmp_path, ORIGINAL.replace("return 5", "return 6")).body("downstream")
    assert changed.digest == source_of(tmp_path, ORIGINAL).body("downstream").digest


def test_a_default_is_looked_up_in_the_file(tmp_path: Path):
    changed = source_of(tmp_path, ORIGINAL.replace("return 5", "return 6")).body("chosen")
    assert changed.digest != source_of(tmp_path, ORIGINAL).body("chosen").digest


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('f"{len(rows)} rows"', 'f"there are {len(rows)} rows"'),
        ("fit 1 of 3", "first fit"),
        ('"no rows" + REMEDY', '"empty: " + REMEDY'),
        ('"no rows" + REMEDY', '"; ".join(rows)'),
    ],
)
def test_what_is_said_to_people_does_not_count(tmp_path: Path, before: str, after: str):
    assert source_of(tmp_path, SAYING).digest == source_of(tmp_path, SAYING.replace(before, after)).digest


@pytest.mark.parametrize(
    ("before", "after"),
    [("ValueError", "TypeError"), ("if not rows", "if rows"), ("return len(rows)", 'return "rows"')],
)
def test_what_is_done_beside_it_counts(tmp_path: Path, before: str, after: str):
    assert source_of(tmp_path, SAYING).digest != source_of(tmp_path, SAYING.replace(before, after)).digest


def test_a_constant_that_only_an_error_says_does_not_count(tmp_path: Path):
    code = 'REMEDY = "run again"\ndef body(x):\n    raise ValueError(f"no: {REMEDY}")\n'
    changed = code.replace("run again", "start anew")
    assert source_of(tmp_path, code).body("body").digest == source_of(tmp_path, changed).body("body").digest
