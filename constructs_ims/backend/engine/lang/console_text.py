"""Values as ``terraform console`` and ``terraform output`` print them."""

from __future__ import annotations

from collections.abc import Iterable

from constructs_ims.backend.engine.lang.numbers import format_number
from constructs_ims.backend.engine.lang.quoting import quote
from constructs_ims.backend.engine.lang.typed import (
    Sensitive,
    TfList,
    TfMap,
    TfSet,
    TypedNull,
    Value,
    is_null,
    is_number,
    is_unknown,
)
from constructs_ims.schema.types import (
    DYNAMIC,
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
    friendly_name,
    type_to_json,
)


def render_console(value: Value, indent: int = 0) -> str:
    """Write a value as the console does; lines after the first stand ``indent`` columns in."""
    if isinstance(value, Sensitive):
        return "(sensitive value)"
    if is_unknown(value):
        return "(known after apply)"
    if is_null(value):
        return _null(value.type if isinstance(value, TypedNull) else DYNAMIC)
    if is_number(value):
        return format_number(value)
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _multi_line(value, indent) if "\n" in value else quote(value)
        case list():
            return _sequence(value, indent)
        case _:
            return _mapping(value, indent)


def _multi_line(text: str, indent: int) -> str:
    """Write a string of several lines as a heredoc whose marker stands nowhere in it."""
    lines = text.split("\n")
    marker = "EOT"
    while marker in (line.strip() for line in lines):
        marker += "_"
    opening = "<<-" if indent else "<<"
    blank = " " * indent
    return "\n".join([f"{opening}{marker}", *(blank + line for line in lines), f"{blank}{marker}"])


def _sequence(value: list[Value], indent: int) -> str:
    wrap = "tolist" if isinstance(value, TfList) else "toset" if isinstance(value, TfSet) else ""
    if not value:
        return f"{wrap}([])" if wrap else "[]"
    items = (f"{render_console(item, indent + 2)}," for item in _typed_items(value))
    return _block(wrap, "[", items, "]", indent)


def _typed_items(value: list[Value]) -> Iterable[Value]:
    """Return elements with the type of bare nulls put back."""
    if not isinstance(value, TfList | TfSet):
        return value
    return (TypedNull(value.element) if item is None else item for item in value)


def _mapping(value: dict[str, Value], indent: int) -> str:
    wrap = "tomap" if isinstance(value, TfMap) else ""
    if not value:
        return f"{wrap}({{}})" if wrap else "{}"
    lines = (
        f"{render_console(name, indent + 2)} = {render_console(item, indent + 2)}" for name, item in _members(value)
    )
    return _block(wrap, "{", lines, "}", indent)


def _members(value: dict[str, Value]) -> Iterable[tuple[str, Value]]:
    element = value.element if isinstance(value, TfMap) else DYNAMIC
    for name in sorted(value):
        item = value[name]
        yield name, TypedNull(element) if item is None and element != DYNAMIC else item


def _block(wrap: str, opening: str, lines: Iterable[str], closing: str, indent: int) -> str:
    blank = " " * indent
    body = "".join(f"{blank}  {line}\n" for line in lines)
    text = f"{opening}\n{body}{blank}{closing}"
    return f"{wrap}({text})" if wrap else text


def _null(type_: Type) -> str:
    match type_:
        case DynamicType():
            return "null"
        case StringType():
            return "tostring(null)"
        case NumberType():
            return "tonumber(null)"
        case BoolType():
            return "tobool(null)"
        case ListType():
            return f"tolist(null) /* of {friendly_name(type_.element)} */"
        case SetType():
            return f"toset(null) /* of {friendly_name(type_.element)} */"
        case MapType():
            return f"tomap(null) /* of {friendly_name(type_.element)} */"
        case _:
            return f"null /* {friendly_name(type_)} */"


def type_expression(type_: Type, indent: int = 0) -> str:
    """Write a type in the language's own notation, an object or tuple over several lines."""
    blank = " " * indent
    match type_:
        case ListType(element) | SetType(element) | MapType(element):
            kind = type(type_).__name__.removesuffix("Type").lower()
            if not isinstance(element, ObjectType | TupleType):
                return f"{kind}({type_expression(element, indent)})"
            return f"{kind}(\n{blank}    {type_expression(element, indent + 4)},\n{blank})"
        case ObjectType(attributes) if attributes:
            lines = (
                f"{blank}    {name}: {type_expression(attributes[name], indent + 4)},\n" for name in sorted(attributes)
            )
            return f"object({{\n{''.join(lines)}{blank}}})"
        case TupleType(elements) if elements:
            lines = (f"{blank}    {type_expression(element, indent + 4)},\n" for element in elements)
            return f"tuple([\n{''.join(lines)}{blank}])"
        case ObjectType():
            return "object({})"
        case TupleType():
            return "tuple([])"
        case _:
            return str(type_to_json(type_))
