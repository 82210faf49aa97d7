"""Answers about a model that does not change, asked for once."""

from __future__ import annotations

from typing import Any

import streamlit as st

from housing_assets.app.client import ApiClient

SECONDS = 600
ENTRIES = 64


@st.cache_data(
    ttl=SECONDS,
    max_entries=ENTRIES,
    show_spinner="Asking the API",
    hash_funcs={ApiClient: lambda client: (client.address, client.key)},
)
def look_up(client: ApiClient, digest: str, path: str, **query: Any) -> Any:  # noqa: ARG001  part of the key
    """What ``path`` gives while the model of that digest answers. Raises as ``ApiClient.ask``."""
    return client.get(path, **query)
