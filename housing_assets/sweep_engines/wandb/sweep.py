"""The sweep by Weights & Biases: its service chooses parameters and stops bad trials, this process scores them.

``sweep.engine: wandb`` sends the section of ``pipeline.yaml`` as it is to ``wandb.sweep``, and runs as many agents side
by side as a batch has trials. Data, fits and workers stay here: nothing but parameters and scores travels. Each trial
logs a step for each fold, which W&B's hyperband judges; a stop arrives with the agent's next poll, so a trial shorter
than that runs to its end.

Unlike Optuna's, such a sweep is not repeatable: the service takes no seed. It was tested against a local stand-in for
W&B's HTTP interface with W&B's own client; the service itself, in the cloud, was not reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from housing_assets.errors import ExpectedError
from housing_assets.sweep_engines.wandb.agents import Agents
from housing_assets.sweep_engines.wandb.messages import Asked, Opened, Plan
from housing_assets.tracking.wandb_settings import DISCREET, KEY_VARIABLE, MODE_VARIABLE, as_environment, online
from housing_assets.sweep_engines.wandb.agent_trials import TrialRecords

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from housing_assets.domain.sweep.trials import Search
    from housing_assets.settings.operations import TrackingSettings


class WandbSweepError(ExpectedError, RuntimeError):
    """W&B cannot run the sweep; the message says what to do."""


def require_key() -> None:
    """Raise ``WandbSweepError`` without a key: W&B has no offline sweeps."""
    if not online():
        raise WandbSweepError(
            f"sweep.engine: wandb needs the service: set {KEY_VARIABLE} (wandb.ai/authorize) and leave {MODE_VARIABLE} "
            "online, or set sweep.engine: optuna"
        )


def run_wandb_trials(
    search: Search,
    *,
    configuration: Mapping[str, Any],
    settings: TrackingSettings,
    folder: Path,
    resume_path: Path | None,
    report: Callable[[str], None],
) -> list[Any]:
    """All trials, as ``trials.run_trials`` gives them; W&B's files go below ``folder``.

    Trials kept in ``resume_path`` by an interrupted sweep of the same identity are not run again: the new sweep starts
    from their runs.

    Raises:
        WandbSweepError: without a key, or if W&B does not answer or gives no trial at all.
    """
    require_key()
    book = TrialRecords(search, resume_path, report)
    plan = Plan(
        configuration=configuration,
        prior_runs=tuple(book.runs()),
        folds=search.folds,
        project=settings.wandb_project,
        entity=settings.wandb_entity,
        poll_seconds=settings.sweep_poll_seconds,
        environment=environment(settings, folder),
    )
    with Agents(plan) as agents:
        attend(agents, book, shares(book.left, search.batch), settings.sweep_wait_seconds)
    book.close_lost()
    if not book.trials:
        raise WandbSweepError(f"W&B ran no trial: {book.faults or 'the sweep ended at once'}")
    return book.trials


def environment(settings: TrackingSettings, folder: Path) -> dict[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    # W&B sends history every 15 s if nothing is said, too late to stop a trial, and takes less than a second for that.
    history = max(1.0, settings.sweep_poll_seconds)
    wait = settings.sweep_wait_seconds
    limits = {"init_timeout": wait, "finish_timeout": wait, "x_file_stream_transmit_interval": history}
    return {"WANDB_DIR": str(folder.absolute()), "WANDB_ERROR_REPORTING": "false", **as_environment(DISCREET | limits)}


def shares(trials: int, agents: int) -> list[int]:
    """How many trials each agent runs: 7 of 3 is 3, 2, 2."""
    return [len(range(agent, trials, agents)) for agent in range(min(agents, trials))]


def attend(agents: Agents, book: TrialRecords, counts: Sequence[int], wait_seconds: float) -> None:
    """Start an agent for each of ``counts``, and answer them until the last has left."""
    for count in counts[:1]:
        agents.start(None, count)
    while agents.running:
        try:
            messages = agents.messages(wait_seconds)
        except TimeoutError:
            raise WandbSweepError(
                f"W&B said nothing for {wait_seconds:g} s (tracking.sweep_wait_seconds) after {len(book.trials)} "
                "trials, which are kept: run again to go on, or set sweep.engine: optuna"
            ) from None
        for sweep in [message.sweep for _, message in messages if isinstance(message, Opened)]:
            for count in counts[1:]:
                agents.start(sweep, count)
        book.note([message for _, message in messages])
        book.answer([(connection, message) for connection, message in messages if isinstance(message, Asked)])
