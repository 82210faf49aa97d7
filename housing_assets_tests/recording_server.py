"""A web server on loopback that keeps every request, and answers itself or hands on to another server.

As an HTTP proxy it answers for every host, so that a test may use names that do not exist.
"""

from __future__ import annotations

import http.client
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

NOT_HANDED_ON = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding"})


@dataclass(frozen=True)
class Request:
    """``address`` is a path or, of a proxy, whole. ``headers`` have lower-case names."""

    method: str
    address: str
    headers: dict[str, str]
    body: bytes


@dataclass
class RecordingServer:
    """``contents`` are what it answers by path, all else is 404; with ``upstream`` (host:port) it only hands on."""

    contents: dict[str, bytes] = field(default_factory=dict)
    upstream: str = ""
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("BoundHandler", (Handler,), {"recording": self}))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    recording: RecordingServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or the content waits for the client to acknowledge the headers: 40 ms a request

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the signature of the base class
        """Say nothing: the tests look at ``RecordingServer.requests``."""

    def serve(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, self.rfile.read(int(headers.get("content-length", 0))))
        self.recording.requests.append(request)
        status, answered, content = handed_on(request, self.recording.upstream) or self.own_answer()
        self.send_response(status)
        for name, value in answered.items():
            if name.lower() not in NOT_HANDED_ON:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = serve  # noqa: N815

    def own_answer(self) -> tuple[int, dict[str, str], bytes]:
        content = self.recording.contents.get(urlsplit(self.path).path)
        return (404, {}, b"") if content is None else (200, {"ETag": f'"{len(content)}"'}, content)


def handed_on(request: Request, upstream: str) -> tuple[int, dict[str, str], bytes] | None:
    if not upstream:
        return None
    connection = http.client.HTTPConnection(upstream, timeout=60)
    connection.request(request.method, request.address, request.body, {**request.headers, "host": upstream})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), content
