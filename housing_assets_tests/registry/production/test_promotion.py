from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from housing_assets.domain.gates.verdicts import Verdict
from housing_assets.registry.package.verification import RefusedModelError, load
from housing_assets.registry.production.ledger import Ledger, LedgerConflictError, LedgerEntry
from housing_assets.registry.production.promotion import (
    GateRefusedError,
    NothingToRollBackToError,
    promote,
    reconcile,
    rollback,
)
from housing_assets_tests.mlflow_server import plain_environment
from housing_assets_tests.registry.models import fitted, registered, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from housing_assets.registry.versions import ModelRegistry, RegisteredVersion

KILLED = Path(__file__).parent / "killed_promotions.py"


@pytest.fixture(autouse=True)
def three_versions(registry: ModelRegistry) -> None:
    for depth in (1, 2, 3):
        registered(registry, depth)


def verdict(name: str, *, passed: bool, blocking: bool = True) -> Verdict:
    return Verdict(name, passed, blocking, 15.2, 14.5, "maximum", None, f"{name} is 15.2, at most 14.5 is allowed.")


def open_gate(_version: RegisteredVersion) -> Sequence[Verdict]:
    return [verdict("wmape", passed=True), verdict("drift", passed=False, blocking=False)]


def closed_gate(_version: RegisteredVersion) -> Sequence[Verdict]:
    return [verdict("wmape", passed=False), verdict("rmse", passed=False)]


def promoted(registry: ModelRegistry, ledger: Ledger, *versions: int) -> list[LedgerEntry]:
    return [promote(registry, ledger, version, gate=open_gate, who="ada", why="better") for version in versions]


def production(registry: ModelRegistry) -> int | None:
    return registry.aliases().get("production")


def test_a_promotion_moves_the_alias(registry: ModelRegistry, ledger: Ledger):
    promoted(registry, ledger, 2)

    assert production(registry) == 2


def test_a_promotion_is_in_the_ledger_with_its_verdicts(registry: ModelRegistry, ledger: Ledger):
    promoted(registry, ledger, 1, 2)

    last = ledger.entries()[-1]
    assert (last.action, last.who, last.why, last.from_version, last.to_version) == ("promotion", "ada", "better", 1, 2)
    assert last.gates[0] | {"message": ""} == {
        "name": "wmape",
        "passed": True,
        "blocking": True,
        "value": 15.2,
        "threshold": 14.5,
        "direction": "maximum",
        "baseline": None,
        "message": "",
    }


def test_an_alias_may_be_promoted(registry: ModelRegistry, ledger: Ledger):
    promote(registry, ledger, "staging", gate=open_gate, who="ada", why="newest")

    assert production(registry) == 3


def test_what_is_in_production_is_not_promoted_again(registry: ModelRegistry, ledger: Ledger):
    promoted(registry, ledger, 2, 2)

    assert len(ledger.entries()) == 1


def test_a_failed_gate_keeps_it_out_and_names_every_reason(registry: ModelRegistry, ledger: Ledger):
    with pytest.raises(GateRefusedError, match=r"wmape: wmape is 15\.2.*; rmse: "):
        promote(registry, ledger, 2, gate=closed_gate, who="ada", why="better")

    assert (production(registry), ledger.entries()) == (None, [])


def test_a_gate_that_judged_nothing_keeps_it_out(registry: ModelRegistry, ledger: Ledger):
    with pytest.raises(GateRefusedError, match="No gate judged it"):
        promote(registry, ledger, 2, gate=lambda _: [], who="ada", why="better")


def test_a_reason_is_required(registry: ModelRegistry, ledger: Ledger):
    with pytest.raises(ValueError, match="--why"):
        promote(registry, ledger, 2, gate=open_gate, who="ada", why=" ")


def test_damaged_files_keep_it_out(registry: ModelRegistry, ledger: Ledger):
    (Path(registry.version(2).files.removeprefix("file://")) / "model.skops").write_bytes(b"")

    with pytest.raises(RefusedModelError):
        promoted(registry, ledger, 2)
    assert ledger.entries() == []


def test_of_two_at_once_one_wins_and_the_other_is_told(registry: ModelRegistry, ledger: Ledger):
    import threading

    both_judge = threading.Barrier(2, timeout=30)

    def slow_gate(version: RegisteredVersion) -> Sequence[Verdict]:
        both_judge.wait()
        return open_gate(version)

    def attempt(version: int) -> LedgerEntry | LedgerConflictError:
        try:
            return promote(registry, ledger, version, gate=slow_gate, who=f"user {version}", why="better")
        except LedgerConflictError as error:
            return error

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(attempt, (1, 2)))

    (won,) = [outcome for outcome in outcomes if isinstance(outcome, LedgerEntry)]
    (lost,) = [outcome for outcome in outcomes if isinstance(outcome, LedgerConflictError)]
    assert production(registry) == won.to_version
    assert f"{won.who} changed production to version {won.to_version}" in str(lost)


def test_a_promotion_killed_at_any_line_is_made_good_by_the_next(registry: ModelRegistry, tmp_path: Path):
    """Each line of ``promote`` and ``reconcile`` is one kill -9."""
    ended = subprocess.run(
        [sys.executable, str(KILLED), str(tmp_path / "home")],
        capture_output=True,
        text=True,
        check=False,
        env=plain_environment(),
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    states = set(ended.stdout.split())
    assert states == {"nothing", "entry-without-alias", "done"}, ended.stdout


def test_an_alias_moved_by_hand_is_moved_back(registry: ModelRegistry, ledger: Ledger):
    promoted(registry, ledger, 2)
    registry.move_alias("production", 3)

    assert reconcile(registry, ledger) == "production named 3; moved to 2 by the ledger"
    assert production(registry) == 2


def test_an_alias_set_before_the_first_promotion_is_left_alone(registry: ModelRegistry, ledger: Ledger):
    registry.move_alias("production", 3)

    assert reconcile(registry, ledger) is None
    assert production(registry) == 3


def test_a_lost_version_is_reported_and_another_can_be_promoted(registry: ModelRegistry, ledger: Ledger):
    promoted(registry, ledger, 2)
    registry.client().delete_model_version(registry.model_name, "2")

    assert "the registry lost it" in str(reconcile(registry, ledger))
    promoted(registry, ledger, 3)
    assert production(registry) == 3


def test_a_rollback_goes_back_one_version(registry: ModelRegistry, ledger: Ledger):
    promoted(registry, ledger, 1, 2)
    entry = rollback(registry, ledger, who="ada", why="complaints")

    assert production(registry) == 1
    assert (entry.action, entry.from_version, entry.to_version) == ("rollback", 2, 1)


def test_a_rollback_may_name_its_target(registry: ModelRegistry, ledger: Ledger):
    promoted(registry, ledger, 1, 2, 3)
    rollback(registry, ledger, to=1, who="ada", why="complaints")

    assert production(registry) == 1


def test_a_rollback_restores_the_very_predictions(registry: ModelRegistry, ledger: Ledger):
    promoted(registry, ledger, 1)
    before = load(registry, "production").predict(rows()).tobytes()
    promoted(registry, ledger, 3)
    rollback(registry, ledger, who="ada", why="complaints")

    assert load(registry, "production").predict(rows()).tobytes() == before
    assert before == fitted(1).predict(rows()).tobytes()


def test_a_rollback_takes_seconds(registry: ModelRegistry, ledger: Ledger):
    promoted(registry, ledger, 1, 2)
    started = time.process_time()
    rollback(registry, ledger, who="ada", why="complaints")

    assert time.process_time() - started < 2


def test_a_rollback_to_damaged_files_is_refused(registry: ModelRegistry, ledger: Ledger):
    promoted(registry, ledger, 1, 2)
    (Path(registry.version(1).files.removeprefix("file://")) / "model.skops").write_bytes(b"")

    with pytest.raises(RefusedModelError, match=r"model\.skops is not what was registered"):
        rollback(registry, ledger, who="ada", why="complaints")
    assert production(registry) == 2


def test_a_version_that_never_was_in_production_is_no_rollback(registry: ModelRegistry, ledger: Ledger):
    promoted(registry, ledger, 1, 2)

    with pytest.raises(ValueError, match="never in production: `housing promote 3`"):
        rollback(registry, ledger, to=3, who="ada", why="complaints")


def test_nothing_to_go_back_to_is_said(registry: ModelRegistry, ledger: Ledger):
    promoted(registry, ledger, 1)

    with pytest.raises(NothingToRollBackToError, match="nothing else was in production"):
        rollback(registry, ledger, who="ada", why="complaints")
