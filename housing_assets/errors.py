"""The base of every error that is meant for people."""

from __future__ import annotations


class ExpectedError(Exception):
    """Its text says what is wrong and what mends it, so it is shown without a stack trace. All others are bugs."""
