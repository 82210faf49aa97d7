"""How far a run is, told from the messages of its log."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from housing_assets.cli.runs.run_log import STOPPED

if TYPE_CHECKING:
    from housing_assets.cli.runs.run_log import Message

COUNT = re.compile(
    r"(?P<what>[a-z]*) ?(?<![\d,.])(?P<done>\d+(\.\d+)?) of (?P<total>\d+(\.\d+)?)(?!\d|,\d)(?P<rest>.*)"
)
"""``fit 61 of 87: …``, ``trial 4 of 50, best so far 11.2 …``, ``1.5 of 3.0 MB from …``: all that counts."""

SKIPPED = "Dependencies for step "
"""How Dagster begins to say that a step is not tried; its cause is told when the run ends."""


@dataclass
class Asset:
    """The state of an asset: waiting, running, done, reused, failed, stopped or skipped.

    ``seconds`` is what it took to compute, ``started`` when it began to run, by ``time.monotonic``.
    """

    state: str = "waiting"
    seconds: float = 0.0
    started: float = 0.0


@dataclass
class Progress:
    """What the messages so far amount to. ``counter`` is of the running step: what, done, total, remark."""

    assets: dict[str, Asset]
    counter: tuple[str, float, float, str] | None = None
    warnings: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def add(self, message: Message) -> None:
        """Take the next message in."""
        for asset in message.step.split("_and_"):
            self._follow(asset, message)

    def _follow(self, asset: str, message: Message) -> None:
        known = self.assets.get(asset)
        if message.event == "STEP_START" and known:
            known.state, known.started, self.counter = "running", time.monotonic(), None
        elif message.event == "ASSET_MATERIALIZATION":
            self._materialized(message)
        elif message.event == "STEP_FAILURE" and known:
            known.state = "stopped" if message.text.startswith(STOPPED) else "failed"
        elif message.event == "STEP_SKIPPED" and known:
            known.state = "skipped"
        elif message.event == "-":
            self._said(asset, message)

    def _materialized(self, message: Message) -> None:
        content = json.loads(message.text)
        asset = self.assets.setdefault(content["asset"], Asset())
        asset.state = "reused" if content["reused"] else "done"
        asset.seconds, self.counter = content["seconds"], None
        self.ended.append(content["asset"])

    def _said(self, asset: str, message: Message) -> None:
        if message.text.startswith(SKIPPED):
            self.assets.get(asset, Asset()).state = "skipped"
        elif message.level in {"WARNING", "ERROR", "CRITICAL"}:
            self.warnings.append(f"{asset}: {message.text}")
        elif found := COUNT.search(message.text):
            what = found["what"] or "MB"
            self.counter = (what, float(found["done"]), float(found["total"]), found["rest"].strip(" ,:"))

    @property
    def computed_seconds(self) -> float:
        return sum(asset.seconds for asset in self.assets.values() if asset.state == "done")

    def line(self, asset: str) -> str:
        """``candidate_models          done     43.0 s``; of one that runs, the seconds so far."""
        found = self.assets[asset]
        seconds = f"{found.seconds:8.1f} s" if found.state == "done" else ""
        if found.state == "running":
            seconds = f"{time.monotonic() - found.started:8.0f} s"
        return f"{asset:24}  {found.state:8}{seconds}".rstrip()

    def total(self) -> str:
        states = [asset.state for asset in self.assets.values()]
        failed = f", {states.count('failed')} failed" if "failed" in states else ""
        return (
            f"{states.count('done')} computed in {self.computed_seconds:.1f} s, {states.count('reused')} reused{failed}"
        )
