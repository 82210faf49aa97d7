"""Which version is in production: compared, promoted, rolled back, and written into the ledger."""
