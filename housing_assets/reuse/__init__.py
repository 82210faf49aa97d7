"""Compute only what is stale.

A step is known by its fingerprint: the asset, its code, its settings and the data versions of its inputs. A known
fingerprint whose object is intact is reused, however the run was started; anything else is computed, judged by its
gates, and becomes the asset only when it is accepted.

- ``code``: what the code of a step is, and which libraries decide its result;
- ``fingerprint``: the parts, their digest, and the words for a difference;
- ``step``: the decorator that makes an asset of a function;
- ``execution``: one materialization;
- ``computed``, ``tables``: what a body gives back, and how plots and tables become metadata;
- ``partitions``, ``sections``: which partitions of its inputs a step takes, and settings of any kind;
- ``protocols``: what a step asks of whoever judges and tracks its values;
- ``prediction``: what the next run would compute, and why.

This room and ``storage`` know nothing of the project that they work for but its ``Project`` (``storage.project``).
"""
