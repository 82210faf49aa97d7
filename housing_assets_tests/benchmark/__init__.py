"""``make bench``: this project against the pipeline that it was born from, both run in turn on one machine.

``seed`` has the older pipeline's steps in plain scikit-learn, ``ours`` the same work done by this project;
``default_run`` is what ``make run`` does, ``blocks`` asks about regions never seen, ``growth`` about more rows.
``serving``, started by itself, times the Pipeline of a stored model beside its predictor.
"""
