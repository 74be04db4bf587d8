# SPDX-License-Identifier: BSD-2-Clause
"""Progress of long commands: a bar on a terminal, a line a stage elsewhere."""

from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext
from typing import Callable, ContextManager, Iterator

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

Stage = Callable[[str], ContextManager[None]]


@contextmanager
def stages(title: str, total: int) -> Iterator[Stage]:
    """Inside, ``with stage(name): ...`` does one of the total stages."""
    console = Console(highlight=False, soft_wrap=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    task = bar.add_task(title, total=total)
    running: list[str] = []  # stages may overlap

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        running.append(name)
        bar.update(task, description=f"{title}: {', '.join(running)}")
        start = time.monotonic()
        yield
        running.remove(name)
        console.print(f"  {name}: {time.monotonic() - start:.1f} s")
        bar.update(task, advance=1, description=f"{title}: {', '.join(running)}")

    with bar if console.is_terminal else nullcontext():
        yield stage
