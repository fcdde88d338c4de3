"""What a function declares: its name, parameters and result. The modules of this package fill it by decoration."""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, TypeAlias

from constructs_ims.backend.engine.lang.typed import Value, unknown
from constructs_ims.schema.diagnostics import Diagnostic
from constructs_ims.schema.types import DYNAMIC, Type


class FunctionError(Exception):
    """A function refuses: ``message`` says why (no full stop), ``argument`` is the position of the one at fault.

    ``cause`` is a fault that it met, which the diagnostic takes its code from.
    """

    def __init__(self, message: str, argument: int | None = None, *, cause: Diagnostic | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.argument = argument
        self.cause = cause


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: arguments are converted to ``type``; null is refused unless ``nullable``."""

    name: str
    type: Type = DYNAMIC
    nullable: bool = False


class Allowed(enum.Enum):
    """Where in its arguments a function can cope with an unknown value, or with a mark."""

    NOWHERE = "nowhere"
    INSIDE = "inside an argument, not as one"
    ANYWHERE = "anywhere"


ResultType: TypeAlias = Type | Callable[[Sequence[Value]], Type]


@dataclass(frozen=True, slots=True)
class Function:
    """A function. ``variadic`` takes all arguments beyond ``parameters``.

    An argument with more that is unknown than ``unknowns`` allows makes the result an unknown of ``result``; one with
    more marks than ``marks`` allows makes the result sensitive as a whole, and ``implementation`` sees no mark. With
    ``contextual`` it is given the ``Frame`` first; with ``lazy`` the ``Frame`` and the argument expressions.
    """

    name: str
    parameters: tuple[Parameter, ...]
    variadic: Parameter | None
    result: ResultType
    implementation: Callable[..., Value]
    unknowns: Allowed = Allowed.NOWHERE
    marks: Allowed = Allowed.NOWHERE
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
    unknowns: Allowed = Allowed.NOWHERE,
    marks: Allowed = Allowed.NOWHERE,
    contextual: bool = False,
    lazy: bool = False,
) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Declare what the decorated implementation is to users; see ``Function``."""

    def declare(implementation: Callable[..., Value]) -> Callable[..., Value]:
        _FUNCTIONS[name] = Function(
            name, parameters, variadic, result, implementation, unknowns, marks, contextual, lazy
        )
        return implementation

    return declare


MODULES: Final[dict[str, tuple[str, ...]]] = {
    "collections": (
        "alltrue", "anytrue", "chunklist", "coalesce", "coalescelist", "compact", "concat", "contains", "distinct",
        "element", "flatten", "index", "keys", "length", "lookup", "matchkeys", "merge", "one", "range", "reverse",
        "slice", "sort", "sum", "transpose", "values", "zipmap",
    ),
    "conversion": (
        "can", "ephemeralasnull", "issensitive", "nonsensitive", "sensitive", "tobool", "tolist", "tomap", "tonumber",
        "toset", "tostring", "try", "type",
    ),
    "crypto": (
        "base64sha256", "base64sha512", "bcrypt", "filebase64sha256", "filebase64sha512", "filemd5", "filesha1",
        "filesha256", "filesha512", "md5", "rsadecrypt", "sha1", "sha256", "sha512", "uuid", "uuidv5",
    ),
    "datetime": ("formatdate", "plantimestamp", "timeadd", "timecmp", "timestamp"),
    "encoding": (
        "base64decode", "base64encode", "base64gzip", "csvdecode", "jsondecode", "jsonencode", "textdecodebase64",
        "textencodebase64", "urlencode", "yamldecode", "yamlencode",
    ),
    "filesystem": (
        "abspath", "basename", "dirname", "file", "filebase64", "fileexists", "fileset", "pathexpand", "templatefile",
        "templatestring",
    ),
    "formatting": ("format", "formatlist"),
    "network": ("cidrhost", "cidrnetmask", "cidrsubnet", "cidrsubnets"),
    "numeric": ("abs", "ceil", "floor", "log", "max", "min", "parseint", "pow", "signum"),
    "sets": ("setintersection", "setproduct", "setsubtract", "setunion"),
    "strings": (
        "chomp", "endswith", "indent", "join", "lower", "regex", "regexall", "replace", "split", "startswith",
        "strcontains", "strrev", "substr", "title", "trim", "trimprefix", "trimspace", "trimsuffix", "upper",
    ),
}  # fmt: skip
"""The names of all functions, by the module that has them."""

PROVIDER_FUNCTIONS: Final = tuple(
    f"provider::terraform::{name}" for name in ("decode_tfvars", "encode_expr", "encode_tfvars")
)
"""The functions of the provider that Terraform has built in."""

_HOMES: Final = {
    **{name: module for module, names in MODULES.items() for name in names},
    **dict.fromkeys(PROVIDER_FUNCTIONS, "provider"),
}

CONSOLE_ONLY: Final = frozenset({"type"})
"""Functions that only a console has."""

CORE_PREFIX: Final = "core::"

NOT_WHOLE: Final = "value must be a whole number, between -9223372036854775808 and 9223372036854775807"


def is_whole(number: Value) -> bool:
    """Tell whether a number is whole and fits into 64 bits, as counts and positions must."""
    return type(number) is int and -(1 << 63) <= number < 1 << 63


def whole(number: Value, argument: int | None = None) -> int:
    """Return a number that is whole, or refuse it, as that of an argument where one is named."""
    if not is_whole(number):
        raise FunctionError(NOT_WHOLE, argument)
    return int(number)


def names() -> list[str]:
    """Return the names of all functions but those of providers, sorted."""
    return sorted(set(_HOMES) - set(PROVIDER_FUNCTIONS))


def find(name: str) -> Function | None:
    """Return a function by name, loading the module that has it; None when there is none."""
    name = name.removeprefix(CORE_PREFIX)
    if name not in _FUNCTIONS and name in _HOMES:
        import_module(f"constructs_ims.backend.engine.lang.functions.{_HOMES[name]}")
    return _FUNCTIONS.get(name)


def result_type(declared: Function, arguments: Sequence[Any]) -> Type:
    """Return the type of what a call would give; an implementation's own refusal goes through."""
    return declared.result(arguments) if callable(declared.result) else declared.result


def static_result(declared: Function) -> Type:
    """Return the type of what a function gives whatever it is called with, the dynamic one where that decides."""
    try:
        return result_type(declared, [unknown(parameter.type) for parameter in declared.parameters])
    except (FunctionError, LookupError, TypeError, ValueError):
        return DYNAMIC
