"""Ctrl-C and its like during an operation: once to finish what is in flight, twice to stop at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final, Protocol

from constructs_ims.backend.engine.stack.run.cancellation import Cancellation
from constructs_ims.cli.one_shot_signals import spend_handler

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_ONE_WISH: Final = frozenset({signal.SIGINT, signal.SIGHUP})
_LAST_WORDS: Final = 2.0
"""Seconds for the message of a second interrupt, which may have to wait for a reader or for a lock of the view's."""


class Informed(Protocol):
    """Shows a person what an interrupt leads to. Called from a thread of its own."""

    def interrupted(self, *, at_work: bool) -> None:
        """The first interrupt came, while the operation was ``at_work`` or while an answer was awaited."""

    def cut_short(self) -> None:
        """The second interrupt came, and the process is about to end."""


class AnswerInterruptedError(Exception):
    """An interrupt came where an answer was awaited."""


class Interrupts:
    """The interrupts of one operation. ``cancellation`` is set by the first; the second ends the process with status 1.

    Finished objects are safe even then: each is in the journal before its work counts as done. That the terminal goes
    away is an interrupt too. Who takes it away may interrupt just before, as cdktf does: the two then count as one.
    """

    def __init__(self) -> None:
        self.cancellation = Cancellation()
        self._seen: set[int] = set()
        self._of_terminal = [stream for stream in (0, 1, 2) if os.isatty(stream)]
        self._end = Cancellation()
        self._is_asking = self._came_at_work = False

    @contextmanager
    def awaiting_answer(self) -> Iterator[None]:
        """Let an interrupt end the block with ``AnswerInterruptedError``, since nobody is going to answer."""
        self._is_asking = True
        try:
            yield
        finally:
            self._is_asking = False

    @contextmanager
    def heard(self, view: Informed) -> Iterator[Interrupts]:
        """Take the signals in a block. Outside of the main thread, where no handler can be set, they stay as they are.

        The handlers do no more than note what came: what they cut into may hold the very locks that printing needs.
        Where a signal cannot be noted, since a long call into C is at work, the next of its kind ends the process.
        """
        if threading.current_thread() is not threading.main_thread():
            yield self
            return
        before = {number: self._listen(number) for number in _SIGNALS}
        try:
            with (
                self.cancellation.watched(lambda: view.interrupted(at_work=self._came_at_work)),
                self._end.watched(lambda: _leave(view)),
            ):
                yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _listen(self, number: int) -> Any:
        before = signal.signal(number, self._note)
        spend_handler(number)
        return before

    def _note(self, number: int, _frame: Any) -> None:
        self._listen(number)
        counted = number in _ONE_WISH and not _ONE_WISH.isdisjoint(self._seen - {number})
        self._seen.add(number)
        if number == signal.SIGHUP:
            _say_no_more(self._of_terminal)
        if counted:
            return
        if self._end.is_set():
            os._exit(1)
        if self.cancellation.is_set():
            self._end.set()
            return
        self._came_at_work = not self._is_asking
        self.cancellation.set()
        if self._is_asking:
            raise AnswerInterruptedError


def _say_no_more(streams: Iterable[int]) -> None:
    """Let what is still to be said go nowhere: the terminal that it was for is gone."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in streams:
        os.dup2(nowhere, stream)
    os.close(nowhere)


def _leave(view: Informed) -> None:
    telling = threading.Thread(target=view.cut_short, name="last words", daemon=True)
    telling.start()
    telling.join(_LAST_WORDS)
    os._exit(1)
