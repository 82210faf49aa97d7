"""The model that answers now. It follows what is in production: load, verify, check, then swap in one assignment.

Whoever answers takes ``model`` once and keeps it for the whole answer, so that no answer is of two models.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from housing_assets.addresses import public_address
from housing_assets.serving.served_model import Failure
from housing_assets.serving.sources.model_source import NoModelError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from housing_assets.serving.served_model import ServedModel
    from housing_assets.serving.sources.model_references import ModelReference
    from housing_assets.serving.sources.model_source import ModelSource

LOG = logging.getLogger(__name__)


class CurrentModel:
    """What ``wanted`` (an alias or the number of a version) names in ``source``.

    Attributes:
        model: what answers; None while nothing does.
        failures: of the last look, whether or not something answers all the same.
        checked: when that was, ISO 8601 in UTC; empty before the first look.
        swaps: how often ``model`` changed.
        observe: called with this object after each look.
    """

    def __init__(self, source: ModelSource, wanted: str) -> None:
        self.source, self.wanted = source, wanted
        self.model: ServedModel | None = None
        self.failures: tuple[Failure, ...] = ()
        self.checked = ""
        self.swaps = 0
        self.observe: Callable[[CurrentModel], None] = lambda _: None

    def refresh(self) -> None:
        """Look once. Whatever fails, the model that answers goes on doing so."""
        before = self.failures
        try:
            self.failures = tuple(self._follow())
        except NoModelError as error:
            self.failures = error.failures
        except Exception as error:  # nothing that a new model does may end the old one
            self.failures = (Failure("model", "load", public_address(f"{type(error).__name__}: {error}")),)
        self.checked = datetime.now(UTC).isoformat(timespec="seconds")
        if reasons(self.failures) != reasons(before):
            LOG.warning("%s of the sources failed: %s", len(self.failures), "; ".join(reasons(self.failures)) or "none")
        self.observe(self)

    def follow(self, seconds: float, stop: threading.Event) -> None:
        """Look every ``seconds`` until ``stop`` is set."""
        while not stop.wait(seconds):
            self.refresh()

    def _follow(self) -> list[Failure]:
        reference, failures = self.source.resolve(self.wanted)
        if self.model is not None and not self._leads_on(reference, self.model):
            return failures
        self.model = self.source.load_reference(self.wanted, reference, failures)
        self.swaps += 1
        LOG.info("version %s answers, from %s", reference.version, self.model.source)
        return failures

    def _leads_on(self, reference: ModelReference, model: ServedModel) -> bool:
        """Whether to go from ``model`` to ``reference``: not on the word of a source that only stands in."""
        if reference.identity == model.reference.identity:
            return False
        ranks = {tier.name: rank for rank, tier in enumerate(self.source.tiers)} | {"ledger": 0}
        return ranks[reference.named_by] <= ranks[model.reference.named_by]


def reasons(failures: tuple[Failure, ...]) -> list[str]:
    return [str(failure) for failure in failures]
