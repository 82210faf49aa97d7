"""The HTTP API over the model that is in production."""
