"""Gaps: the strategies that fill them, the transformer that serves, and the comparison that chooses."""
