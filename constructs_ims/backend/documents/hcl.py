"""A stack's JSON as HCL, to be read: blocks and arguments sorted, laid out as ``terraform fmt`` would.

JSON does not tell a nested block of another provider's resource from an argument that is an object; such a value is
written as an argument. The CDKs' own HCL needs a stack object, has neither indentation nor order, and leaves out what
overrides add.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from constructs_ims.schema.provider import PROVIDER

_IDENTIFIER: Final = re.compile(r"[A-Za-z_][\w-]*")
_BLOCKS: Final = frozenset(
    {"cloud", "connection", "lifecycle", "postcondition", "precondition", "timeouts", "validation", "workspaces"}
    | PROVIDER.block.blocks_by_name.keys()
)
"""Nested blocks, wherever they stand."""
_LABELLED: Final = frozenset({"backend", "dynamic", "provisioner"})
"""Nested blocks with a label, which JSON has as a key."""
_BARE: Final = frozenset({"depends_on", "ignore_changes", "provider", "providers", "replace_triggered_by"})
"""Arguments whose texts are references or keywords, not texts."""
_ORDER: Final = ("terraform", "provider", "variable", "locals", "data", "resource", "module", "output")
_LABELS: Final = {"provider": 1, "variable": 1, "data": 2, "resource": 2, "module": 1, "output": 1}
_WIDEST_LIST: Final = 80


def render_hcl(document: Mapping[str, Any]) -> str:
    """Return a stack's JSON as HCL, one empty line between blocks; comments under ``//`` are left out."""
    sections = [*_ORDER, *sorted(document.keys() - set(_ORDER) - {"//"})]
    blocks = [
        "\n".join(_block(_heading(section, labels), body, 0, section == "variable"))
        for section in sections
        if section in document
        for labels, body in _labelled(document[section], _LABELS.get(section, 0))
    ]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def _labelled(section: Any, labels: int) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """Return the blocks of a section with the keys above each, sorted by them."""
    if isinstance(section, list):
        for part in section:
            yield from _labelled(part, labels)
    elif not labels:
        yield (), section
    else:
        for name in sorted(section.keys() - {"//"}):
            yield from (((name, *below), body) for below, body in _labelled(section[name], labels - 1))


def _heading(name: str, labels: Sequence[str]) -> str:
    return " ".join([name, *map(json.dumps, labels)])


def _block(heading: str, body: Mapping[str, Any], depth: int, has_type: bool = False) -> Iterator[str]:
    indent = "  " * depth
    arguments, blocks = _parts(body)
    if not arguments and not blocks:
        yield f"{indent}{heading} {{}}"
        return
    yield f"{indent}{heading} {{"
    yield from _arguments(arguments, depth + 1, has_type)
    for number, (nested_heading, nested) in enumerate(blocks):
        if arguments or number:
            yield ""
        yield from _block(nested_heading, nested, depth + 1)
    yield f"{indent}}}"


def _parts(body: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, Mapping[str, Any]]]]:
    """Tell arguments from nested blocks."""
    arguments: dict[str, Any] = {}
    blocks: list[tuple[str, Mapping[str, Any]]] = []
    for name in sorted(body.keys() - {"//"}):
        value = body[name]
        bodies = value if isinstance(value, list) else [value]
        is_block = all(isinstance(nested, dict) for nested in bodies) and bodies
        if is_block and name in _LABELLED:
            blocks += [(_heading(name, labels), nested) for labels, nested in _labelled(value, 1)]
        elif (is_block and name in _BLOCKS) or (is_block and name == "required_providers"):
            blocks += [(name, nested) for nested in bodies]
        else:
            arguments[name] = value
    return arguments, blocks


def _arguments(arguments: Mapping[str, Any], depth: int, has_type: bool) -> Iterator[str]:
    """Write arguments; the ``=`` of neighbours that take one line each stand below each other."""
    written = [
        (_key(name), _expression(value, depth, is_bare=name in _BARE or (has_type and name == "type")))
        for name, value in arguments.items()
    ]
    yield from _aligned(written, depth)


def _aligned(written: Sequence[tuple[str, str]], depth: int) -> Iterator[str]:
    group: list[tuple[str, str]] = []
    for name, text in written:
        if "\n" not in text:
            group.append((name, text))
            continue
        yield from _group(group, depth)
        group = []
        yield f"{'  ' * depth}{name} = {text}"
    yield from _group(group, depth)


def _group(group: Sequence[tuple[str, str]], depth: int) -> Iterator[str]:
    width = max((len(name) for name, _ in group), default=0)
    yield from (f"{'  ' * depth}{name:<{width}} = {text}" for name, text in group)


def _expression(value: Any, depth: int, *, is_bare: bool = False) -> str:
    if isinstance(value, str):
        return value if is_bare and not value.startswith("${") else _text(value)
    if isinstance(value, list | tuple):
        return _list([_expression(element, depth + 1, is_bare=is_bare) for element in value], depth)
    if isinstance(value, dict):
        return _object(value, depth, is_bare)
    return json.dumps(value)


def _list(elements: Sequence[str], depth: int) -> str:
    line = f"[{', '.join(elements)}]"
    if len(line) <= _WIDEST_LIST and "\n" not in line:
        return line
    indent = "  " * (depth + 1)
    return "[\n" + "".join(f"{indent}{element},\n" for element in elements) + f"{'  ' * depth}]"


def _object(value: Mapping[str, Any], depth: int, is_bare: bool) -> str:
    if not value:
        return "{}"
    written = [(_key(key), _expression(value[key], depth + 1, is_bare=is_bare)) for key in sorted(value)]
    return "\n".join(["{", *_aligned(written, depth + 1), f"{'  ' * depth}}}"])


def _key(name: str) -> str:
    return name if _IDENTIFIER.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    """Write a template: an expression alone without quotes, else quoted with its expressions as they are."""
    parts = list(_template(text))
    if len(parts) == 1 and parts[0][0] and text.startswith("${"):
        return parts[0][1][2:-1].strip()
    return '"' + "".join(part if is_expression else _escaped(part) for is_expression, part in parts) + '"'


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _template(text: str) -> Iterator[tuple[bool, str]]:
    """Take a template apart into texts and expressions (``${...}`` and ``%{...}``)."""
    start = position = 0
    while position < len(text):
        if text.startswith(("$${", "%%{"), position):
            position += 3
        elif text.startswith(("${", "%{"), position):
            end = _end_of_expression(text, position + 2)
            if end > len(text):
                break
            if position > start:
                yield False, text[start:position]
            yield True, text[position:end]
            start = position = end
        else:
            position += 1
    if start < len(text):
        yield False, text[start:]


def _end_of_expression(text: str, position: int) -> int:
    """Return where the expression that begins before ``position`` ends, beyond the text if nowhere."""
    depth = 1
    while position < len(text) and depth:
        if text[position] == '"':
            position = _end_of_quotes(text, position + 1)
            continue
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        position += 1
    return len(text) + 1 if depth else position


def _end_of_quotes(text: str, position: int) -> int:
    while position < len(text) and text[position] != '"':
        if text[position] == "\\":
            position += 2
        elif text.startswith(("${", "%{"), position):
            position = _end_of_expression(text, position + 2)
        else:
            position += 1
    return position + 1
