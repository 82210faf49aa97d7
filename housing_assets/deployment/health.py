"""Whether a server answers: the health check of every container, which has no curl.

``python -m housing_assets.deployment.health http://127.0.0.1:8000/health/live``, or ``grpc://127.0.0.1:4000`` for a
code location. Exits with 1, and the reason, if it does not.
"""

from __future__ import annotations

import sys
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

SECONDS = 5.0
CODE_LOCATION = "DagsterApi"


def fault(address: str) -> str | None:
    """Why the server at ``address`` is not well; None if it is."""
    try:
        return fault_of_rpc(urlsplit(address).netloc) if address.startswith("grpc://") else fault_of_web(address)
    except (URLError, OSError) as error:
        return str(error)


def fault_of_web(address: str) -> str | None:
    """Asked without a proxy, which may be set for what is far away."""
    with build_opener(ProxyHandler({})).open(address, timeout=SECONDS) as answer:
        return None if answer.status == 200 else f"status {answer.status}"


def fault_of_rpc(place: str) -> str | None:
    import grpc
    from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
    from grpc_health.v1.health_pb2_grpc import HealthStub

    with grpc.insecure_channel(place, options=[("grpc.enable_http_proxy", 0)]) as channel:
        try:
            answer = HealthStub(channel).Check(HealthCheckRequest(service=CODE_LOCATION), timeout=SECONDS)
        except grpc.RpcError as error:
            return str(error.details() or error.code())
    return None if answer.status == HealthCheckResponse.SERVING else f"status {answer.status}"


def main(arguments: list[str]) -> None:
    if len(arguments) != 1:
        sys.exit("usage: python -m housing_assets.deployment.health ADDRESS")
    if found := fault(arguments[0]):
        sys.exit(f"{arguments[0]}: {found}")


if __name__ == "__main__":
    main(sys.argv[1:])
