from __future__ import annotations

import signal

import pytest

from housing_assets.cli.services.signals import Stopped, stopping_on_signals, uninterrupted


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_stop(number: signal.Signals):
    with pytest.raises(Stopped, match=number.name), stopping_on_signals():
        signal.raise_signal(number)


def test_signals_are_as_before_afterwards():
    before = signal.getsignal(signal.SIGTERM)
    with stopping_on_signals():
        pass
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nobody_interrupts_the_stopping(number: signal.Signals):
    with stopping_on_signals(), uninterrupted():
        signal.raise_signal(number)
