"""The report of known vulnerabilities, asked of a server on loopback in place of osv.dev."""

from __future__ import annotations

import json
import subprocess
from contextlib import closing

from housing_assets_tests.conftest import ROOT
from housing_assets_tests.recording_server import RecordingServer

KNOWN = {"vulns": [{"id": "OSV-PLANTED", "summary": "planted", "details": "", "affected": []}]}


def report(answer: object, *more: str) -> tuple[subprocess.CompletedProcess[str], set[str]]:
    """What it says if osv.dev gives ``answer`` for each version, and which versions it asks for."""
    with closing(RecordingServer({"/": json.dumps(answer).encode()})) as server:
        command = ["make", "-o", ".venv/ready-test", "vulnerabilities", f"AUDIT=--osv-url http://{server.host}", *more]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        asked = [json.loads(request.body) for request in server.requests]
    return done, {f"{query['package']['name']}=={query['version']}" for query in asked}


def test_a_known_vulnerability_is_reported() -> None:
    done, _ = report(KNOWN, "LOCKS=requirements-tools.lock")
    assert done.returncode != 0
    assert "OSV-PLANTED" in done.stdout


def test_the_versions_of_every_lock_are_asked_for() -> None:
    done, asked = report({})
    assert done.returncode == 0, done.stderr
    lines = [line for lock in ROOT.glob("requirements*.lock") for line in lock.read_text().splitlines()]
    assert {line.split()[0] for line in lines if "==" in line and ";" not in line} <= asked
