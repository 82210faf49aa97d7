"""No secret survives in what is shown of an address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from housing_assets.addresses import has_secret, public_address

SECRET = st.text("abcXYZ019-._~!$&'()*+,;=%/?#@", min_size=4).map(lambda text: f"s3cr3t{text}s3cr3t")
SIGNATURES = ["X-Goog-Signature", "X-Amz-Signature", "sig", "token", "access_token", "Expires", "key"]


@given(user=SECRET, password=SECRET)
def test_neither_user_nor_password_is_left_however_badly_they_are_quoted(user: str, password: str):
    address = f"https://{user}:{password}@example.org/housing.csv"
    assert "s3cr3t" not in public_address(address)
    assert has_secret(address)


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_signature_is_taken_away(name: str):
    address = f"https://example.org/housing.csv?{name}=s3cr3t&version=3"
    assert public_address(address) == "https://example.org/housing.csv?version=3"
    assert has_secret(address)


@pytest.mark.parametrize(
    "address", ["https://example.org:8080/housing.csv", "https://a.org/a@b", "gs://bucket/a.csv", "data/a@b?c.csv"]
)
def test_an_address_without_secrets_stays(address: str):
    assert public_address(address) == address
    assert not has_secret(address)
