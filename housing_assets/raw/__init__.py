"""Where raw files come from: this disk, the web, Google Cloud Storage and the inbox. Parsing is for ``domain.data``."""
