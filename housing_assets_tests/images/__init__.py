"""``make images-check``: the images of the Dockerfile and the services of compose.yaml, where there is no Docker.

docs/images.md says how. None of it is part of ``make test``.
"""
