"""One argument's value: held against its Terraform type, and turned into what jsii carries.

Each conversion gives two views: the *wire* value, which goes to jsii, and the *known* value, which rules look at and in
which ``Unknown`` stands for whatever only an apply can tell.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, assert_never

from constructs_ims.constructs.tokens import (
    is_list_token,
    is_map_token,
    is_number_of_list_token,
    is_number_token,
    is_only_template,
    is_resolvable,
    is_template,
    misuse_in,
)
from constructs_ims.schema.paths import IndexStep, Path
from constructs_ims.schema.types import (
    BoolType,
    DynamicType,
    ListType,
    MapType,
    NumberType,
    ObjectType,
    SetType,
    StringType,
    TupleType,
    Type,
)
from constructs_ims.schema.values import Unknown


class Value(NamedTuple):
    """A value in its two views."""

    wire: Any
    known: Any


class MistypedError(Exception):
    """A value of the wrong type: what was given, how to mend it, and the path inside the argument."""

    def __init__(self, given: Any, mend: str, path: Path = ()) -> None:
        super().__init__(f"{describe(given)} is given. {mend}")
        self.given, self.mend, self.path = given, mend, path

    def under(self, path: Path) -> MistypedError:
        """Return the same fault one step further out."""
        return MistypedError(self.given, self.mend, path + self.path)


Converter = Callable[[Any], Value]


def converter(type_: Type) -> Converter:
    """Return the function that converts values of a Terraform type; it raises ``MistypedError``."""
    match type_:
        case StringType():
            return text
        case NumberType():
            return number
        case BoolType():
            return boolean
        case ListType(StringType()) | SetType(StringType()):
            return texts
        case MapType(StringType()):
            return text_map
        case ListType() | SetType() | MapType() | TupleType() | ObjectType() | DynamicType():
            raise NotImplementedError(f"No argument of the resource or the provider block is a {type_}.")
        case _:  # pragma: no cover
            assert_never(type_)


def text(value: Any) -> Value:
    """Convert a string; an enum that is a string becomes a plain one, which is all that jsii carries.

    A number passes only when it is a token.
    """
    if isinstance(value, str):
        plain = str.__str__(value)
        if mend := misuse_in(plain):
            raise MistypedError(value, mend)
        return Value(plain, Unknown if is_template(plain) else plain)
    if is_number_token(value):
        return Value(str(value), Unknown)
    if is_resolvable(value):
        return Value(value, Unknown)
    raise MistypedError(value, "Use a string.")


def number(value: Any) -> Value:
    """Convert a number; text passes only when it is one token."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if is_number_token(value):
            return Value(value, Unknown)
        if is_number_of_list_token(value):
            raise MistypedError(value, "It is taken out of a token for a whole list. Use Fn.element(list, 0).")
        if isinstance(value, int) or math.isfinite(value):
            return Value(value, value)
    if is_stand_in(value):
        return Value(value, Unknown)
    raise MistypedError(value, "Use a number, without quotes.")


def boolean(value: Any) -> Value:
    """Convert true or false; text passes only when it is one token."""
    if isinstance(value, bool):
        return Value(value, value)
    if is_stand_in(value):
        return Value(value, Unknown)
    raise MistypedError(value, "Use True or False, without quotes.")


def texts(value: Any) -> Value:
    """Convert a sequence of strings; a Python set is put in order, so that every synthesis writes the same."""
    if isinstance(value, set | frozenset):
        value = sorted(value, key=str)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        if is_list_token(value):
            if len(value) > 1:
                raise MistypedError(value, "A token for a whole list is among its elements. Use Fn.concat([one, two]).")
            return Value(list(value), Unknown)
        parts = [_part(text, element, position) for position, element in enumerate(value)]
        return Value([part.wire for part in parts], [part.known for part in parts])
    if is_stand_in(value):
        return Value(value, Unknown)
    example = f' Use a list of strings: ["{value}"].' if isinstance(value, str) else "Use a list of strings."
    raise MistypedError(value, example.strip())


def text_map(value: Any) -> Value:
    """Convert a mapping of strings to strings."""
    if isinstance(value, Mapping):
        if is_map_token(value):
            return Value(dict(value), Unknown)
        parts = {_key(key): _part(text, element, key) for key, element in value.items()}
        return Value({k: part.wire for k, part in parts.items()}, {k: part.known for k, part in parts.items()})
    if is_stand_in(value):
        return Value(value, Unknown)
    raise MistypedError(value, 'Use a mapping of strings to strings: {"key": "value"}.')


def is_stand_in(value: Any) -> bool:
    """Tell whether ``value`` may stand for a value of any type: an ``IResolvable``, or text that is one token."""
    return is_only_template(value) if isinstance(value, str) else is_resolvable(value)


def describe(value: Any) -> str:
    """Say in words what a value of the wrong type is: ``The number 7``, ``The string "a=b"``, ``A list``."""
    match value:
        case None:
            return "None"
        case bool():
            return f"The boolean {value}"
        case int() | float():
            return f"The number {value}"
        case str():
            return f'The string "{value}"' if len(value) <= 60 else f'The string "{value[:57]}..."'
        case list() | tuple() | set() | dict():
            return f"A {type(value).__name__}"
        case _:
            name = value.__name__ if isinstance(value, type) else type(value).__name__
            return f"{'The class' if isinstance(value, type) else 'A value of type'} {name}"


def _part(convert: Converter, value: Any, step: Any) -> Value:
    try:
        return convert(value)
    except MistypedError as fault:
        raise fault.under((IndexStep(step),)) from None


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise MistypedError(key, "Use strings as keys.")
    return str.__str__(key)
