"""The store of this project on a local disk: that of ``storage``, told of the project's formats and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from housing_assets.project import PROJECT
from housing_assets.storage.io_manager import LocalStore

if TYPE_CHECKING:
    from housing_assets.storage.project import Project


class HousingLocalStore(LocalStore):
    """A store in a folder."""

    def project(self) -> Project:
        return PROJECT
