from functools import partial
from operator import methodcaller

from housing_assets.reuse.step import step
from housing_assets.storage.formats.protocol import TypeFormat
from housing_assets.storage.formats.serialisation import FORMATS
from housing_assets.storage.io_manager import LocalStore
from housing_assets.storage.project import Project

BASKETS = TypeFormat("shop.basket.Basket", "basket", methodcaller("to_bytes"), lambda kind, data: kind.from_bytes(data))
PROJECT = Project("shop.lineage", (BASKETS, *FORMATS), sections=("selection", "how"), packages=("pricing",))
asset = partial(step, project=PROJECT)


class ShopStore(LocalStore):
    def project(self) -> Project:
        return PROJECT
