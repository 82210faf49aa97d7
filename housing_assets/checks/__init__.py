"""What stands between a stored value and its use, and how it is shown.

- ``gates``: the gates of ``domain.gates`` as Dagster's asset checks;
- ``report``, ``page``: the verdicts for a terminal, a program, a pull request, or as one page to mail.
"""
