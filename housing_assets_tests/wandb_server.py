"""A stand-in for the part of W&B's service that sweeps use, over real HTTP, for W&B's own client.

It opens sweeps, draws parameters (seeded, at random, whatever the method), keeps the history that runs send, and stops
runs by successive halving over that history, as W&B describes hyperband. It has no accounts and no pages.
"""

from __future__ import annotations

import base64
import gzip
import json
import math
import random
import re
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTITY = "somebody"
VIEWER = {
    "id": "1", "name": ENTITY, "username": ENTITY, "email": "", "admin": False, "flags": "{}", "entity": ENTITY,
    "deletedAt": None, "defaultEntity": {"name": ENTITY}, "apiKeys": {"edges": []},
    "teams": {"edges": [{"node": {"name": ENTITY}}]},
}  # fmt: skip


@dataclass
class StoredRun:
    """A run: ``state`` is running, finished or failed; ``stopped`` once the sweep gave it up."""

    name: str
    sweep: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    history: list[dict[str, Any]] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)
    state: str = "running"
    stopped: bool = False


class WandbServer:
    """The state of the service. ``silent``: it gives no trials. ``draws``: what it draws first, one value a trial."""

    def __init__(self, seed: int = 0) -> None:
        self.random = random.Random(seed)
        self.lock = threading.Lock()
        self.sweeps: dict[str, dict[str, Any]] = {}
        self.prior_runs: dict[str, Any] = {}
        self.agents: dict[str, str] = {}
        self.runs: dict[str, StoredRun] = {}
        self.silent = False
        self.draws: list[float] = []

    def trials(self) -> list[StoredRun]:
        """The runs that belong to a sweep."""
        return [run for run in self.runs.values() if run.sweep]

    def answer(self, query: str, variables: dict[str, Any]) -> dict[str, Any]:
        answers = {
            "upsertSweep": self.open_sweep,
            "createAgent": self.join,
            "agentHeartbeat": self.command,
            "upsertBucket": self.store_run,
            "createRunFiles": self.name_files,
        }
        for name, method in answers.items():
            if f"{name}(" in query:
                return {name: method(variables)}
        if "serverInfo" in query:
            versions = {"outOfDate": False, "latestVersionString": "1.0.0", "versionOnThisInstanceString": "1.0.0"}
            info = {"cliVersionInfo": {"max_cli_version": "99"}, "latestLocalVersionInfo": versions, "features": []}
            return {"viewer": VIEWER, "serverInfo": info}
        if "viewer" in query:
            return {"viewer": VIEWER}
        if "sweep(" in query:
            return {"project": {"sweep": self.sweep_of(variables.get("sweep") or variables["name"])}}
        return {}

    def open_sweep(self, variables: dict[str, Any]) -> dict[str, Any]:
        name = f"sweep{len(self.sweeps)}"
        self.sweeps[name] = yaml.safe_load(variables["config"])
        self.prior_runs[name] = json.loads(variables.get("priorRunsFilters") or "null")
        return {"sweep": self.sweep_of(name, variables["projectName"]), "configValidationWarnings": []}

    def sweep_of(self, name: str, project: str = "housing") -> dict[str, Any]:
        configuration = yaml.safe_dump(self.sweeps[name])
        return {"id": name, "name": name, "state": "RUNNING", "config": configuration, "project": project_of(project)}

    def join(self, variables: dict[str, Any]) -> dict[str, Any]:
        name = f"agent{len(self.agents)}"
        self.agents[name] = variables["sweep"]
        return {"agent": {"id": name}}

    def command(self, variables: dict[str, Any]) -> dict[str, Any]:
        running = [self.runs[name] for name in json.loads(variables["runState"])]
        agent = {"agent": {"id": variables["id"]}}
        if not running:
            return {
                **agent,
                "commands": json.dumps([] if self.silent else [self.next_run(self.agents[variables["id"]])]),
            }
        bad = [run for run in running if not run.stopped and self.is_bad(run)]
        for run in bad:
            run.stopped = True
        return {**agent, "commands": json.dumps([{"type": "stop", "run_id": run.name} for run in bad])}

    def next_run(self, sweep: str) -> dict[str, Any]:
        run = StoredRun(f"run{len(self.trials())}", sweep)
        run.params = {name: self.draw(keys) for name, keys in self.sweeps[sweep]["parameters"].items()}
        self.runs[run.name] = run
        return {"type": "run", "run_id": run.name, "args": {name: {"value": v} for name, v in run.params.items()}}

    def draw(self, keys: dict[str, Any]) -> Any:
        if self.draws:
            return self.draws.pop(0)
        if "value" in keys:
            return keys["value"]
        if "values" in keys:
            return self.random.choice(keys["values"])
        low, high, kind = keys["min"], keys["max"], keys["distribution"]
        if kind == "int_uniform":
            return self.random.randint(low, high)
        if "log" in kind:
            drawn = math.exp(self.random.uniform(math.log(low), math.log(high)))
        else:
            drawn = self.random.uniform(low, high)
        return float(round(drawn / keys["q"]) * keys["q"]) if "q" in keys else drawn

    def is_bad(self, run: StoredRun) -> bool:
        """Whether ``run`` is not among the best 1 / eta at the highest rung that it reached."""
        configuration = self.sweeps[run.sweep]
        rule, metric = configuration.get("early_terminate"), configuration["metric"]
        seen = self.metrics(run, metric["name"])
        rungs = [rule["min_iter"] * rule["eta"] ** power for power in range(9)] if rule else []
        reached = [rung for rung in rungs if rung <= len(seen)]
        if not reached:
            return False
        sign = 1 if metric["goal"] == "minimize" else -1
        others = [self.metrics(each, metric["name"]) for each in self.runs.values()]
        at_rung = sorted(sign * values[reached[-1] - 1] for values in others if len(values) >= reached[-1])
        return sign * seen[reached[-1] - 1] > at_rung[math.ceil(len(at_rung) / rule["eta"]) - 1]

    def metrics(self, run: StoredRun, name: str) -> list[float]:
        return [row[name] for row in run.history if name in row]

    def store_run(self, variables: dict[str, Any]) -> dict[str, Any]:
        run = self.runs.setdefault(variables["name"], StoredRun(variables["name"]))
        bucket = {
            "id": base64.b64encode(run.name.encode()).decode(), "name": run.name, "displayName": run.name,
            "config": variables.get("config") or "{}", "sweepName": variables.get("sweep") or None,
            "project": project_of(variables["project"]), "historyLineCount": len(run.history), "summaryMetrics": "{}",
            "state": run.state, "tags": [], "historyTail": "[]", "eventsTail": "[]",
        }  # fmt: skip
        return {"bucket": bucket, "inserted": True}

    def name_files(self, variables: dict[str, Any]) -> dict[str, Any]:
        files = [{"name": name, "uploadUrl": f"{self.url}/storage/{name}"} for name in variables["files"]]
        return {"runID": variables.get("runName"), "uploadHeaders": [], "files": files}

    def stream(self, run: StoredRun, content: dict[str, Any]) -> None:
        files = content.get("files") or {}
        run.history += map(json.loads, files.get("wandb-history.jsonl", {}).get("content", []))
        for line in files.get("wandb-summary.json", {}).get("content", []):
            run.summary = json.loads(line)
        if content.get("complete"):
            run.state = "failed" if content.get("exitcode") else "finished"

    @contextmanager
    def started(self) -> Iterator[str]:
        """Its address, while it serves on loopback."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"service": self}))
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self.url
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def project_of(name: str) -> dict[str, Any]:
    return {"id": "2", "name": name, "entity": {"id": "3", "name": ENTITY}}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: WandbServer

    def do_POST(self) -> None:
        body = self.body()
        streamed = re.match(r"/files/[^/]+/[^/]+/([^/]+)/file_stream", self.path)
        with self.service.lock:
            if self.path == "/graphql":
                question = json.loads(body)
                self.reply({"data": self.service.answer(question["query"], question.get("variables") or {})})
                return
            if streamed:
                self.service.stream(self.service.runs[streamed[1]], json.loads(body))
            self.reply({})

    def do_PUT(self) -> None:
        self.body()
        self.reply({})

    def do_GET(self) -> None:
        self.reply({})

    def body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            content = b""
            while length := int(self.rfile.readline(), 16):
                content += self.rfile.read(length)
                self.rfile.readline()
            self.rfile.readline()
        else:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return gzip.decompress(content) if self.headers.get("Content-Encoding") == "gzip" else content

    def reply(self, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        """W&B's client drops connections that it holds open; that is no error."""
        with suppress(ConnectionResetError):
            super().handle()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
