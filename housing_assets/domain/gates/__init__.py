"""What is accepted: ``catalogue`` has every gate, ``verdicts`` judges. How Dagster shows them is in ``checks``."""
