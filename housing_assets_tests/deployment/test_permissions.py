"""Each permission that is taken away is found, on an emulator behind a proxy that refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from housing_assets.deployment.permissions import NEEDS, missing_permissions
from housing_assets_tests.fault_proxy import Fault, FaultProxy

if TYPE_CHECKING:
    from google.cloud.storage import Client

REFUSALS = {
    "storage.buckets.get": Fault("refuse", "GET", r"/b/[^/]+\?", status=403, times=99),
    "storage.objects.create": Fault("refuse", "POST", "/upload/", status=403, times=99),
    "storage.objects.get": Fault("refuse", "GET", "alt=media", status=403, times=99),
    "storage.objects.list": Fault("refuse", "GET", r"/o\?", status=403, times=99),
    "storage.objects.delete": Fault("refuse", "DELETE", ".*", status=403, times=99),
}


def test_nothing_is_missing_where_everything_is_permitted(gcs_client: Client, bucket: str):
    assert missing_permissions(gcs_client, bucket, "housing") == []
    assert list(gcs_client.bucket(bucket).list_blobs()) == []


@pytest.mark.parametrize("permission", NEEDS)
def test_the_permission_that_is_missing_is_named(
    permission: str, gcs_client: Client, bucket: str, gcs_emulator: FaultProxy
):
    gcs_emulator.faults.append(REFUSALS[permission])
    assert missing_permissions(gcs_client, bucket, "housing") == [permission]
