"""Sections of the stages in the ``features`` group."""

from __future__ import annotations

from housing_assets.settings.section import Section


class ClusterSettings(Section):
    pass


class FeatureSettings(Section):
    pass
