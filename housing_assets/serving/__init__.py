"""Prices from a verified model: what answers a command, an asset and a service alike.

Nothing here imports an orchestrator, a tracker, a plotting library or pyarrow: it has to run in a small environment.
"""
