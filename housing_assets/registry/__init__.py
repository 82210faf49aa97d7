"""Versions of the model: register, verify, promote, roll back, and the ledger of who did so and why."""
