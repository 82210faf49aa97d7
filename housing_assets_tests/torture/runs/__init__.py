"""Whole runs of the lineage."""
