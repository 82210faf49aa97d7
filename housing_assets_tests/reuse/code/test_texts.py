"""What only people read makes nothing stale; what a text leaves to decide still does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.reuse.code.source_code import parsed

if TYPE_CHECKING:
    from pathlib import Path

ORIGINAL = """
NAMES = ("a", "b")
def chart(rows, report, context):
    report(f"{len(rows)} rows to chart")
    if not rows:
        raise ValueError(f"no rows; choose one of {', '.join(NAMES)}")
    try:
        total = sum(rows)
    except TypeError as error:
        context.log.warning("a row is no number: %s", error)
        raise KeyError("row", len(rows)) from ValueError("no number")
    report("took " + describe(total))
    return total
"""


def digest(tmp_path: Path, text: str) -> str:
    file = tmp_path / f"module_{len(list(tmp_path.iterdir()))}.py"
    file.write_text(text)
    return parsed(file).body("chart").digest


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('raise ValueError(f"no rows; choose one of {', 'raise ValueError(f"nothing to chart; try {'),
        ("f\"no rows; choose one of {', '.join(NAMES)}\"", '"no rows"'),
        ("f\"no rows; choose one of {', '.join(NAMES)}\"", '"no rows: " + str(rows)'),
        ("f\"no rows; choose one of {', '.join(NAMES)}\"", '"no rows in %d" % len(rows)'),
        ("f\"no rows; choose one of {', '.join(NAMES)}\"", '"no rows" if rows is None else "none"'),
        ('NAMES = ("a", "b")', 'NAMES = ("a", "b", "c")'),
        ('KeyError("row", ', 'KeyError("line", '),
        ('from ValueError("no number")', 'from ValueError("a text")'),
        ('report(f"{len(rows)} rows to chart")', 'report(f"chart {len(rows):,} rows")'),
        ('    report(f"{len(rows)} rows to chart")\n', ""),
        ("    return total", '    context.log.info("done")\n    return total'),
        ('"a row is no number: %s", error', '"not a number"'),
        ("context.log.warning(", "context.log.error("),
    ],
)
def test_a_text_for_people_does_not_count(tmp_path: Path, before: str, after: str):
    assert before in ORIGINAL
    assert digest(tmp_path, ORIGINAL.replace(before, after)) == digest(tmp_path, ORIGINAL)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("raise ValueError(", "raise TypeError("),
        ('KeyError("row", len(rows))', 'KeyError("row", 0)'),
        ('raise KeyError("row", len(rows))', "raise rows"),
        ("if not rows", "if len(rows) < 2"),
        ("return total", 'return "total"'),
        ('report(f"{len(rows)} rows to chart")', 'report(f"{rows.pop()} is the last to chart")'),
        ('report(f"{len(rows)} rows to chart")', 'report(f"{(rows := [])} to chart")'),
        ('report(f"{len(rows)} rows to chart")', "report(rows)"),
        ('report(f"{len(rows)} rows to chart")', 'rows = report("rows")'),
        ('report("took " + describe(total))', 'report("took " + clean(total))'),
        ('context.log.warning("a row', 'rows.table.warning("a row'),
    ],
)
def test_what_may_decide_or_have_an_effect_counts(tmp_path: Path, before: str, after: str):
    assert before in ORIGINAL
    assert digest(tmp_path, ORIGINAL.replace(before, after)) != digest(tmp_path, ORIGINAL)


def test_an_import_for_a_text_is_still_followed(tmp_path: Path):
    file = tmp_path / "module.py"
    file.write_text("def chart(rows):\n    from project.names import NAMES\n    raise ValueError(f'{NAMES}')\n")
    assert parsed(file).body("chart").imports("project.module") == {("project.names", "NAMES")}
