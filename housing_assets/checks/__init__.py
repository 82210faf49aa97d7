"""What stands between a stored value and its use, and how it is shown.

- ``asset_checks``: the gates of ``domain.gates.catalogue`` as Dagster's asset checks;
- ``report``, ``page``: the verdicts for a terminal, a program, a pull request, or as one page to mail.
"""
