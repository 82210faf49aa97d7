"""A secret for every variable that can carry one, and the search for them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from housing_assets_tests.recording_server import Request

CANARIES = {
    "user of the raw file": "CanaryRawUser",
    "password of the raw file": "CanaryRawPass",
    "signature of the raw file": "CanaryRawSignature",
    "user of MLflow": "CanaryMlflowUser",
    "password of MLflow": "CanaryMlflowPass",
    "key of Weights & Biases": "ca" * 20,
    "password of Postgres": "CanaryPostgresPass",
    "token of the webhook": "CanaryHookToken",
    "user of the proxy": "CanaryProxyUser",
    "password of the proxy": "CanaryProxyPass",
}
RAW_HOST, HOOK_HOST = "raw.test", "hook.test"
RAW_PATH, MISSING_PATH = "/data/housing.parquet", "/data/missing.parquet"


def raw_address(path: str) -> str:
    user, password, signature = (CANARIES[f"{part} of the raw file"] for part in ("user", "password", "signature"))
    return f"http://{user}:{password}@{RAW_HOST}{path}?X-Goog-Signature={signature}&generation=7"


def environment(proxy: str, mlflow: str) -> dict[str, str]:
    """Every variable with its secret; ``proxy`` and ``mlflow`` are host and port."""
    mlflow_user, mlflow_password = CANARIES["user of MLflow"], CANARIES["password of MLflow"]
    proxy_address = f"http://{CANARIES['user of the proxy']}:{CANARIES['password of the proxy']}@{proxy}"
    return {
        "HOUSING_RAW_URI": raw_address(RAW_PATH),
        "MLFLOW_TRACKING_URI": f"http://{mlflow_user}:{mlflow_password}@{mlflow}",
        "WANDB_API_KEY": CANARIES["key of Weights & Biases"],
        "WANDB_MODE": "offline",
        "DAGSTER_POSTGRES_URL": f"postgresql://somebody:{CANARIES['password of Postgres']}@127.0.0.1:1/none",
        "HOUSING_WEBHOOK_URL": f"http://{HOOK_HOST}/hook/{CANARIES['token of the webhook']}",
        **dict.fromkeys(["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"], proxy_address),
    }


def spellings(secret: str) -> list[bytes]:
    """``secret`` as it is, and as base64 at each of the three places that it may have in a longer text.

    The ends of base64 depend on the neighbours, and are left out.
    """
    encoded = [base64.b64encode(b"x" * shift + secret.encode()).decode() for shift in range(3)]
    return [secret.encode(), *(text[4:-4].encode() for text in encoded)]


def seen(parts: Iterable[bytes], canaries: Mapping[str, str] = CANARIES) -> set[str]:
    """Which secrets are in ``parts``."""
    wanted = {name: spellings(secret) for name, secret in canaries.items()}
    return {name for part in parts for name, spelled in wanted.items() if any(spelling in part for spelling in spelled)}


def seen_in(request: Request, *headers: str) -> set[str]:
    """Which secrets are in ``request`` outside of ``headers``."""
    others = [f"{name}: {value}".encode() for name, value in request.headers.items() if name not in headers]
    return seen([request.address.encode(), request.body, *others])
