"""Prices of whole files: read batch by batch, priced, and written, in constant memory."""
