"""What a function declares: its name, parameters and result. The modules of this package fill it by decoration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, TypeAlias

from constructs_ims.backend.engine.lang.typed import Value
from constructs_ims.schema.types import DYNAMIC, Type


class FunctionError(Exception):
    """A function refuses: ``message`` says why (no full stop), ``argument`` is the position of the one at fault."""

    def __init__(self, message: str, argument: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.argument = argument


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: arguments are converted to ``type``; null is refused unless ``nullable``."""

    name: str
    type: Type = DYNAMIC
    nullable: bool = False


ResultType: TypeAlias = Type | Callable[[Sequence[Value]], Type]


@dataclass(frozen=True, slots=True)
class Function:
    """A function. ``variadic`` takes all arguments beyond ``parameters``.

    Unless ``partial``, an unknown anywhere in an argument makes the result an unknown of ``result``, and
    ``implementation`` sees known values only. Unless ``marked``, a mark anywhere in an argument goes to the result as a
    whole, and the implementation sees none. With ``contextual`` it is given the ``Frame`` first; with ``lazy`` it is
    given the ``Frame`` and the argument expressions instead of values.
    """

    name: str
    parameters: tuple[Parameter, ...]
    variadic: Parameter | None
    result: ResultType
    implementation: Callable[..., Value]
    partial: bool = False
    marked: bool = False
    contextual: bool = False
    lazy: bool = False

    def parameter(self, position: int) -> Parameter:
        """Return the parameter that takes the argument at ``position``."""
        beyond = position >= len(self.parameters) and self.variadic is not None
        return self.variadic if beyond and self.variadic else self.parameters[position]


_FUNCTIONS: Final[dict[str, Function]] = {}


def function(
    name: str,
    *parameters: Parameter,
    result: ResultType = DYNAMIC,
    variadic: Parameter | None = None,
    partial: bool = False,
    marked: bool = False,
    contextual: bool = False,
    lazy: bool = False,
) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Declare what the decorated implementation is to users; see ``Function``."""

    def declare(implementation: Callable[..., Value]) -> Callable[..., Value]:
        _FUNCTIONS[name] = Function(
            name, parameters, variadic, result, implementation, partial, marked, contextual, lazy
        )
        return implementation

    return declare


MODULES: Final[dict[str, tuple[str, ...]]] = {
    "conversion": (
        "can", "ephemeralasnull", "issensitive", "nonsensitive", "sensitive", "tobool", "tolist", "tomap", "tonumber",
        "toset", "tostring", "try", "type",
    ),
    "numeric": ("abs", "ceil", "floor", "log", "max", "min", "parseint", "pow", "signum"),
    "strings": (
        "chomp", "endswith", "indent", "join", "lower", "regex", "regexall", "replace", "split", "startswith",
        "strcontains", "strrev", "substr", "title", "trim", "trimprefix", "trimspace", "trimsuffix", "upper",
    ),
}  # fmt: skip
"""The names of all functions, by the module that has them."""

_HOMES: Final = {name: module for module, names in MODULES.items() for name in names}

CORE_PREFIX: Final = "core::"


def names() -> list[str]:
    """Return the names of all functions, sorted."""
    return sorted(_HOMES)


def find(name: str) -> Function | None:
    """Return a function by name, loading the module that has it; None when there is none."""
    name = name.removeprefix(CORE_PREFIX)
    if name not in _FUNCTIONS and name in _HOMES:
        import_module(f"constructs_ims.backend.engine.lang.functions.{_HOMES[name]}")
    return _FUNCTIONS.get(name)


def result_type(declared: Function, arguments: Sequence[Any]) -> Type:
    """Return the type of what a call would give; an implementation's own refusal goes through."""
    return declared.result(arguments) if callable(declared.result) else declared.result
