"""An HTTP proxy that fails on demand, between a client under test and a real server on loopback."""

from __future__ import annotations

import http.client
import re
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

Answer = tuple[int, list[tuple[str, str]], bytes]
PIECES, PAUSE_SECONDS = 8, 0.02
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}


@dataclass
class Fault:
    """What goes wrong with the next ``times`` requests whose method and path match.

    ``refuse``: answer ``status`` without asking the server. ``reset``: drop the connection without an answer.
    ``truncate``: send half of the server's answer. ``lose_answer``: let the server act, then answer ``status``.
    ``trickle``: send the answer in small pieces with pauses. ``behind``: give the first answer that there was to this
    request, as a listing that has not caught up.
    """

    kind: Literal["refuse", "reset", "truncate", "lose_answer", "trickle", "behind"]
    method: str = ".*"
    path: str = ".*"
    status: int = 503
    times: int = 1

    def matches(self, method: str, path: str) -> bool:
        return self.times > 0 and bool(re.fullmatch(self.method, method)) and bool(re.search(self.path, path))


@dataclass
class FaultProxy:
    """Forwards to ``upstream_port`` once that is set. ``requests`` are the methods and paths seen.

    ``first_answers`` are kept for ``behind``, if ``remembers``.
    """

    upstream_port: int = 0
    faults: list[Fault] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    remembers: bool = False
    first_answers: dict[str, Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        handler = type("BoundHandler", (Handler,), {"proxy": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def clear(self) -> None:
        self.faults.clear()
        self.requests.clear()

    def next_fault(self, method: str, path: str) -> Fault | None:
        self.requests.append((method, path))
        for fault in self.faults:
            if fault.matches(method, path):
                fault.times -= 1
                return fault
        return None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every small answer waits 40 ms for an acknowledgement
    proxy: FaultProxy

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the signature of the base class
        """Say nothing: the tests look at ``FaultProxy.requests``."""

    def forward(self) -> None:
        body = self.body()
        fault = self.proxy.next_fault(self.command, self.path)
        kind = fault.kind if fault else None
        if kind == "reset":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if fault and kind == "refuse":
            self.answer(fault.status, [], b"injected")
            return
        answer = self.ask_upstream(body)
        if self.proxy.remembers and self.command == "GET":
            self.proxy.first_answers.setdefault(self.path, answer)
        status, headers, content = self.proxy.first_answers.get(self.path, answer) if kind == "behind" else answer
        if fault and kind == "lose_answer":
            self.answer(fault.status, [], b"injected")
        else:
            sent = len(content) // 2 if kind == "truncate" else None
            self.answer(status, headers, content, sent=sent, pieces=PIECES if kind == "trickle" else 1)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = forward  # noqa: N815

    def body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def ask_upstream(self, body: bytes) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.proxy.upstream_port, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
        connection.request(self.command, self.path, body=body, headers=headers)
        response = connection.getresponse()
        content = response.read()
        connection.close()
        return response.status, response.getheaders(), content

    def answer(
        self, status: int, headers: list[tuple[str, str]], content: bytes, sent: int | None = None, pieces: int = 1
    ) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.write(content[:sent], pieces)
        self.close_connection = self.close_connection or sent is not None

    def write(self, content: bytes, pieces: int) -> None:
        size = -(-len(content) // pieces) or 1
        for start in range(0, len(content), size):
            self.wfile.write(content[start : start + size])
            if pieces > 1:
                self.wfile.flush()
                time.sleep(PAUSE_SECONDS)
