"""Files of a Dagster instance, and the classes that they name."""
