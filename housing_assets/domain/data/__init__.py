"""From the bytes of a raw file to a checked table, and which of its rows train. Fetching files is for ``raw``."""
