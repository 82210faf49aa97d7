"""What follows from judged days: alerts, a rollback by evidence, a raw file to train on, a replay."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from click.testing import CliRunner

from housing_assets.automation.notices import of_watched_day
from housing_assets.automation.realised_prices import OFFERED, offer
from housing_assets.automation.rollback import roll_back
from housing_assets.cli import main
from housing_assets.monitoring.rollback import WHO
from housing_assets.raw.inbox import LocalInbox
from housing_assets.registry.production.promotion import promote
from housing_assets_tests.carried import carried_rows
from housing_assets_tests.registry.models import registered
from housing_assets_tests.serving.published import open_gate

if TYPE_CHECKING:
    from pathlib import Path

    import dagster as dg

    from housing_assets_tests.monitoring.production import Production

TODAY = datetime.now(UTC).date()
ASKED, DEARER, STILL_DEARER = ((TODAY - timedelta(days=back)).isoformat() for back in (2, 1, 0))
LATER = (TODAY + timedelta(days=1)).isoformat()
SOLD = 250
URL = "http://127.0.0.1:3000"


@pytest.fixture(scope="module")
def judged(production: Production) -> dg.ExecuteInProcessResult:
    """The last of two days on which prices are known that are 1.6 times what they were."""
    rival = registered(production.releases.registry).version
    models = production.releases
    for version in (rival, 1):
        promote(models.registry, models.ledger, version, gate=open_gate, who="ada", why="a change")
    production.answer(ASKED, carried_rows(2 * SOLD, seed=5))
    production.sell(DEARER, ASKED, slice(0, SOLD), by=1.6)
    production.sell(STILL_DEARER, ASKED, slice(SOLD, 2 * SOLD), by=1.6)
    return [production.judge(day) for day in (ASKED, DEARER, STILL_DEARER)][-1]


def test_an_alert_has_the_evidence_and_leads_to_the_plots(production: Production, judged: dg.ExecuteInProcessResult):
    found = {
        str(alert.details["asset"]): alert for alert in of_watched_day(production.instance, judged.dagster_run, URL)
    }
    alert = found["live_performance"]
    assert alert.kind == "production"
    assert "judged.error.1 is" in alert.text
    assert alert.details["link"] == f"{URL}/assets/live_performance?partition={STILL_DEARER}"


def test_realised_prices_are_offered_to_train_on_once(
    production: Production, judged: dg.ExecuteInProcessResult, tmp_path: Path
):
    inbox = LocalInbox(folder=str(tmp_path))
    after, _ = offer(production.run.store, inbox, "", 2 * SOLD + 1, before=LATER)
    assert (after, inbox.waiting()) == ("", [])
    after, _ = offer(production.run.store, inbox, "", 2 * SOLD, before=LATER)
    assert after == STILL_DEARER
    table = pd.read_csv(io.BytesIO((tmp_path / f"{OFFERED}{STILL_DEARER}.csv").read_bytes()))
    accepted = production.run.loaded("raw_housing")
    assert len(table) == len(accepted) + 2 * SOLD
    assert offer(production.run.store, inbox, after, 1, before=LATER)[0] == after


def test_a_day_that_may_get_further_prices_is_not_offered(
    production: Production, judged: dg.ExecuteInProcessResult, tmp_path: Path
):
    after, said = offer(production.run.store, LocalInbox(folder=str(tmp_path)), "", 2 * SOLD, before=STILL_DEARER)
    assert (after, said) == ("", f"{SOLD} of {2 * SOLD} realised prices")


def test_a_period_is_answered_again_by_another_version(production: Production, judged: dg.ExecuteInProcessResult):
    result = CliRunner().invoke(main, ["replay", "1", "--since", ASKED])
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0].startswith(f"version 1 beside version 1 on {2 * SOLD} rows: +0.0% in the mean, 0.0% apart")
    assert f"against {2 * SOLD} realised prices" in lines[-1]


def test_the_version_goes_and_the_ledger_has_the_evidence(production: Production, judged: dg.ExecuteInProcessResult):
    """Last in the module: it changes production."""
    settings = production.run.settings().load()
    before = production.releases.history()[-1]
    said = roll_back(production.releases, settings, STILL_DEARER)
    after = production.releases.history()[-1]
    assert (after.action, after.who, after.from_version) == ("rollback", WHO, before.to_version)
    assert f"realised prices that came on {STILL_DEARER}" in after.why
    assert "judged.error.1 is" in after.why
    assert said.startswith("version 1 → version 2")
    assert roll_back(production.releases, settings, STILL_DEARER).startswith("stays: nothing is held against version 2")
