"""The model card: its facts, its sections, and how they are written."""
