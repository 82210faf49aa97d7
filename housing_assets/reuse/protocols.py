"""What a step asks of its gates. Whoever has gates implements it; a step without gates takes ``NoGates``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import dagster as dg

    from housing_assets.settings import Settings
    from housing_assets.storage.entry import Entry


class Gates(Protocol):
    """Judges a stored value by what was measured of it, before it becomes the asset."""

    def specs(self, asset: str) -> Sequence[dg.AssetCheckSpec]:
        """The checks that every materialization of ``asset`` is judged by."""

    def judge(
        self, asset: str, entry: Entry, settings: Settings, resources: Mapping[str, Any]
    ) -> Sequence[dg.AssetCheckResult]:
        """One result a check, by today's thresholds. A value with a failed blocking check is rejected."""


class NoGates:
    """Lets everything pass."""

    def specs(self, asset: str) -> Sequence[dg.AssetCheckSpec]:  # noqa: ARG002
        return ()

    def judge(self, *_: Any) -> Sequence[dg.AssetCheckResult]:
        return ()
