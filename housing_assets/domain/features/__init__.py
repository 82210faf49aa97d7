"""Features: a transformer a family, and the builder that puts them side by side."""
