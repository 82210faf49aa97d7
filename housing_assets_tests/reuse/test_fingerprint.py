"""Fingerprints differ exactly when a part differs, and say which."""

from __future__ import annotations

from dataclasses import replace

import pytest

from housing_assets.reuse.fingerprint import Fingerprint, differences

BASE = Fingerprint(
    asset="sweep_results",
    sources={"body": "a1", "domain/sweep/search.py": "b1"},
    libraries={"optuna": "5.0.0"},
    settings={"sweep": {"count": 50, "metric": {"name": "wmape"}}},
    inputs={"train_set": "v1"},
    origin={},
)

CHANGES = [
    ({"settings": {"sweep": {"count": 80, "metric": {"name": "wmape"}}}}, "setting sweep.count 50 → 80"),
    ({"settings": {"sweep": {"count": 50, "metric": {"name": "mae"}}}}, 'setting sweep.metric.name "wmape" → "mae"'),
    ({"settings": {"sweep": {"metric": {"name": "wmape"}}}}, "setting sweep.count 50 → nothing"),
    ({"sources": {"body": "a1", "domain/sweep/search.py": "b2"}}, "code of domain/sweep/search.py changed"),
    ({"sources": {"body": "a2", "domain/sweep/search.py": "b1"}}, "code of its own body changed"),
    ({"libraries": {"optuna": "5.1.0"}}, 'library optuna "5.0.0" → "5.1.0"'),
    ({"inputs": {"train_set": "v2"}}, "upstream train_set changed"),
    ({"origin": {"file": "sha256 ff"}}, "new file, sha256 ff"),
    ({"origin": {"file": f"sha256:{'0123456789abcdef' * 4}"}}, "new file, sha256:0123456789ab"),
]


@pytest.mark.parametrize(("change", "words"), CHANGES)
def test_a_change_is_put_into_words(change: dict[str, object], words: str):
    assert differences(BASE.parts(), replace(BASE, **change)) == [words]


@pytest.mark.parametrize("change", [change for change, _ in CHANGES] + [{"asset": "other"}])
def test_a_change_of_any_part_changes_the_digest(change: dict[str, object]):
    assert replace(BASE, **change).digest != BASE.digest


def test_the_order_of_keys_is_no_change():
    reordered = replace(BASE, sources=dict(reversed(list(BASE.sources.items()))))
    assert reordered.digest == BASE.digest


def test_nothing_changed_gives_no_words():
    assert differences(BASE.parts(), BASE) == []
