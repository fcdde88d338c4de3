"""The classes of generated bindings, read from their text: which attributes each has and what it says of them.

The text is generated, so it is regular: it is scanned for a few forms and not parsed. It may be the TypeScript or the
JavaScript that was made of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

_QUOTED: Final = r"""['"]([\w-]+)['"]"""
_FORMS: Final = {
    # Each begins with text that stands fast, which the search for it runs through many times faster than without.
    "class": re.compile(r"class (\w+) extends \w+\.(\w+)"),
    "comment": re.compile(r"// (\w+) - computed: (true|false), optional: (true|false), required: (true|false)"),
    "getter": re.compile(rf"this\.get(\w+)Attribute\({_QUOTED}\)"),
    "anything": re.compile(rf"this\.interpolationForAttribute\({_QUOTED}\)"),
    "nested": re.compile(rf"new ([\w.]+)\(this, {_QUOTED}(?:, (true|false))?\)"),
    "element": re.compile(r"return new ([\w.]+)\(this\.terraformResource,"),
    "position": re.compile(r"super\(terraformResource, terraformAttribute([^)]*)\)"),
    "resource": re.compile(rf"terraformResourceType: {_QUOTED},\s+terraformGeneratorMetadata"),
    "source": re.compile(r"""terraformProviderSource: ['"]([^'"]+)['"]"""),
    "struct": re.compile(r"function (\w+)ToHclTerraform\("),
    "own": re.compile(r"synthesizeHclAttributes\("),
    "reset": re.compile(r"reset(\w+)\(\)"),
    "written": re.compile(r'isBlock: (true|false),\s+type: "(\w+)",\s+storageClassType: "([\w.]*)"'),
}
_WRITTEN_NAME: Final = re.compile(r"(\w+): \{\s+$")


@dataclass(slots=True)
class BoundAttribute:
    """One attribute of a class, as far as the text tells; ``kind`` is that of its getter, such as ``StringMap``."""

    name: str
    kind: str = ""
    nested: str = ""
    """The class of a block or of an object inside."""
    is_set: bool = False
    computed: bool | None = None
    """Who sets it: None where no comment tells."""
    optional: bool | None = None
    required: bool | None = None


@dataclass(slots=True)
class Written:
    """How a class writes an argument: whether as a block, and the shape that holds it."""

    is_block: bool
    shape: str
    storage: str


@dataclass(slots=True)
class BoundClass:
    """One class: an object, the object of a block, or a list or map of those."""

    name: str
    base: str
    attributes: dict[str, BoundAttribute] = field(default_factory=dict)
    element: str = ""
    """The class of a list's or map's elements."""
    is_indexed: bool = False
    """Whether an object of a block is read at position 0, so that its block is a list of one at most."""
    resource_type: str = ""
    provider_source: str = ""
    resettable: set[str] = field(default_factory=set)
    """The arguments that can be left out, in small letters without underscores."""

    def attribute(self, name: str) -> BoundAttribute:
        """Return an attribute, made when it was not there."""
        return self.attributes.setdefault(name, BoundAttribute(name))


@dataclass(slots=True)
class BoundClasses:
    """The classes of one object's files by their names, and by struct names what these write."""

    classes: dict[str, BoundClass] = field(default_factory=dict)
    written: dict[str, dict[str, Written]] = field(default_factory=dict)

    def named(self, name: str) -> BoundClass | None:
        """Return a class by its name, with or without the namespace or module before it."""
        return self.classes.get(name.rpartition(".")[2])

    def written_by(self, bound: BoundClass, root: BoundClass) -> dict[str, Written]:
        """Return what a class writes; structs in a namespace are named with that of the object before them."""
        stem = bound.name.removesuffix("OutputReference").lower()
        return self.written.get(stem) or self.written.get(root.name.lower() + stem) or {}


def read_classes(texts: Iterable[str]) -> BoundClasses:
    """Return the classes of all ``texts`` together, which are the files of one object."""
    found = BoundClasses()
    for text in texts:
        _scan(text, found)
    return found


def _scan(text: str, found: BoundClasses) -> None:
    current = BoundClass("", "")
    written: dict[str, Written] = {}
    places = [(match.start(), form, match) for form, pattern in _FORMS.items() for match in pattern.finditer(text)]
    for _, form, match in sorted(places, key=lambda place: place[0]):
        match form:
            case "class":
                current = found.classes.setdefault(match[1], BoundClass(match[1], match[2]))
            case "struct":
                written = found.written.setdefault(match[1].lower(), {})
            case "own":
                written = found.written.setdefault(current.name.lower(), {})
            case "written":
                name = _name_before(text, match.start())
                written[name] = Written(match[1] == "true", match[2], match[3])
            case _:
                _note(form, match, current)


def _name_before(text: str, position: int) -> str:
    """Return the name of the argument that the text before ``isBlock`` gives a value for."""
    value = text.rfind("value: ", 0, position)
    name = _WRITTEN_NAME.search(text, max(0, value - 200), max(0, value))
    return name[1] if name else ""


def _note(form: str, match: re.Match[str], current: BoundClass) -> None:
    """Note what one place of the text says of the class that it stands in."""
    match form:
        case "comment":
            attribute = current.attribute(match[1])
            attribute.computed, attribute.optional, attribute.required = (match[at] == "true" for at in (2, 3, 4))
        case "getter":
            attribute = current.attribute(match[2])
            attribute.kind = match[1]
            attribute.is_set = match.string.endswith("tolist(", 0, match.start())
        case "anything":
            current.attribute(match[1]).kind = "Anything"
        case "nested":
            attribute = current.attribute(match[2])
            attribute.nested, attribute.is_set = match[1], match[3] == "true"
        case "element":
            current.element = match[1]
        case "position":
            current.is_indexed = match[1].endswith(", 0")
        case "resource":
            current.resource_type = match[1]
        case "source":
            current.provider_source = match[1]
        case "reset":
            current.resettable.add(match[1].lower())
