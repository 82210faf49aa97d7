"""Places in California, and distances and neighbours on the map. Features of a place are in ``features``."""
