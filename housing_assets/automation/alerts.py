"""What a person should know without looking: a failed run, a failed blocking gate, drift, a new staging model.

Every alert goes to the log, and as generic JSON to ``HOUSING_WEBHOOK_URL`` where that is set. An alert never harms what
it reports on: a webhook that is slow, broken or gone costs at most the time-out and is a line in the log. Which events
raise an alert is for ``automation`` to say.
"""

from __future__ import annotations

import json
import logging
import threading
import urllib.request
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from housing_assets.domain.gates.verdicts import format_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from housing_assets.domain.gates.verdicts import Verdict

Kind = Literal["run_failure", "failed_gate", "drift", "staging_model", "production"]


@dataclass(frozen=True)
class Alert:
    """``kind`` for programs, ``text`` for people (chat services show a field so named), ``details`` as plain JSON."""

    kind: Kind
    text: str
    run_id: str
    details: Mapping[str, object] = field(default_factory=dict)


def run_failure(run_id: str, job: str, error: str) -> Alert:
    first_line = error.strip().partition("\n")[0]
    return Alert("run_failure", f"Run {run_id[:8]} of {job} failed: {first_line}", run_id, {"job": job, "error": error})


def failed_gate(run_id: str, asset: str, data_version: str, verdicts: Sequence[Verdict]) -> Alert | None:
    """The blocking gates that rejected a value of ``asset``; None if there are none."""
    failed = [verdict for verdict in verdicts if verdict.blocking and not verdict.passed]
    if not failed:
        return None
    reasons = "; ".join(f"{verdict.name}: {verdict.message}" for verdict in failed)
    text = f"{asset} {data_version[:12]} was rejected, the last accepted one stays in use. {reasons}"
    return Alert("failed_gate", text, run_id, judged(asset, data_version, failed))


def drift(run_id: str, asset: str, data_version: str, verdicts: Sequence[Verdict]) -> Alert | None:
    """The drift gates that ``asset`` did not pass, whether they block or warn; None if there are none."""
    failed = [verdict for verdict in verdicts if not verdict.passed]
    if not failed:
        return None
    reasons = "; ".join(f"{verdict.name}: {verdict.message}" for verdict in failed)
    return Alert(
        "drift", f"Drift in {asset} {data_version[:12]}. {reasons}", run_id, judged(asset, data_version, failed)
    )


def production(run_id: str, asset: str, day: str, verdicts: Sequence[Verdict], link: str) -> Alert | None:
    """What the gates of a watched ``day`` did not let pass, with a ``link`` to its plots; None if there is nothing."""
    failed = [verdict for verdict in verdicts if not verdict.passed]
    if not failed:
        return None
    reasons = "; ".join(f"{verdict.name}: {verdict.message}" for verdict in failed)
    details = {"asset": asset, "day": day, "link": link, "gates": [asdict(verdict) for verdict in failed]}
    return Alert("production", f"{asset} of {day}. {reasons} See {link}", run_id, details)


def staging_model(run_id: str, name: str, version: str, metrics: Mapping[str, float]) -> Alert:
    figures = ", ".join(f"{metric} {format_number(value)}" for metric, value in metrics.items())
    text = f"{name} version {version} is in staging: {figures}. To use it: housing promote {version} --why '...'"
    return Alert("staging_model", text, run_id, {"name": name, "version": version, "metrics": dict(metrics)})


def judged(asset: str, data_version: str, verdicts: Sequence[Verdict]) -> dict[str, object]:
    return {"asset": asset, "data_version": data_version, "gates": [asdict(verdict) for verdict in verdicts]}


def send(alert: Alert, webhook_url: str | None, timeout: float, log: logging.Logger) -> bool:
    """Log ``alert``, and post it to ``webhook_url`` if there is one. True if the webhook took it. Never raises.

    ``timeout`` (seconds) bounds the whole delivery: the time-out of a socket alone starts anew with every byte and does
    not cover the look-up of the host's name, so the request runs in a thread of its own that is given up on.
    """
    log.log(logging.INFO if alert.kind == "staging_model" else logging.WARNING, "%s: %s", alert.kind, alert.text)
    if not webhook_url:
        return False
    outcome: list[str] = []
    thread = threading.Thread(target=deliver, args=(alert, webhook_url, timeout, outcome), daemon=True)
    thread.start()
    thread.join(timeout)
    problem = outcome[0] if outcome else f"no answer within {timeout:g} s"
    if problem:
        log.warning("the alert %s did not reach HOUSING_WEBHOOK_URL: %s", alert.kind, problem)
    return not problem


def deliver(alert: Alert, webhook_url: str, timeout: float, outcome: list[str]) -> None:
    """Append to ``outcome`` what went wrong, or an empty text if nothing did.

    Only errors of the network are told in full: others may quote the address, which holds the webhook's secret.
    """
    try:
        post(alert, webhook_url, timeout)
        outcome.append("")
    except OSError as error:
        outcome.append(f"{type(error).__name__}: {error}")
    except Exception as error:
        outcome.append(f"{type(error).__name__}; it must be an address such as https://example.org/hook")


def post(alert: Alert, webhook_url: str, timeout: float) -> None:
    if urlsplit(webhook_url).scheme not in ("http", "https"):
        raise ValueError(webhook_url)
    body = json.dumps(asdict(alert), default=str).encode()
    request = urllib.request.Request(webhook_url, body, {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310
        answer.read(1)
