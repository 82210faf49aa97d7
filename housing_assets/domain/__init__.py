"""Everything that decides a number, on numpy, pandas and scikit-learn alone: it runs in a notebook.

Shared modules are ``schema``, ``columns``, ``metrics`` and ``parallel``. Arrows between the folders run one way::

    data, geography < imputation < features < models < sweep < gates < figures
"""
