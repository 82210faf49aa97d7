"""A web server on loopback that serves one file, well or badly."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

Fault = Literal["reset", "silent", "truncate", "trickle"]


@dataclass
class WebServer:
    """Serves ``content`` under every path.

    ``answers`` are used up one a request: a status to answer with, or what goes wrong. ``headers`` are sent with the
    content, and with ``volatile_tag`` an entity tag of each request's own. ``requests`` are the method and path of each
    request, ``credentials`` what it had as such. HEAD is answered with ``head_status``.
    """

    content: bytes = b"content"
    answers: list[int | Fault] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    announce_length: bool = True
    serves_head: bool = True
    head_status: int = 200
    volatile_tag: bool = False
    requests: list[tuple[str, str]] = field(default_factory=list)
    credentials: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("BoundHandler", (Handler,), {"server_state": self}))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/data/housing.csv"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    server_state: WebServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the signature of the base class
        """Say nothing: the tests look at ``WebServer.requests``."""

    def serve(self) -> None:
        state = self.server_state
        state.requests.append((self.command, self.path))
        state.credentials.append(self.headers.get("Authorization"))
        answer = state.answers.pop(0) if state.answers else 200
        if self.command == "HEAD" and not state.serves_head:
            answer = 405
        if self.command == "HEAD" and state.head_status != 200:
            answer = state.head_status
        if answer == "reset":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif answer == "silent":
            time.sleep(0.5)
        else:
            self.send(answer)

    do_GET = do_HEAD = serve  # noqa: N815

    def send(self, answer: int | str) -> None:
        state = self.server_state
        status = answer if isinstance(answer, int) else 200
        self.send_response(status)
        for name, value in state.headers.items():
            self.send_header(name, value)
        if state.volatile_tag:
            self.send_header("ETag", f'"{len(state.requests)}"')
        if state.announce_length:
            self.send_header("Content-Length", str(len(state.content)))
        self.end_headers()
        if self.command == "GET":
            with contextlib.suppress(ConnectionError):  # a client that has read enough hangs up
                self.send_content(answer)

    def send_content(self, answer: int | str) -> None:
        content = self.server_state.content
        if answer == "truncate":
            self.wfile.write(content[: len(content) // 2])
        elif answer == "trickle":
            for byte in content[:20]:
                self.wfile.write(bytes([byte]))
                time.sleep(0.05)
        else:
            self.wfile.write(content)
