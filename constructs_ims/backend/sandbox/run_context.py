"""What a caller has to do with a run, as one object that goes along with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from constructs_ims.backend.engine.plans.events import Observer
from constructs_ims.backend.engine.stack.run.cancellation import Cancellation


@dataclass(frozen=True, slots=True)
class RunContext:
    """Who is told of each object, what ends the run early, how many objects are worked on at once, and waiting.

    ``observer`` and ``parallelism`` are None for a caller who leaves them to the sandbox. ``on_wait`` is called when
    another run has to end first.
    """

    observer: Observer | None = None
    cancellation: Cancellation = field(default_factory=Cancellation)
    parallelism: int | None = None
    on_wait: Callable[[], None] = lambda: None
