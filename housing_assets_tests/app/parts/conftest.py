from __future__ import annotations

from housing_assets_tests.app.conftest import (
    api,
    client,
    first_users,
    mlflow_library,
    open_client,
    open_page,
    promoted,
    published,
)

__all__ = ["api", "client", "first_users", "mlflow_library", "open_client", "open_page", "promoted", "published"]
