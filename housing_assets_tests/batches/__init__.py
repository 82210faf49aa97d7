"""Tests of ``housing_assets.batches``."""
