"""The section of what is watched in production."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from housing_assets.settings.section import Section


class MonitoringSettings(Section):
    inert: ClassVar[frozenset[str]] = frozenset({"log_share", "flush_seconds", "queue_rows", "retention_days"})

    log_share: float = Field(ge=0, le=1, description="of the requests that are logged; a random sample below 1")
    flush_seconds: float = Field(gt=0, description="a process that is killed loses the answers of so long at most")
    queue_rows: int = Field(ge=1, description="of one process, that wait to be written; further ones are lost, counted")
    retention_days: int = Field(ge=1, description="`housing gc` removes logged answers and outcomes that are older")
