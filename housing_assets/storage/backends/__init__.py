"""Where a store keeps its bytes: a protocol, and a file for each kind of place."""
