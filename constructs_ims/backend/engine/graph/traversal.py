"""Walks a graph: every node after those it depends on, as many at a time as allowed, each at a cost of microseconds."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

N = TypeVar("N", bound=Hashable)
Job: TypeAlias = Callable[[], bool]
"""A piece of a node's work; False means that it failed."""


@dataclass(slots=True)
class WalkResult(Generic[N]):
    """How a walk ended: the nodes that failed, and those that were passed over because of it."""

    failed: set[N] = field(default_factory=set)
    skipped: set[N] = field(default_factory=set)


def walk(
    dependencies: Mapping[N, Iterable[N]],
    visit: Callable[[N], bool | Sequence[Job]],
    *,
    parallelism: int = 10,
) -> WalkResult[N]:
    """Visit every node once all that it depends on succeeded.

    ``visit`` says whether it succeeded, or returns jobs that belong to the node and may run side by side. What depends
    on a failed node is skipped, the rest goes on. An exception of a visit ends the walk and is raised again here, once
    all threads are done; ``KeyboardInterrupt`` does not wait for them.
    """
    walker = _Walker(dependencies, visit)
    threads = [threading.Thread(target=walker.work, name=f"walk-{at}", daemon=True) for at in range(parallelism - 1)]
    walker.spare = list(threads)
    walker.work()
    for thread in threads:
        if thread.ident is not None:
            thread.join()
    if walker.crash is not None:
        raise walker.crash
    walker.result.failed -= walker.result.skipped
    return walker.result


class _Walker(Generic[N]):
    """The state of one walk. Everything but visits and jobs happens under ``lock``."""

    def __init__(
        self,
        dependencies: Mapping[N, Iterable[N]],
        visit: Callable[[N], bool | Sequence[Job]],
    ) -> None:
        self.visit = visit
        self.result: WalkResult[N] = WalkResult()
        self.crash: BaseException | None = None
        self.spare: list[threading.Thread] = []
        self.changed = threading.Condition()
        self.idle = 0
        self.running = 0
        self.dependents: dict[N, list[N]] = {node: [] for node in dependencies}
        self.waiting: dict[N, int] = {}
        for node, needed in dependencies.items():
            known = [one for one in set(needed) if one in self.dependents]
            self.waiting[node] = len(known)
            for one in known:
                self.dependents[one].append(node)
        self.left = len(self.waiting)
        """How many nodes are not dealt with; 0 or less once a crash ends the walk, although some are still at work."""
        self.jobs: dict[N, int] = {}
        self.tasks: deque[tuple[N, Job | None]] = deque(
            (node, None) for node, number in self.waiting.items() if not number
        )

    def work(self) -> None:
        """Take tasks until none is left; run by every thread."""
        while (task := self._take()) is not None:
            try:
                self._perform(*task)
                with self.changed:
                    self.running -= 1
                    if not self.running and self.idle and not self.tasks:
                        self.changed.notify()
            except BaseException as crash:
                with self.changed:
                    self.crash = self.crash or crash
                    self.left = 0
                    self.changed.notify_all()
                if isinstance(crash, KeyboardInterrupt):
                    raise
                return

    def _take(self) -> tuple[N, Job | None] | None:
        with self.changed:
            while not self.tasks and self.left > 0:
                if not self.running:
                    self._give_up()
                    break
                self.idle += 1
                self.changed.wait()
                self.idle -= 1
            if self.left <= 0:
                return None
            task = self.tasks.popleft()
            self.running += 1
            self._call_help()
            return task

    def _give_up(self) -> None:
        """Pass over nodes that wait for each other in a circle, which callers are to rule out beforehand."""
        self.result.skipped.update(node for node, number in self.waiting.items() if number > 0)
        self.left = 0
        self.changed.notify_all()

    def _call_help(self) -> None:
        """Wake or start one more thread when there is more to do than this one can take."""
        if not self.tasks:
            return
        if self.idle:
            self.changed.notify()
        elif self.spare:
            self.spare.pop().start()

    def _perform(self, node: N, job: Job | None) -> None:
        if job is not None:
            self._finish_job(node, succeeded=job())
            return
        outcome = self.visit(node)
        if isinstance(outcome, bool) or not outcome:
            self._finish(node, succeeded=outcome is not False)
        else:
            self._add_jobs(node, outcome)

    def _add_jobs(self, node: N, jobs: Sequence[Job]) -> None:
        with self.changed:
            self.jobs[node] = len(jobs)
            self.tasks.extend((node, job) for job in jobs)

    def _finish_job(self, node: N, *, succeeded: bool) -> None:
        with self.changed:
            self.jobs[node] -= 1
            if not succeeded:
                self.result.failed.add(node)
            done = not self.jobs[node]
        if done:
            self._finish(node, succeeded=node not in self.result.failed)

    def _finish(self, node: N, *, succeeded: bool) -> None:
        with self.changed:
            self.left -= 1
            if succeeded:
                self._release(node)
            else:
                self.result.failed.add(node)
                self._abandon(node)
            if self.left <= 0:
                self.changed.notify_all()

    def _release(self, node: N) -> None:
        for dependent in self.dependents[node]:
            self.waiting[dependent] -= 1
            if not self.waiting[dependent]:
                self.tasks.append((dependent, None))

    def _abandon(self, node: N) -> None:
        """Pass over all that depends on a failed node, directly or through others."""
        stack = list(self.dependents[node])
        while stack:
            one = stack.pop()
            if self.waiting[one] >= 0:
                self.waiting[one] = -1
                self.left -= 1
                self.result.skipped.add(one)
                stack += self.dependents[one]
