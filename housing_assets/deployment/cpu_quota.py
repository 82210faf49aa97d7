"""How many threads a container has processors for.

Libraries count the processors of the machine. In a container that may use two of 64 they start 64 threads, which wait
for each other (scikit-learn #30662 tells of 15 times the time).
"""

from __future__ import annotations

import math
import os
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")
LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "LOKY_MAX_CPU_COUNT")


def thread_limits(groups: Path = GROUPS) -> dict[str, str]:
    """The variables by which libraries are told; ``groups`` is where the kernel shows the limits of this container."""
    return dict.fromkeys(LIMITS, str(processors(groups)))


def processors(groups: Path = GROUPS) -> int:
    """What this process may run on and is given time for, a part of one counted as one."""
    permitted = available()
    quota = quota_of(groups)
    return permitted if quota is None else max(1, min(permitted, math.ceil(quota)))


def available() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def quota_of(groups: Path) -> float | None:
    """Processors' worth of time, of either version of control groups; None if there is no limit."""
    parts = words(groups / "cpu.max") or [
        *words(groups / "cpu" / "cpu.cfs_quota_us"),
        *words(groups / "cpu" / "cpu.cfs_period_us"),
    ]
    if len(parts) != 2 or parts[0] in ("max", "-1"):
        return None
    return int(parts[0]) / int(parts[1])


def words(file: Path) -> list[str]:
    return file.read_text().split() if file.is_file() else []
