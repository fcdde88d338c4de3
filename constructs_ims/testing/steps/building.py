"""From what a step is given to a stack: functions are called, with a new ``App`` where they take one."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from constructs_ims.backend.sandbox import StackSource
from constructs_ims.cdk_choice import choice
from constructs_ims.testing.steps.step import Source

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def build_stack(source: Source, outdir: Path) -> StackSource:
    """Return the stack that ``source`` is or builds; an ``App`` that is made for it synthesizes into ``outdir``."""
    if isinstance(source, str | Path) or not callable(source):
        return source
    stack = source(_new_app(outdir)) if _takes_app(source) else source()
    if stack is None:
        raise TypeError(f"{_name(source)} returned nothing. Have it return the stack that it builds.")
    return stack


def _takes_app(function: Callable[..., Any]) -> bool:
    # The metaclass of a CDK's classes hides what theirs take.
    called = getattr(function, "__init__") if isinstance(function, type) else function  # noqa: B009 - unsound for mypy
    parameters = list(inspect.signature(called).parameters.values())[isinstance(function, type) :]
    required = [one for one in parameters if one.default is one.empty and one.kind in _POSITIONAL]
    if len(required) > 1:
        names = ", ".join(parameter.name for parameter in required)
        raise TypeError(
            f"{_name(function)} takes {names}. Have a function that builds a stack take an app alone, or nothing; "
            "a lambda gives the others."
        )
    return len(required) == 1


def _new_app(outdir: Path) -> Any:
    return choice.module().App(outdir=str(outdir))


def _name(function: Callable[..., Any]) -> str:
    return str(getattr(function, "__qualname__", function))
