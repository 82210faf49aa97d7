"""Sends the alerts of every failed run of the instance, as the daemon's sensor does."""

from __future__ import annotations

import logging

import dagster as dg

from housing_assets.automation.notices import of_failure, send_all
from housing_assets.settings import load_settings

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    automation = load_settings({"automation": {"webhook_seconds": 10}}).automation
    with dg.DagsterInstance.get() as instance:
        for run in instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE])):
            send_all(of_failure(instance, run), automation, logging.getLogger("alerts"))
