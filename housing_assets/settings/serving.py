"""The section of what answers with prices."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from housing_assets.settings.section import Section


class ServingSettings(Section):
    decides_results: ClassVar[bool] = False

    poll_seconds: float = Field(gt=0, description="between two looks at what is in production")
    fetch_seconds: float = Field(gt=0, description="for one answer of MLflow, when the store does not have the model")
    copies: int = Field(ge=1, description="verified models that stay on this disk, for a day without store and MLflow")
    workers: int = Field(ge=1, description="processes of the API, which share the model's memory")
    maximum_rows: int = Field(ge=1, description="of one request")
    maximum_megabytes: float = Field(gt=0, description="of its body")
    request_seconds: float = Field(
        gt=0, description="for its head, for its body, and for its answer with waiting; then 408 or 503"
    )
    waiting_requests: int = Field(ge=1, description="of one worker; further ones get 503 at once")
    retry_after_seconds: int = Field(ge=1, description="what a 503 advises")
    stop_seconds: int = Field(ge=1, description="for requests that are being answered when the API is stopped")
    explained_rows: int = Field(ge=1, description="of one request with `explain`, which prices each row 64 times")
    batch_rows: int = Field(ge=1, description="of a file that `housing predict` reads at once")
    training_rows: int = Field(ge=1, description="nearest ones that an explanation names")
    log: bool = Field(description="record every answer in the store; false: nothing is recorded, and nothing watched")
    log_inputs: bool = Field(description="record the inputs, too; without them their drift is not watched")
    log_share: float = Field(ge=0, le=1, description="of the requests that are recorded; a random sample below 1")
    shadow: bool = Field(description="the version in staging prices the same rows, beside the path of the request")
    challenger_share: float = Field(
        ge=0, le=1, description="of the callers who name no model, answered by the one in staging; none of /v2"
    )
    log_days: int = Field(ge=1, description="`housing gc` removes records of answers and outcomes that are older")
    flush_seconds: float = Field(gt=0, description="a process that is killed loses the records of so long at most")
    queue_rows: int = Field(
        ge=1, description="of one process, that wait to be recorded; further ones are lost, counted"
    )

    @property
    def follows_staging(self) -> bool:
        """Whether the version in staging prices rows of callers who did not ask for it."""
        return self.shadow or self.challenger_share > 0
