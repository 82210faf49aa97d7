"""How a run is shown while it goes on: live in a terminal, a line an asset elsewhere."""

from __future__ import annotations

import io
import os
import sys
import threading
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from housing_assets.cli.runs.run_log import parse_messages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.console import RenderableType

    from housing_assets.cli.runs.progress import Progress

SECONDS_BETWEEN_LOOKS = 0.2
STYLES = {"waiting": "dim", "running": "bold cyan", "done": "green", "reused": "blue", "failed": "bold red"}


class PlainView:
    """A line for each asset as it ends; warnings between them. ``detail`` -1 is quiet, 1 shows every message."""

    def __init__(self, progress: Progress, stream: IO[str], detail: int) -> None:
        self.progress, self.stream, self.detail = progress, stream, detail
        self.shown_assets = self.shown_warnings = 0

    def show(self, messages: list[str]) -> None:
        """Write what is new."""
        lines = [*self.new_warnings(), *(messages if self.detail > 0 else [])]
        if self.detail >= 0:
            lines += [self.progress.line(asset) for asset in self.progress.ended[self.shown_assets :]]
        self.shown_assets = len(self.progress.ended)
        for line in lines:
            self.write(line)

    def new_warnings(self) -> list[str]:
        found = self.progress.warnings[self.shown_warnings :]
        self.shown_warnings += len(found)
        return [indent_lines(f"warning  {text}") for text in found]

    def write(self, line: str) -> None:
        self.stream.write(f"{line}\n")
        self.stream.flush()

    def close(self) -> None:
        """Nothing is held."""


class LiveView(PlainView):
    """The lineage and one bar, drawn again at every look; warnings and messages stay above."""

    def __init__(self, progress: Progress, stream: IO[str], detail: int) -> None:
        from rich.console import Console
        from rich.live import Live

        super().__init__(progress, stream, detail)
        self.console = Console(file=stream, highlight=False)
        self.live = Live(
            self.drawing(), console=self.console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
        )
        self.bar, self.counted = None, ""
        self.live.start()

    def show(self, messages: list[str]) -> None:
        for line in [*self.new_warnings(), *(messages if self.detail > 0 else [])]:
            self.console.print(line, markup=False, style="yellow" if line.startswith("warning") else None)
        self.live.update(self.drawing(), refresh=True)

    def close(self) -> None:
        self.live.stop()

    bar: Any = None
    counted: str = ""

    def drawing(self) -> RenderableType:
        from rich.console import Group
        from rich.text import Text

        lines = [
            Text(self.progress.line(asset), style=STYLES.get(state.state, "dim"), no_wrap=True)
            for asset, state in self.progress.assets.items()
        ]
        return Group(*lines, *([self.counter()] if self.progress.counter else []))

    def counter(self) -> RenderableType:
        """The bar of what the running step counts, a new one for a new thing; its remark has a line of its own."""
        from rich.console import Group
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
        from rich.text import Text

        what, done, total, remark = self.progress.counter or ("", 0, 1, "")
        if self.bar is None or self.counted != f"{what} {total}":
            columns = (TextColumn("{task.description}"), BarColumn(24), MofNCompleteColumn(), TimeRemainingColumn())
            self.bar = Progress(*columns, console=self.console)
            self.bar.add_task(what, total=total)
            self.counted = f"{what} {total}"
        self.bar.update(self.bar.task_ids[0], completed=done)
        return Group(self.bar.get_renderable(), Text(remark, no_wrap=True, overflow="ellipsis"))


@contextmanager
def follow_run(file: Path, progress: Progress, detail: int) -> Iterator[None]:
    """Show within it what is written to the log ``file``."""
    with terminal_copy() as stream:
        view = (LiveView if stream.isatty() and detail >= 0 else PlainView)(progress, stream, detail)
        done = threading.Event()
        thread = threading.Thread(target=follow_file, args=(file, progress, view, done), daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
            view.close()


def follow_file(file: Path, progress: Progress, view: PlainView, done: threading.Event) -> None:
    """Read on until ``done``, and then to the end."""
    with file.open(encoding="utf-8", errors="replace") as log:
        ending, rest = False, ""
        while not ending:
            ending = done.wait(SECONDS_BETWEEN_LOOKS)
            *lines, rest = (rest + log.read()).split("\n")
            messages = parse_messages(lines)
            for message in messages:
                progress.add(message)
            told = [each for each in messages if each.event == "-" and each.level == "INFO"]
            view.show([indent_lines(f"{each.step}: {each.text}") for each in told])


def indent_lines(message: str) -> str:
    """A message of several lines, the further ones indented, so that one sees where it ends."""
    return message.replace("\n", "\n  ")


@contextmanager
def terminal_copy() -> Iterator[IO[str]]:
    """Standard output as it is now: Dagster sends it to a file while a step runs."""
    try:
        number = os.dup(sys.stdout.fileno())
    except (OSError, io.UnsupportedOperation):
        yield sys.stdout
        return
    with os.fdopen(number, "w", encoding=sys.stdout.encoding, errors="replace") as stream:
        yield stream
