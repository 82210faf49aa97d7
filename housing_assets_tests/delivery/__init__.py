"""``make lint-delivery``: linters of what is no Python, and tests of them and of the files that they read."""
