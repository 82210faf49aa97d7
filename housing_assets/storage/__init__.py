"""The content-addressed store: objects, records and pointers over a place that keeps bytes.

A backend is a class like ``local_blobs.LocalBlobs`` and a resource that opens it. Values as bytes are in ``formats``.
"""
