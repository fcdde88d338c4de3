"""Type constraints of variables, ``list(object({name = string, size = optional(number, 10)}))``, and their defaults."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from constructs_ims.backend.engine.lang import MappingScope, convert, evaluate, parse_expression
from constructs_ims.schema.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    Type,
)
from constructs_ims.schema.values import Unknown


@dataclass(frozen=True, slots=True)
class TypeConstraint:
    """A type, and what stands in for the optional attributes that an object leaves out.

    ``defaults`` are those of an object's own attributes; ``inner`` are the constraints further inside, by attribute
    name, by position in a tuple, or under ``""`` for the elements of a collection.
    """

    type: Type = DYNAMIC
    defaults: Mapping[str, Any] = field(default_factory=dict)
    inner: Mapping[str | int, TypeConstraint] = field(default_factory=dict)

    @property
    def settled(self) -> Type:
        """The type of a converted value, in which no attribute is optional any more."""
        return _without_optional(self.type)

    def convert(self, value: Any) -> Any:
        """Fill in defaults and convert; raises the ``ConversionError`` of ``lang.convert``."""
        return convert(self._filled(value) if self.defaults or self.inner else value, self.type)

    def _filled(self, value: Any) -> Any:
        if value is None or value is Unknown:
            return value
        if isinstance(value, dict):
            return self._filled_object(value)
        if isinstance(value, list):
            return [self._inner(position)._filled(item) for position, item in enumerate(value)]
        return value

    def _filled_object(self, value: Mapping[str, Any]) -> dict[str, Any]:
        whole = dict(value)
        for name, default in self.defaults.items():
            if whole.get(name) is None:
                whole[name] = default
        return {name: self._inner(name)._filled(item) for name, item in whole.items()}

    def _inner(self, step: str | int) -> TypeConstraint:
        return self.inner.get(step) or self.inner.get("") or ANY


ANY: Final = TypeConstraint()

_WORD: Final = re.compile(r"\s*([A-Za-z_][\w-]*|[^\s])")
_PRIMITIVES: Final[Mapping[str, Type]] = {"string": STRING, "number": NUMBER, "bool": BOOL, "any": DYNAMIC}
_COLLECTIONS: Final[Mapping[str, Callable[[Type], Type]]] = {"list": ListType, "set": SetType, "map": MapType}


def parse_type(text: str) -> TypeConstraint:
    """Read a type constraint; ``ValueError`` says what is wrong with it."""
    text = text.strip()
    if text.startswith("${") and text.endswith("}"):
        text = text[2:-1]
    parser = _Parser(text)
    constraint = parser.type(may_be_bare=True)
    parser.end()
    return constraint


@dataclass(slots=True)
class _Parser:
    text: str
    at: int = 0

    def type(self, *, may_be_bare: bool = False) -> TypeConstraint:
        """Read one type."""
        word = self.word()
        if word in _PRIMITIVES:
            return TypeConstraint(_PRIMITIVES[word])
        if word in _COLLECTIONS:
            return self.collection(word, may_be_bare=may_be_bare)
        if word == "object":
            return self.object()
        if word == "tuple":
            return self.tuple()
        raise ValueError(f'The keyword "{word}" is not a valid type specification.')

    def collection(self, word: str, *, may_be_bare: bool) -> TypeConstraint:
        """Read the element of a list, set or map; bare ``list`` and ``map`` are the old way to write one of any."""
        if may_be_bare and word != "set" and not self.peek():
            return TypeConstraint(_COLLECTIONS[word](DYNAMIC))
        self.expect("(")
        element = self.type()
        self.expect(")")
        inner: dict[str | int, TypeConstraint] = {"": element} if element.defaults or element.inner else {}
        return TypeConstraint(_COLLECTIONS[word](element.type), inner=inner)

    def tuple(self) -> TypeConstraint:
        """Read the types of a tuple."""
        self.expect("(")
        self.expect("[")
        items: list[TypeConstraint] = []
        while self.peek() != "]":
            items.append(self.type())
            if self.peek() == ",":
                self.word()
        self.expect("]")
        self.expect(")")
        inner: dict[str | int, TypeConstraint] = {
            at: item for at, item in enumerate(items) if item.defaults or item.inner
        }
        return TypeConstraint(TupleType(tuple(item.type for item in items)), inner=inner)

    def object(self) -> TypeConstraint:
        """Read the attributes of an object."""
        self.expect("(")
        self.expect("{")
        attributes: dict[str, TypeConstraint] = {}
        optional: dict[str, Any] = {}
        while self.peek() != "}":
            name = self.word().strip('"') if self.peek() != '"' else self.quoted()
            if self.peek() not in ("=", ":"):
                raise ValueError(f'The attribute "{name}" of an object type needs "=" and a type.')
            self.word()
            attributes[name] = self.attribute(name, optional)
            if self.peek() == ",":
                self.word()
        self.expect("}")
        self.expect(")")
        return _object(attributes, optional)

    def attribute(self, name: str, optional: dict[str, Any]) -> TypeConstraint:
        """Read the type of an object's attribute, noting in ``optional`` what stands in for it."""
        before = self.at
        if self.word() != "optional":
            self.at = before
            return self.type()
        self.expect("(")
        constraint = self.type()
        optional[name] = None
        if self.peek() == ",":
            self.word()
            optional[name] = constraint.convert(self.default(name))
        self.expect(")")
        return constraint

    def default(self, name: str) -> Any:
        """Read a constant expression up to the bracket that closes ``optional(``."""
        start, depth, quoted = self.at, 0, False
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == '"' and self.text[self.at - 1] != "\\":
                quoted = not quoted
            elif not quoted and character in "([{":
                depth += 1
            elif not quoted and character in ")]}":
                if depth == 0:
                    break
                depth -= 1
            self.at += 1
        result = evaluate(parse_expression(self.text[start : self.at].strip()), MappingScope({}))
        if not result.ok:
            raise ValueError(f'The default of the attribute "{name}" is no constant.')
        return result.value

    def quoted(self) -> str:
        """Read a name in quotes."""
        self.expect('"')
        end = self.text.index('"', self.at) if '"' in self.text[self.at :] else len(self.text)
        name, self.at = self.text[self.at : end], end + 1
        return name

    def word(self) -> str:
        """Take the next word or sign; ``""`` at the end."""
        found = _WORD.match(self.text, self.at)
        if not found:
            return ""
        self.at = found.end()
        return found[1]

    def peek(self) -> str:
        """Look at the next word or sign."""
        at = self.at
        word = self.word()
        self.at = at
        return word

    def expect(self, sign: str) -> None:
        """Take a sign that must stand here."""
        found = self.word()
        if found != sign:
            raise ValueError(f'"{sign}" is expected where "{found or "the end"}" stands in the type {self.text}.')

    def end(self) -> None:
        """Make sure that nothing is left over."""
        if self.peek():
            raise ValueError(f'"{self.peek()}" is left over behind the type {self.text}.')


def _without_optional(type_: Type) -> Type:
    match type_:
        case ObjectType(attributes):
            return ObjectType({name: _without_optional(inner) for name, inner in attributes.items()})
        case ListType(element) | SetType(element) | MapType(element):
            return type(type_)(_without_optional(element))
        case TupleType(elements):
            return TupleType(tuple(map(_without_optional, elements)))
        case _:
            return type_


def _object(attributes: Mapping[str, TypeConstraint], optional: Mapping[str, Any]) -> TypeConstraint:
    shape = {name: constraint.type for name, constraint in attributes.items()}
    inner: dict[str | int, TypeConstraint] = {
        name: constraint for name, constraint in attributes.items() if constraint.defaults or constraint.inner
    }
    defaults = {name: default for name, default in optional.items() if default is not None}
    return TypeConstraint(ObjectType(shape, frozenset(optional)), defaults, inner)
