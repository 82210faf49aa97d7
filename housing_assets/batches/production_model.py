"""The model in production, as a Dagster resource."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from housing_assets.storage.io_manager import StoreResource

if TYPE_CHECKING:
    from housing_assets.serving.served_model import ServedModel
    from housing_assets.serving.sources.model_references import ModelReference
    from housing_assets.serving.sources.model_source import ModelSource
    from housing_assets.settings.operations import RegistrySettings
    from housing_assets.settings.serving import ServingSettings


class ProductionModel(dg.ConfigurableResource[Any]):
    """Found and verified as the API does; ``copies`` is the folder of the last verified ones."""

    store: StoreResource
    tracking_uri: str
    copies: str

    def reference(self, registry: RegistrySettings, serving: ServingSettings) -> ModelReference:
        """Which version it is. Raises ``NoModelError`` while nothing is in production."""
        return self._source(registry, serving).resolve(registry.production_alias)[0]

    def load(self, registry: RegistrySettings, serving: ServingSettings) -> ServedModel:
        """The model itself. Raises what ``ModelSource.load`` raises."""
        return self._source(registry, serving).load(registry.production_alias)

    def _source(self, registry: RegistrySettings, serving: ServingSettings) -> ModelSource:
        from housing_assets.serving.sources.model_source import ModelSource

        return ModelSource.opened(
            self.store.open().blobs, self.tracking_uri, Path(self.copies), registry=registry, serving=serving
        )
