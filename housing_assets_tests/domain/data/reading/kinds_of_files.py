"""Small raw files of every kind that people have, and what is expected of each: a table, or a sentence.

``READ`` are read as ``ROWS``, with a note in which the given words are; ``REFUSED`` with an error that has them.
"""

from __future__ import annotations

import bz2
import gzip
import json
import lzma

import pandas as pd

from housing_assets.domain.schema import CATEGORICAL, NUMERIC, RAW_COLUMNS, TARGET
from housing_assets_tests.domain.data.reading.small_files import (
    ROWS,
    arrow_stream,
    cell,
    continental,
    edited,
    feather,
    grouped,
    nameless,
    of_scikit_learn,
    orc,
    renamed,
    saved,
    streamed,
    table,
    tarred,
    text,
    with_column,
    without_labels,
    zipped,
)

COUNTS = ["total_rooms", "total_bedrooms", "population", "households"]
STATLIB = [TARGET, "median_income", "housing_median_age", *COUNTS, "latitude", "longitude"]
CSV = text().encode()
HEADER = ",".join(RAW_COLUMNS)
FIRST = text().splitlines()[1]
LABEL = str(ROWS[CATEGORICAL].iloc[0])
MESSY = ROWS.rename(columns=lambda name: f" {name.replace('_', ' ').title()} ")
QUIET = ""

READ: dict[str, tuple[bytes, str]] = {
    "plain": (CSV, QUIET),
    "no last newline": (CSV.rstrip(), QUIET),
    "lines of Windows": (CSV.replace(b"\n", b"\r\n"), QUIET),
    "lines of the old Macintosh": (CSV.replace(b"\n", b"\r"), QUIET),
    "all in quotes": (text(quoting=1).encode(), QUIET),
    "columns in another order": (text(ROWS[ROWS.columns[::-1]]).encode(), QUIET),
    "one column more": (text(ROWS.assign(note="x")).encode(), QUIET),
    "an index as pandas writes it": (ROWS.to_csv().encode(), QUIET),
    "blank lines": (CSV.replace(b"\n", b"\n\n"), QUIET),
    "gzip": (gzip.compress(CSV), "gzip"),
    "bzip2": (bz2.compress(CSV), "bzip2"),
    "xz": (lzma.compress(CSV), "xz"),
    "zstandard": (streamed("zstd", CSV), "zstandard"),
    "lz4": (streamed("lz4", CSV), "lz4"),
    "gzip twice": (gzip.compress(gzip.compress(CSV)), "gzip"),
    "zip": (zipped(("housing.csv", CSV)), "zip"),
    "zip of a file without a name": (nameless(zipped(("x", CSV))), "zip"),
    "zip of a folder": (zipped(("archive/housing.csv", CSV)), "zip"),
    "zip with a description": (zipped(("README.md", b"# hello"), ("housing.csv", CSV)), "zip"),
    "zip of macOS": (zipped(("housing.csv", CSV), ("__MACOSX/._housing.csv", b"\x00")), "zip"),
    "zip of a file without suffix": (zipped(("housing", CSV)), "zip"),
    "zip with an upper-case suffix": (zipped(("HOUSING.CSV", CSV), ("notes.txt", b"x")), "zip"),
    "zip of Parquet": (zipped(("housing.parquet", saved(ROWS.to_parquet))), "Parquet"),
    "zip of gzip": (zipped(("housing.csv.gz", gzip.compress(CSV))), "gzip"),
    "zip of a tar archive": (zipped(("housing.tgz", tarred(("housing.csv", CSV)))), "tar"),
    "tar": (tarred(("housing.csv", CSV), mode="w"), "tar"),
    "tar.gz": (tarred(("housing.csv", CSV)), "tar"),
    "tar.bz2": (tarred(("housing.csv", CSV), mode="w:bz2"), "tar"),
    "tar.xz": (tarred(("housing.csv", CSV), mode="w:xz"), "tar"),
    "tar.zst": (streamed("zstd", tarred(("housing.csv", CSV), mode="w")), "tar"),
    "the archive of the original": (
        tarred(("CaliforniaHousing/cal_housing.domain", b"longitude: continuous.\n"),
               ("CaliforniaHousing/cal_housing.data", without_labels())),
        "cal_housing.data",
    ),
    "Parquet": (saved(ROWS.to_parquet), "Parquet"),
    "Parquet with an index": (saved(ROWS.set_index(ROWS.index + 7).to_parquet), "Parquet"),
    "Parquet with zstandard": (saved(lambda file: ROWS.to_parquet(file, compression="zstd")), "Parquet"),
    "Parquet with categories": (saved(ROWS.astype({CATEGORICAL: "category"}).to_parquet), "Parquet"),
    "Parquet with labels as bytes": (
        saved(ROWS.assign(**{CATEGORICAL: ROWS[CATEGORICAL].map(str.encode)}).to_parquet), "stored as bytes"),
    "Parquet with integers": (saved(ROWS.astype({"population": int, TARGET: int}).to_parquet), "Parquet"),
    "Parquet with numbers as text": (
        saved(ROWS.assign(population=ROWS["population"].map(str)).to_parquet), "Parquet"),
    "Feather": (feather(table()), "Feather"),
    "Feather without compression": (feather(table(), compression="uncompressed"), "Feather"),
    "Arrow stream": (arrow_stream(), "Arrow stream"),
    "ORC": (orc(), "ORC"),
    "JSON lines": (ROWS.to_json(orient="records", lines=True).encode(), "JSON"),
    "JSON lines, packed": (gzip.compress(ROWS.to_json(orient="records", lines=True).encode()), "JSON"),
    "JSON records": (ROWS.to_json(orient="records").encode(), "JSON"),
    "JSON records over many lines": (ROWS.to_json(orient="records", indent=2).encode(), "JSON"),
    "JSON by column and row": (ROWS.to_json().encode(), "JSON"),
    "JSON lists by column": (json.dumps(json.loads(pd.Series(ROWS.to_dict("list")).to_json())).encode(), "JSON"),
    "semicolons": (text(sep=";").encode(), "semicolons"),
    "semicolons and decimal commas": (text(sep=";", decimal=",").encode(), "decimal commas"),
    "decimal commas in quotes": (text(decimal=",").encode(), "decimal commas"),
    "decimal commas and grouping points": (text(continental(), sep=";").encode(), "thousands separators"),
    "tabs": (text(sep="\t").encode(), "tabs"),
    "bars": (text(sep="|").encode(), "bars"),
    "a line for Excel": (b"sep=;\n" + text(sep=";").encode(), "semicolons"),
    "a title": (b"California housing, 1990\n" + CSV, "above the header"),
    "a title and commas": (b"California housing,,,,,,,,,\n,,,,,,,,,\n" + CSV, "above the header"),
    "comments": (b"# source: census\n# rows: 60\n" + CSV, "2 line(s) above the header"),
    "blank lines above": (b"\n\n" + CSV, QUIET),
    "a line of commas below": (CSV + b",,,,,,,,,\n", "last line left out"),
    "three lines of commas below": (CSV + b",,,,,,,,,\n" * 3, "last 3 lines left out"),
    "a total below": (CSV + b"Total,,,1,2,3,4,,5,\n", "Total"),
    "a short total below": (CSV + b"Total,60\n", "Total"),
    "a count below": (CSV + b'"rows: 60"\n', "rows"),
    "UTF-8 with a mark": (b"\xef\xbb\xbf" + CSV, QUIET),
    "UTF-16": (text().encode("utf-16"), "UTF-16"),
    "UTF-16 of Windows without a mark": (text().encode("utf-16-le"), "UTF-16"),
    "UTF-16, big end first, without a mark": (text().encode("utf-16-be"), "UTF-16"),
    "UTF-32": (text().encode("utf-32"), "UTF-32"),
    "Windows-1252 where it does not matter": (text(ROWS.assign(ort="Süd")).encode("cp1252"), "Windows-1252"),
    "names as titles, with blanks": (text(MESSY).encode(), "names matched"),
    "names in capitals": (renamed(str.upper), "names matched"),
    "names with hyphens": (renamed(lambda name: name.replace("_", "-")), "names matched"),
    "names in camel case": (renamed(lambda name: name.title().replace("_", "")), "names matched"),
    "a name with a blank after it": (edited("longitude,", "longitude ,"), QUIET),
    "scikit-learn": (text(of_scikit_learn()).encode(), "scikit-learn"),
    "scikit-learn in Parquet": (saved(of_scikit_learn().to_parquet), "scikit-learn"),
    "scikit-learn with a target": (text(of_scikit_learn("target")).encode(), "derived from the coordinates"),
    "the original nine columns": (without_labels(), "cal_housing.data"),
    "the original nine columns with names": (text(ROWS.drop(columns=CATEGORICAL)).encode(), "derived"),
    "the nine columns of StatLib": (without_labels(STATLIB), "cadata.txt"),
    "the nine columns of StatLib between blanks": (without_labels(STATLIB, sep=" ", na_rep="NA"), "cadata.txt"),
    "question marks": (text(na_rep="?").encode(), QUIET),
    "NA": (text(na_rep="NA").encode(), QUIET),
    "#N/A of Excel": (text(na_rep="#N/A").encode(), QUIET),
    "null": (text(na_rep="null").encode(), QUIET),
    "thousands separators in quotes": (
        text(ROWS.assign(**{name: ROWS[name].map(grouped) for name in COUNTS})).encode(), "thousands separators"),
    "blanks that group digits": (
        text(with_column("total_rooms", lambda number: grouped(number, " "))).encode(), "thousands separators"),
    "no-break spaces in Windows-1252": (
        text(with_column("total_rooms", lambda number: grouped(number, "\xa0"))).encode("cp1252"), "thousands"),
    "apostrophes that group digits": (
        text(with_column("total_rooms", lambda number: grouped(number, "'"))).encode(), "thousands separators"),
    "dollar signs": (text(with_column(TARGET, lambda price: f"${price:,.2f}")).encode(), "60 numbers with a dollar"),
    "exponents": (text(ROWS, float_format="%.12e").encode(), QUIET),
    "plus signs": (text(with_column("latitude", lambda degrees: f"+{degrees}")).encode(), QUIET),
    "blanks around numbers": (text(with_column("latitude", lambda degrees: f"  {degrees} ")).encode(), QUIET),
    "labels in lower case": (text(with_column(CATEGORICAL, str.lower)).encode(), "60 labels"),
    "labels with blanks": (text(with_column(CATEGORICAL, lambda label: f" {label}  ")).encode(), "60 labels"),
    "labels with two blanks between words": (
        text(with_column(CATEGORICAL, lambda label: label.replace(" ", "  "))).encode(), "labels"),
}  # fmt: skip

REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "empty"),
    "blanks": (b" \n \n", "empty"),
    "a header alone": (HEADER.encode(), "no rows"),
    "a web page": (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>", "login page"),
    "an error in XML": (b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", "correct the address"),
    "a pointer of Git LFS": (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "git lfs pull"),
    "Excel": (zipped(("[Content_Types].xml", b"<a/>"), ("xl/workbook.xml", b"<a/>")), "CSV UTF-8"),
    "LibreOffice": (zipped(("mimetype", b"application/vnd.oasis"), ("content.xml", b"<a/>")), "CSV UTF-8"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old workbook"),
    "a pickle": (b"\x80\x04\x95" + bytes(50), "run code"),
    "HDF5": (b"\x89HDF\r\n\x1a\n" + bytes(50), "HDF5"),
    "an array of NumPy": (b"\x93NUMPY\x01\x00" + bytes(50), "NumPy"),
    "SQLite": (b"SQLite format 3\x00" + bytes(50), "SQLite"),
    "R": (gzip.compress(b"RDX3\nX\n"), "a file of R"),
    "Stata": (b"<stata_dta><header>", "Stata"),
    "a PDF document": (b"%PDF-1.7\n", "PDF"),
    "7z": (b"7z\xbc\xaf\x27\x1c", "pack it as .zip"),
    "RAR": (b"Rar!\x1a\x07", "pack it as .zip"),
    "Feather of the first version": (b"FEA1" + bytes(50), "first version"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture"),
    "noise": (bytes(range(1, 9)) * 50, "not text"),
    "prose": (b"Dear colleague,\nthe file will follow.\n", "no known column"),
    "another table": (b"name,age\nana,3\n", "raw.columns"),
    "two tables in a zip": (zipped(("a.csv", CSV), ("b.csv", CSV)), "a.csv, b.csv"),
    "no table in a zip": (zipped(("._a.csv", b"x")), "without exactly one table"),
    "an empty file in a zip": (zipped(("a.csv", b"")), "empty"),
    "half a zip": (zipped(("a.csv", CSV))[:700], "zip archive, or truncated"),
    "half a gzip": (gzip.compress(CSV)[:700], "ends early"),
    "half a bzip2": (bz2.compress(CSV)[:700], "ends early"),
    "half an xz": (lzma.compress(CSV)[:700], "ends early"),
    "half a tar": (tarred(("a.csv", CSV), mode="w")[:1500], "tar archive, or truncated"),
    "half a Parquet": (saved(ROWS.to_parquet)[:700], "Parquet file, or truncated"),
    "half a Feather": (feather(table())[:700], "Feather file, or truncated"),
    "half a JSON": (ROWS.to_json(orient="records").encode()[:700], "JSON, or truncated"),
    "JSON of numbers": (b"[1, 2, 3]", "no table"),
    "gzip five times": (
        gzip.compress(gzip.compress(gzip.compress(gzip.compress(gzip.compress(CSV))))), "packed too often"),
    "no header": ("\n".join(text().splitlines()[1:]).encode(), "write longitude,latitude"),
    "a row above the header": (f"{FIRST}\n{text()}".encode(), "not above the rows"),
    "a row cut off": (CSV[: CSV.rindex(b",")], "not 10 fields"),
    "a stray comma": (edited(FIRST, FIRST + ",x"), "not 10 fields"),
    "thousands separators without quotes": (edited(FIRST, FIRST.replace(".0,", ".0,1,234.0,", 1)), "not in quotes"),
    "row names without a header": (
        (HEADER + "\n" + text(ROWS.reset_index(), header=False)).encode(), "starts with its number"),
    "an unclosed quote": (edited(LABEL, f'"{LABEL}'), "not closed"),
    "an unclosed quote in the last row": (
        CSV.rstrip() + b"\n" + FIRST.replace(LABEL, f'"{LABEL}').encode(),
        "not closed"),
    "a field of two megabytes": (edited(LABEL, "x" * 2_000_000), "too many characters"),
    "a NUL byte in a number": (cell("population", "12\x003"), "population: not a number"),
    "a NUL byte in a label": (cell(CATEGORICAL, "INL\x00AND"), "ocean_proximity"),
    "text in a number": (cell("latitude", "north"), "latitude: not a number (found: north): 1 row(s): 3"),
    "text in two numbers": (cell("population", "12 people"), "found: 12 people"),
    "infinite": (cell("population", "inf"), "infinite"),
    "a missing population": (cell("population", ""), "population: missing value"),
    "a mark that is not listed": (cell("population", "unknown"), "found: unknown"),
    "-999 for missing": (cell("population", -999), "out of range"),
    "a missing column": (text(ROWS.drop(columns="population")).encode(), "population: missing column"),
    "five missing columns": (text(ROWS.iloc[:, :5]).encode(), "missing columns"),
    "two columns of one name": (
        text(ROWS.assign(Population=1)).replace("Population", "population").encode(),
        "2 times"),
    "points and commas": (text(with_column("latitude", lambda degrees: f"{degrees}".replace(".", ","))).encode(),
                          "decimal points and decimal commas"),
    "commas that may be both": (
        text(ROWS.assign(**dict.fromkeys([*NUMERIC, TARGET], "1,015")), sep=";").encode(),
        "may group digits or be decimal"),
    "points that group digits": (cell("population", "1.015"), "points that may group digits in population"),
    "other letters in an unknown encoding": (cell(CATEGORICAL, "SÜD").decode().encode("cp1252"), "save it as UTF-8"),
    "prices in thousands": (text(ROWS.assign(**{TARGET: ROWS[TARGET] / 1000})).encode(), "multiply by 1,000"),
    "prices in 100,000 dollars": (text(ROWS.assign(**{TARGET: ROWS[TARGET] / 1e5})).encode(), "multiply by 100,000"),
    "prices in cents": (text(ROWS.assign(**{TARGET: ROWS[TARGET] * 100})).encode(), "divide by 100"),
    "incomes in dollars": (text(ROWS.assign(median_income=ROWS["median_income"] * 1e4)).encode(), "divide by 10,000"),
    "incomes in thousands": (text(ROWS.assign(median_income=ROWS["median_income"] * 10)).encode(), "divide by 10"),
    "longitudes without sign": (text(ROWS.assign(longitude=-ROWS["longitude"])).encode(), "without their sign"),
    "places swapped": (
        text(ROWS.assign(longitude=ROWS["latitude"], latitude=ROWS["longitude"])).encode(), "swapped"),
    "years of construction": (
        text(ROWS.assign(housing_median_age=1990 - ROWS["housing_median_age"])).encode(), "subtract them"),
    "labels for a web page": (
        text(with_column(CATEGORICAL, lambda label: label.replace("<", "&lt;"))).encode(), "web page"),
    "labels without their sign": (
        text(with_column(CATEGORICAL, lambda label: label.replace("<", ""))).encode(), "write exactly <1H OCEAN"),
    "labels with underscores": (
        text(with_column(CATEGORICAL, lambda label: label.replace(" ", "_"))).encode(), "write exactly <1H OCEAN"),
    "labels as text of bytes": (
        text(with_column(CATEGORICAL, lambda label: str(label.encode()))).encode(),
        "bytes of Python"),
    "codes for labels": (text(ROWS.assign(**{CATEGORICAL: ROWS.index % 5})).encode(), "codes"),
    "codes for labels in Parquet": (saved(ROWS.assign(**{CATEGORICAL: ROWS.index % 5}).to_parquet), "codes"),
    "labels in another language": (text(ROWS.assign(**{CATEGORICAL: "KUESTE"})).encode(), "no known label"),
    "scikit-learn without prices": (text(of_scikit_learn().iloc[:, :8]).encode(), "MedHouseVal"),
    "Parquet without rows": (saved(ROWS.iloc[:0].to_parquet), "no rows"),
    "a field of 140,000 characters": (edited(LABEL, "x" * 140_000), "too many characters"),
    "truth values": (saved(ROWS.assign(population=True).to_parquet), "population: not a number"),
    "dates": (saved(ROWS.assign(population=pd.Timestamp("1990-04-01")).to_parquet), "population: not a number"),
}  # fmt: skip
