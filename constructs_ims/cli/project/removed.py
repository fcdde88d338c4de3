"""Stacks that were deployed and that the app no longer has."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from constructs_ims.backend.sandbox.directory import SANDBOX_VARIABLE, stack_name
from constructs_ims.backend.sandbox.synthesis import CONFIGURATION_FILE
from constructs_ims.cli.project.problems import Problem
from constructs_ims.cli.project.stack import AppStack
from constructs_ims.schema.diagnostics import warning

if TYPE_CHECKING:
    from constructs_ims.backend.sandbox import Sandbox

_OF_A_DIRECTORY: Final = re.compile(r".*-[0-9a-f]{8}", re.DOTALL)
"""The name of the state of a directory that no app synthesized."""


@contextmanager
def stacks_from_states(sandbox: Sandbox, names: Iterable[str]) -> Iterator[list[AppStack]]:
    """Yield a stack without any configuration for each of ``names`` that the sandbox keeps a state of."""
    wanted = set(names)
    kept = [name for name in _deployed(sandbox) if name in wanted]
    with tempfile.TemporaryDirectory(prefix="constructs-ims-") as folder:
        stacks = [AppStack(name, Path(folder, "cdktf.out", "stacks", name)) for name in kept]
        for stack in stacks:
            stack.directory.mkdir(parents=True)
            (stack.directory / CONFIGURATION_FILE).write_text("{}", encoding="utf-8")
        yield stacks


def left_behind(sandbox: Sandbox, stacks: Sequence[AppStack]) -> Iterator[Problem]:
    """Yield a warning of the deployed stacks that are none of the app's, given all that it has.

    A sandbox that several projects may share has stacks of other apps too, and is not looked at.
    """
    if os.environ.get(SANDBOX_VARIABLE):
        return
    own = {stack_name(stack.directory) for stack in stacks}
    names = [name for name in _deployed(sandbox) if name not in own and not _OF_A_DIRECTORY.fullmatch(name)]
    if names:
        verb = "is" if len(names) == 1 else "are"
        detail = (
            f"{', '.join(names)} {verb} deployed in the sandbox and no longer in the app. To destroy what is left: "
            f"constructs-ims destroy {' '.join(names)}"
        )
        yield Problem(warning("Stacks left behind", detail))


def _deployed(sandbox: Sandbox) -> Iterator[str]:
    """Yield the names of the stacks of which something is kept; a state that cannot be read is not nothing."""
    for name in sandbox.states.stacks():
        state = sandbox.states.of(name).load().state
        if state is None or not state.is_empty:
            yield name
