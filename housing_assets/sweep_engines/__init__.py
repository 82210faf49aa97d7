"""Engines that run a sweep outside this process, a folder each. The search itself is in ``domain.sweep``."""
