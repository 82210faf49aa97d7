"""A package of the same owner that is installed like a library."""

FACTOR = 2


def prices(items: list[int]) -> list[int]:
    """Price each."""
    if not items:
        raise ValueError("there are no items")
    return [FACTOR * item for item in items]  # of each
