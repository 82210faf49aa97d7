"""Labels of ``ocean_proximity``: case and blanks are forgiven and counted, other ways to write known ones are told."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from housing_assets.domain.data.findings import EXAMPLES, Finding
from housing_assets.domain.schema import CATEGORICAL, CATEGORIES, UNKNOWN_CATEGORY

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import pyarrow as pa

    from housing_assets.domain.data.reading.options import Reading

BARE = {re.sub(r"[^A-Z0-9]", "", label): label for label in CATEGORIES}


def labels(column: pa.ChunkedArray, reading: Reading) -> pd.Series[Any]:
    """The labels as text, None where there is none; known ones in their own case and without blanks around them."""
    import pyarrow as pa

    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        reading.note(f"{CATEGORICAL} is stored as bytes, read as UTF-8")
        column = column.cast(kind).cast(pa.string())
    found: pd.Series[Any] = column.to_pandas().astype(object)
    marks = {mark.strip().casefold() for mark in reading.missing}
    meaning = {label: _known(label, marks) for label in found.dropna().unique()}
    read = found.map(meaning).astype(object)
    changed = int((found.notna() & read.notna() & (found != read)).sum())
    if changed:
        reading.note(f"{changed:,} labels of {CATEGORICAL} in other case or with blanks")
    return read.where(read.notna(), None)


def _known(label: Any, marks: set[str]) -> Any:
    if not isinstance(label, str):
        return label
    if label.strip().casefold() in marks:
        return None
    plain = " ".join(label.split()).upper()
    return plain if plain in CATEGORIES else label


def find_faults_of_labels(labels: pd.Series[Any]) -> list[Finding]:
    """Known labels written in another way, and columns that hold no known label at all. Empty if they can be used."""
    given = labels[labels.notna() & (labels != UNKNOWN_CATEGORY)]
    causes = {label: _cause(str(label)) for label in given.unique()}
    known = given.isin(CATEGORIES)
    findings = [
        _finding(given[given.map(causes) == cause], "a known label in another spelling", cause)
        for cause in dict.fromkeys(cause for cause in causes.values() if cause)
    ]
    if len(given) and not known.any() and not findings:
        findings.append(_finding(given, "no known label", _cause_of_all(given)))
    return findings


def _cause(label: str) -> str:
    if re.fullmatch(r"""b(['"]).*\1""", label):
        return "bytes of Python written as text: decode them before writing"
    if html.unescape(label) != label:
        return "written for a web page: undo &lt; and the like"
    bare = re.sub(r"[^A-Z0-9]", "", label.upper())
    if label not in CATEGORIES and bare in BARE:
        return f"write exactly {', '.join(CATEGORIES)}"
    return ""


def _cause_of_all(given: pd.Series[Any]) -> str:
    expected = ", ".join(CATEGORIES)
    if all(re.fullmatch(r"\d+(\.0)?", str(label)) for label in given.unique()):
        return f"codes in place of labels, and nothing tells which is which: write {expected}"
    return f"expected {expected}: translate the labels, or correct raw.columns"


def _finding(rows: pd.Series[Any], rule: str, cause: str) -> Finding:
    shown: Sequence[str] = [repr(label) for label in rows.unique()[:EXAMPLES]]
    examples = tuple(int(row) for row in rows.index[:EXAMPLES])
    return Finding(CATEGORICAL, rule, len(rows), examples, f"found: {', '.join(shown)}; {cause}")
