"""Raw files made to harm: each is read or refused with findings, within a minute and ``Limits``.

Named ones first, then as large ones as ``pipeline.yaml`` lets in, then files of every format with chance bytes changed,
cut out or repeated. Each batch is read in a process of its own, so that a crash of a library, its hunger or its
slowness is a result and not an end.
"""

from __future__ import annotations

import gzip
import io
import multiprocessing
import random
import resource
import tarfile
import zipfile
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from housing_assets.domain.data.findings import RawDataError
from housing_assets.domain.data.reading.raw_file import read_raw
from housing_assets_tests.carried import carried_rows
from housing_assets_tests.torture.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.queues import SimpleQueue

GIGABYTE = 2**30
SECONDS = 60.0
BATCH = 100
ROWS = carried_rows(60)
CSV = ROWS.to_csv(index=False).encode()
HEADER = CSV.split(b"\n", 1)[0]


class Limits(NamedTuple):
    """``megabytes`` of a file, as ``raw.maximum_megabytes``, and the memory that its reader may need."""

    megabytes: float
    memory_bytes: int


SMALL = Limits(50, 4 * GIGABYTE)


def tar(*members: tuple[str, bytes, bytes]) -> bytes:
    """An archive of (name, kind, content)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as file:
        for name, kind, content in members:
            entry = tarfile.TarInfo(name)
            entry.size, entry.type, entry.linkname = len(content), kind, "/etc/passwd"
            file.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def bomb(levels: int) -> bytes:
    """Zeros, packed ``levels`` times."""
    content = bytes(300 * 2**20)
    for _ in range(levels):
        content = gzip.compress(content, 9)
    return content


def zipped(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, CSV)
    return buffer.getvalue()


def parquet_of(**columns: list[object]) -> bytes:
    return pd.DataFrame(columns).to_parquet()


def dictionary_bomb() -> bytes:
    """Three million rows of one long text: small in the file, large as a table."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    text = pa.array(["x" * 10_000]).dictionary_encode()
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 3_000_000, pa.int32()), text.dictionary)
    buffer = io.BytesIO()
    pq.write_table(pa.table({"ocean_proximity": column}), buffer)
    return buffer.getvalue()


NAMED: dict[str, Callable[[], bytes]] = {
    "path outwards": lambda: tar(("../../escaped.csv", tarfile.REGTYPE, CSV)),
    "absolute path": lambda: tar(("/tmp/escaped.csv", tarfile.REGTYPE, CSV)),  # noqa: S108
    "symbolic link": lambda: tar(("housing.csv", tarfile.SYMTYPE, b"")),
    "hard link": lambda: tar(("housing.csv", tarfile.LNKTYPE, b"")),
    "device": lambda: tar(("housing.csv", tarfile.CHRTYPE, b"")),
    "queue": lambda: tar(("housing.csv", tarfile.FIFOTYPE, b"")),
    "thousands of members": lambda: tar(*((f"{number}.csv", tarfile.REGTYPE, b"a") for number in range(20_000))),
    "two tables": lambda: zipped("a.csv", "b.csv"),
    "zip with a path": lambda: zipped("../../a.csv"),
    "bomb": lambda: bomb(1),
    "bomb in a bomb": lambda: bomb(3),
    "tar of a bomb": lambda: tar(("housing.csv", tarfile.REGTYPE, bytes(300 * 2**20))),
    "wide header": lambda: b"," * 10_000_000 + b"\n" + CSV,
    "long name": lambda: b"x" * 10_000_000 + b"\n1\n",
    "NUL bytes": lambda: CSV.replace(b"7", b"\x00"),
    "only NUL bytes": lambda: bytes(1_000_000),
    "quote that never closes": lambda: CSV.replace(b"\n", b'\n"', 2),
    "one long line": lambda: HEADER + b"\n" + b"1" * 40_000_000,
    "many quotes": lambda: HEADER + b"\n" + b'"' * 10_000_001,
    "endless commas": lambda: HEADER + b"\n" + b"," * 20_000_000,
    "only line ends": lambda: b"\n" * 30_000_000,
    "lone surrogates": lambda: CSV.replace(b"NEAR BAY", b"\xed\xa0\x80"),
    "huge numbers": lambda: CSV.replace(b",1", b",1e99999"),
    "digits without end": lambda: CSV.replace(b",1", b"," + b"9" * 100_000, 3),
    "not a number": lambda: CSV.replace(b",1", b",NaN").replace(b",2", b",-Infinity"),
    "formulas": lambda: CSV.replace(b"INLAND", b"=cmd|' /C calc'!A0"),
    "markup": lambda: CSV.replace(b"INLAND", b"<script>alert(1)</script>"),
    "right to left": lambda: CSV.replace(b"INLAND", "\u202einland".encode()),
    "parquet of lists": lambda: parquet_of(longitude=[[1, 2], [3]]),
    "parquet of bytes": lambda: parquet_of(longitude=[b"\xff", b"\x00"]),
    "parquet of dictionaries": dictionary_bomb,
    "parquet of an odd name": lambda: parquet_of(longitude=[1.0]).replace(b"longitude", b"\xffongitude"),
    "forged parquet": lambda: b"PAR1" + b"\xff" * 64 + (2**31 - 1).to_bytes(4, "little") + b"PAR1",
    "nested JSON": lambda: b"[" * 100_000,
    "deep JSON object": lambda: b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "JSON of one row": lambda: b'[{"longitude": ' + b"1" * 5000 + b"}]",
    "pickle": lambda: b"\x80\x04\x95cposix\nsystem\n",
}


def formats() -> list[bytes]:
    """The same table in each format."""
    return [
        CSV,
        gzip.compress(CSV),
        tar(("housing.csv", tarfile.REGTYPE, CSV)),
        zipped("housing.csv"),
        ROWS.to_parquet(),
        ROWS.to_json(orient="records").encode(),
        ROWS.to_json(orient="records", lines=True).encode(),
    ]


def mutated(chance: random.Random, content: bytes) -> bytes:
    """``content`` with up to eight bytes, or a stretch, changed, cut out or repeated."""
    damaged = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(damaged))
        stretch = slice(place, place + chance.randint(1, 40))
        kind = chance.randrange(4)
        if kind == 0:
            damaged[place] = chance.randrange(256)
        elif kind == 1 and len(damaged) > 100:
            del damaged[stretch]
        elif kind == 2:
            damaged[place:place] = damaged[stretch]
        else:
            damaged[stretch] = chance.randbytes(chance.randint(0, 40))
    return bytes(damaged)


def hostile_files(mutations: int = 4000, seed: int = 0) -> Outcome:
    """The family: the named ones, one a process, and ``mutations``, a batch a process."""
    from housing_assets_tests.torture.files.large_files import LARGE, SHIPPED

    outcome = Outcome()
    for name, build in NAMED.items():
        outcome.add(read_apart({name: build}))
    for name, build in LARGE.items():
        outcome.add(read_apart({name: build}, SHIPPED))
    chance, originals = random.Random(seed), formats()
    changed = {f"mutation {number}": mutated(chance, chance.choice(originals)) for number in range(mutations)}
    for batch in batches(changed):
        outcome.add(read_apart(batch))
    return outcome


def batches(contents: dict[str, bytes]) -> Iterator[dict[str, Callable[[], bytes]]]:
    names = list(contents)
    for start in range(0, len(names), BATCH):
        yield {name: (lambda name=name: contents[name]) for name in names[start : start + BATCH]}


def read_apart(builders: dict[str, Callable[[], bytes]], limits: Limits = SMALL) -> Outcome:
    """What became of the files, read in a process that may not need more than its share."""
    context = multiprocessing.get_context("fork")
    queue: SimpleQueue[str | None] = context.SimpleQueue()
    process = context.Process(target=read_all, args=(builders, limits, queue))
    process.start()
    process.join(SECONDS + len(builders))
    told = []
    while not queue.empty():
        told.append(queue.get())
    if process.is_alive() or process.exitcode:
        process.kill()
        name = list(builders)[len(told)] if len(told) < len(builders) else "the last one"
        told.append(f"{name}: {'too slow' if process.exitcode is None else f'ended with {process.exitcode}'}")
    return Outcome(faults=len(builders), wrong=[text for text in told if text])


def read_all(builders: dict[str, Callable[[], bytes]], limits: Limits, queue: SimpleQueue[str | None]) -> None:
    contents = {name: build() for name, build in builders.items()}
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    for name, content in contents.items():
        queue.put(fault_of(name, content, limits.megabytes))


def fault_of(name: str, content: bytes, megabytes: float = SMALL.megabytes) -> str | None:
    """None if the file was read or refused with findings."""
    try:
        read_raw(content, name, maximum_megabytes=megabytes)
    except RawDataError as error:
        return None if error.findings else f"{name}: refused without findings"
    except BaseException as error:
        return f"{name}: {type(error).__name__} {str(error)[:100]}"
    return None
