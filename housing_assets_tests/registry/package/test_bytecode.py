from __future__ import annotations

import os
import py_compile
import shutil
import subprocess
import sys
from importlib.util import MAGIC_NUMBER, cache_from_source
from typing import TYPE_CHECKING

import pytest

from housing_assets.registry.package.bytecode import compiled_from_source, origin
from housing_assets_tests.registry.packages import environment, run

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = '''
"""A module."""
NAMES = frozenset({"a", "b", "c"})

def price(rows: int = 3) -> float:
    """Dollars."""
    assert rows
    return sum(0.5 for name in NAMES if name in {"b", "d"}) + rows

class Model:
    scale = -0.0
'''
OTHER = SOURCE.replace("+ rows", "- rows")
CACHE = cache_from_source("code/model.py")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "model.py").write_text(SOURCE)
    return tmp_path


def plant(folder: Path, source: str, mode: py_compile.PycInvalidationMode, name: str = CACHE) -> None:
    """Bytecode of ``source`` under the name that Python looks for, as fresh as Python wants it."""
    original = folder / "code" / "model.py"
    other = folder.parent / "other.py"
    other.write_text(source)
    moment = original.stat().st_mtime_ns
    os.utime(other, ns=(moment, moment))
    (folder / name).parent.mkdir(exist_ok=True)
    py_compile.compile(str(other), cfile=str(folder / name), invalidation_mode=mode)


def accepted(folder: Path, name: str = CACHE) -> bool:
    return compiled_from_source(folder, [name], ["code/model.py"]) == {name}


@pytest.mark.parametrize("options", [[], ["-O"], ["-OO"]], ids=str)
def test_what_python_keeps_passes(folder: Path, options: list[str]):
    command = [sys.executable, *options, "-c", "import model"]
    subprocess.run(command, env=environment(), cwd=folder / "code", check=True)
    (name,) = [file.relative_to(folder).as_posix() for file in folder.rglob("*.pyc")]

    assert accepted(folder, name)


def test_it_passes_after_the_folder_was_moved(folder: Path, tmp_path_factory: pytest.TempPathFactory):
    run("import model", cwd=folder / "code", search=folder / "code")
    moved = tmp_path_factory.mktemp("moved") / "folder"
    shutil.copytree(folder, moved)

    assert accepted(moved)


@pytest.mark.parametrize("mode", py_compile.PycInvalidationMode)
def test_that_of_the_source_passes_however_python_checks_it(folder: Path, mode: py_compile.PycInvalidationMode):
    plant(folder, SOURCE, mode)

    assert accepted(folder)


@pytest.mark.parametrize("mode", py_compile.PycInvalidationMode)
def test_that_of_another_source_does_not(folder: Path, mode: py_compile.PycInvalidationMode):
    plant(folder, OTHER, mode)

    assert not accepted(folder)


@pytest.mark.parametrize("other", [SOURCE.replace("-0.0", "0.0"), SOURCE.replace("= 3)", "= 3.0)")])
def test_values_that_are_equal_but_not_the_same_do_not(folder: Path, other: str):
    plant(folder, other, py_compile.PycInvalidationMode.UNCHECKED_HASH)

    assert not accepted(folder)


@pytest.mark.parametrize(
    "content", [b"", MAGIC_NUMBER, MAGIC_NUMBER + bytes(12), MAGIC_NUMBER + bytes(12) + b"\xe3\xff"]
)
def test_torn_bytecode_does_not(folder: Path, content: bytes):
    (folder / CACHE).parent.mkdir()
    (folder / CACHE).write_bytes(content)

    assert not accepted(folder)


def test_that_of_another_python_does_not(folder: Path):
    plant(folder, SOURCE, py_compile.PycInvalidationMode.UNCHECKED_HASH)
    content = (folder / CACHE).read_bytes()
    (folder / CACHE).write_bytes(b"\x00\x00\r\n" + content[4:])

    assert not accepted(folder)


def test_that_of_a_source_that_was_not_registered_does_not(folder: Path):
    plant(folder, SOURCE, py_compile.PycInvalidationMode.UNCHECKED_HASH)

    assert compiled_from_source(folder, [CACHE], ["code/other.py"]) == set()


@pytest.mark.parametrize(
    "name",
    [
        "code/model.pyc",
        "code/__pycache__/model.py",
        "code/__pycache__/model.pyc",
        "code/__pycache__/model.cpython-27.pyc",
        CACHE.replace(".pyc", ".opt-3.pyc"),
        CACHE.replace(".pyc", ".so"),
    ],
)
def test_other_names_are_nobodys_bytecode(name: str):
    assert origin(name) == ("", 0)
