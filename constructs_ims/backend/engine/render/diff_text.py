"""The text of differences, in the layout of Terraform's plans: symbols, alignment, counts of what is hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from constructs_ims.backend.engine.lang.quoting import quote
from constructs_ims.backend.engine.plans.changes import Action
from constructs_ims.backend.engine.render.compare import NEW_UNKNOWN, diff_json_text, parse_json_text
from constructs_ims.backend.engine.render.diff import (
    BlockDiff,
    BlocksDiff,
    Diff,
    ListDiff,
    MapDiff,
    ObjectDiff,
    PrimitiveDiff,
    SensitiveDiff,
    SetDiff,
    TypeChangeDiff,
    UnknownDiff,
)
from constructs_ims.backend.engine.render.diff_style import INDENT, DiffStyle, value_text
from constructs_ims.backend.engine.render.pairing import pair_in_order
from constructs_ims.backend.engine.render.text_layout import attribute_name
from constructs_ims.schema.types import STRING, StringType

_KNOWN_LATER: Final = "(known after apply)"
IMPORTANT: Final = ("id", "name", "tags")
"""Attributes that are shown even where they do not change, because they tell people which object this is."""


def diff_text(diff: Diff, indent: int, style: DiffStyle) -> str:
    """Write a difference whose first line stands behind a name; the lines after it are indented by ``indent`` steps."""
    match diff:
        case UnknownDiff():
            return _unknown_text(diff, indent, style)
        case PrimitiveDiff(type=StringType()):
            return _string_text(diff, indent, style)
        case PrimitiveDiff():
            return _primitive_text(diff, style)
        case BlockDiff():
            return _block_text(diff, indent, style)
        case ListDiff():
            return _list_text(diff, indent, style)
        case SetDiff():
            return _set_text(diff, indent, style)
        case MapDiff():
            return _map_text(diff, indent, style)
        case ObjectDiff():
            return _object_text(diff, indent, style)
        case SensitiveDiff():
            return _sensitive_text(diff, indent, style)
        case TypeChangeDiff():
            inner = replace(style, hides_null=True)
            arrow = style.arrow
            return f"{diff_text(diff.before, indent, inner)} {arrow} {diff_text(diff.after, indent, inner)}"
    raise AssertionError(f"no text for {diff!r}")  # pragma: no cover - the family is closed


def _primitive_text(diff: PrimitiveDiff, style: DiffStyle) -> str:
    before, after = value_text(diff.before, style), value_text(diff.after, style)
    forces = style.forces(diff.replaces)
    match diff.action:
        case Action.CREATE:
            return f"{after}{forces}"
        case Action.DELETE:
            return f"{before}{style.null(diff.action)}{forces}"
        case Action.NO_OP:
            return f"{before}{forces}"
        case _:
            return f"{before} {style.arrow} {after}{forces}"


def _string_text(diff: PrimitiveDiff, indent: int, style: DiffStyle) -> str:
    before, after = _text(diff.before), _text(diff.after)
    match diff.action:
        case Action.CREATE | Action.NO_OP:
            data = parse_json_text(after)
            if data is not None:
                old = data if diff.action is Action.NO_OP else None
                return _json_text(diff, indent, style, old, data)
            if "\n" not in after:
                return f"{value_text(diff.after, style)}{style.forces(diff.replaces)}"
            return _lines_text(diff, indent, style, _unchanged_lines(after, indent, style))
        case Action.DELETE:
            data = parse_json_text(before)
            if data is not None:
                return _json_text(diff, indent, style, data, None)
            if "\n" not in before:
                return f"{value_text(diff.before, style)}{style.null(diff.action)}{style.forces(diff.replaces)}"
            return _lines_text(diff, indent, style, _unchanged_lines(before, indent, style))
        case _:
            return _changed_string_text(diff, indent, style)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _changed_string_text(diff: PrimitiveDiff, indent: int, style: DiffStyle) -> str:
    before, after = _text(diff.before), _text(diff.after)
    old, new = parse_json_text(before), parse_json_text(after)
    if old is not None and new is not None:
        return _json_text(diff, indent, style, old, new)
    if old is not None or new is not None:
        gone = PrimitiveDiff(Action.DELETE, False, diff.before, None, STRING)
        come = PrimitiveDiff(Action.CREATE, False, None, diff.after, STRING)
        return diff_text(TypeChangeDiff(diff.action, diff.replaces, gone, come), indent, style)
    if "\n" not in before and "\n" not in after:
        arrow = style.arrow
        values = f"{value_text(diff.before, style)} {arrow} {value_text(diff.after, style)}"
        return f"{values}{style.forces(diff.replaces)}"
    return _lines_text(diff, indent, style, _changed_lines(diff, indent, style))


def _trimmed_lines(value: Any, style: DiffStyle) -> list[str]:
    if value is None:
        return [style.null_text]
    return (value.strip() if "\n" in value else str(value)).split("\n")


def _unchanged_lines(text: str, indent: int, style: DiffStyle) -> list[str]:
    return [f"{style.line(indent + 1, Action.NO_OP)}{line}" for line in text.strip().split("\n")]


def _changed_lines(diff: PrimitiveDiff, indent: int, style: DiffStyle) -> list[str]:
    befores, afters = _trimmed_lines(diff.before, style), _trimmed_lines(diff.after, style)
    lines = []
    for before, after in pair_in_order(befores, afters, lambda _: False):
        old, new = befores[before : before + 1], afters[after : after + 1]
        if old == new:
            lines.append(style.line(indent + 1, Action.NO_OP) + old[0])
            continue
        lines += [style.line(indent + 1, Action.DELETE) + line for line in old]
        lines += [style.line(indent + 1, Action.CREATE) + line for line in new]
    return lines


def _lines_text(diff: Diff, indent: int, style: DiffStyle, lines: Iterable[str]) -> str:
    body = "\n".join(lines)
    end = f"{style.line(indent, Action.NO_OP)}EOT{style.null(diff.action)}"
    return f"<<-EOT{style.forces(diff.replaces)}\n{body}\n{end}"


def _json_text(diff: PrimitiveDiff, indent: int, style: DiffStyle, before: Any, after: Any) -> str:
    inner = diff_json_text(before, after, diff.action)
    is_blank_change = inner.action is Action.NO_OP and diff.action is Action.UPDATE
    note = " # whitespace changes" if is_blank_change else ""
    if is_blank_change and diff.replaces:
        note = " # whitespace changes force replacement"
    forces = "" if is_blank_change else style.forces(diff.replaces)
    text = diff_text(inner, indent + 1, style.inside(hides_null=True, shows_unchanged=is_blank_change or None))
    if "\n" not in text:
        return f"jsonencode({text}){note}{forces}"
    action = Action.UPDATE if diff.action is Action.UPDATE and not is_blank_change else Action.NO_OP
    end = f"{style.line(indent, Action.NO_OP)}){style.null(diff.action)}"
    return f"jsonencode({note}\n{style.line(indent + 1, action)}{text}{forces}\n{end}"


def _list_text(diff: ListDiff, indent: int, style: DiffStyle) -> str:
    if not diff.elements:
        return f"[]{style.null(diff.action)}{style.forces(diff.replaces)}"
    changed, unchanged = style.inside(hides_null=True), style.inside(shows_unchanged=True)
    lines = [f"[{style.forces(diff.replaces)}"]
    skipped: list[Diff] = []
    shows_next = False

    def show(element: Diff, inner: DiffStyle) -> None:
        lines.extend(_warnings(element, indent + 1, style))
        lines.append(f"{style.line(indent + 1, element.action)}{diff_text(element, indent + 1, inner)},")

    for element in diff.elements:
        is_unchanged = element.action is Action.NO_OP
        if is_unchanged and not shows_next and not style.shows_unchanged:
            skipped.append(element)
            continue
        if len(skipped) > 1:
            lines.append(style.line(indent + 1, Action.NO_OP) + style.hidden("element", len(skipped) - 1))
        if skipped:
            show(skipped[-1], unchanged)
        skipped = []
        show(element, unchanged if is_unchanged else changed)
        shows_next = not is_unchanged
    if skipped:
        lines.append(style.line(indent + 1, Action.NO_OP) + style.hidden("element", len(skipped)))
    lines.append(f"{style.line(indent, Action.NO_OP)}]{style.null(diff.action)}")
    return "\n".join(lines)


def _set_text(diff: SetDiff, indent: int, style: DiffStyle) -> str:
    if not diff.elements:
        return f"[]{style.null(diff.action)}{style.forces(diff.replaces)}"
    inner = style.inside(hides_null=True)
    lines = [f"[{style.forces(diff.replaces)}"]
    shown = [element for element in diff.elements if _is_shown(element, style)]
    for element in shown:
        lines.append(f"{style.line(indent + 1, element.action)}{diff_text(element, indent + 1, inner)},")
    if hidden := len(diff.elements) - len(shown):
        lines.append(style.line(indent + 1, Action.NO_OP) + style.hidden("element", hidden))
    lines.append(f"{style.line(indent, Action.NO_OP)}]{style.null(diff.action)}")
    return "\n".join(lines)


def _is_shown(diff: Diff, style: DiffStyle) -> bool:
    return diff.action is not Action.NO_OP or style.shows_unchanged


def _map_text(diff: MapDiff, indent: int, style: DiffStyle) -> str:
    if not diff.elements:
        return f"{{}}{style.null(diff.action)}{style.forces(diff.replaces)}"
    inner = style.inside(hides_null=diff.action is Action.DELETE)
    names = {key: quote(key) for key in diff.elements}
    width = max(map(len, names.values()))
    lines = [f"{{{style.forces(diff.replaces)}"]
    shown = [key for key in sorted(diff.elements) if _is_shown(diff.elements[key], style)]
    for key in shown:
        element = diff.elements[key]
        comma = "," if isinstance(element, ObjectDiff) else ""
        lines.extend(_warnings(element, indent + 1, style))
        text = diff_text(element, indent + 1, inner)
        lines.append(f"{style.line(indent + 1, element.action)}{names[key]:<{width}} = {text}{comma}")
    if hidden := len(diff.elements) - len(shown):
        lines.append(style.line(indent + 1, Action.NO_OP) + style.hidden("element", hidden))
    lines.append(f"{style.line(indent, Action.NO_OP)}}}{style.null(diff.action)}")
    return "\n".join(lines)


def _object_text(diff: ObjectDiff, indent: int, style: DiffStyle) -> str:
    if not diff.attributes:
        return f"{{}}{style.null(diff.action)}{style.forces(diff.replaces)}"
    lines = [f"{{{style.forces(diff.replaces)}"]
    lines += _attribute_lines(diff.attributes, indent, style, style.inside(hides_null=True))
    lines.append(f"{style.line(indent, Action.NO_OP)}}}{style.null(diff.action)}")
    return "\n".join(lines)


def _attribute_lines(attributes: Mapping[str, Diff], indent: int, style: DiffStyle, inner: DiffStyle) -> list[str]:
    untold = set() if style.given is None else _untold(attributes, style.given)
    names = {name: attribute_name(name) for name in sorted(attributes.keys() - untold)}
    width = max(map(len, names.values()), default=0)
    important = replace(inner, shows_unchanged=True)
    lines, hidden = [], 0
    start, start_of = "", None
    for name, shown_name in names.items():
        attribute = attributes[name]
        action, is_important = attribute.action, name in IMPORTANT
        if action is Action.NO_OP and not is_important and not style.shows_unchanged:
            hidden += 1
            continue
        if isinstance(attribute, SensitiveDiff):
            lines.extend(_warnings(attribute, indent + 1, style))
        if action is not start_of:
            start, start_of = style.line(indent + 1, action), action
        if attribute is NEW_UNKNOWN:
            text = _KNOWN_LATER
        else:
            text = diff_text(attribute, indent + 1, important if is_important else inner)
        lines.append(f"{start}{shown_name:<{width}} = {text}")
    if hidden:
        lines.append(style.line(indent + 1, Action.NO_OP) + style.hidden("attribute", hidden))
    if untold:
        lines.append(style.line(indent + 1, Action.NO_OP) + style.untold(len(untold)))
    return lines


def _untold(attributes: Mapping[str, Diff], given: frozenset[str]) -> set[str]:
    unknown = {name for name, diff in attributes.items() if isinstance(diff, UnknownDiff) and not diff.replaces}
    return unknown - given


def _block_text(diff: BlockDiff, indent: int, style: DiffStyle) -> str:
    if not diff.attributes and not diff.blocks:
        return f"{{}}{style.forces(diff.replaces)}"
    lines = [f"{{{style.forces(diff.replaces)}", *_attribute_lines(diff.attributes, indent, style, style.inside())]
    hidden = 0
    for name in sorted(diff.blocks):
        shown, left_out = _nested_lines(name, diff.blocks[name], indent, style)
        if shown and diff.attributes:
            lines.append("")
        lines += shown
        hidden += left_out
    if hidden:
        lines += ["", style.line(indent + 1, Action.NO_OP) + style.hidden("block", hidden)]
    lines.append(f"{style.line(indent, Action.NO_OP)}}}")
    return "\n".join(lines)


def _nested_lines(name: str, nested: BlocksDiff, indent: int, style: DiffStyle) -> tuple[list[str], int]:
    """Return the lines of the blocks of one type, and how many are left out because they do not change."""
    if nested.is_unknown:
        return [f"{style.line(indent + 1, Action.CREATE)}{attribute_name(name)} (known after apply)"], 0
    lines, hidden = [], 0
    inner = replace(style, replacement=True if nested.replaces else None, given=None)
    for one in nested.blocks:
        diff = _sensitive_block(one, nested)
        if not _is_shown(diff, style):
            hidden += 1
            continue
        lines.extend(_warnings(diff, indent + 1, style))
        text = diff_text(diff, indent + 1, inner)
        lines.append(f"{style.line(indent + 1, diff.action)}{attribute_name(name)} {text}")
    return lines, hidden


def _sensitive_block(diff: Diff, nested: BlocksDiff) -> Diff:
    """Return a block whose kind is sensitive as a whole so that nothing of it shows."""
    was, will_be = nested.was_sensitive, nested.will_be_sensitive
    if isinstance(diff, SensitiveDiff):
        return diff
    concerned = {Action.CREATE: will_be, Action.DELETE: was}.get(diff.action, was or will_be)
    if not concerned:
        return diff
    action = Action.UPDATE if diff.action is Action.NO_OP and was != will_be else diff.action
    return SensitiveDiff(action, diff.replaces, diff, was, will_be, is_block=True)


def _sensitive_text(diff: SensitiveDiff, indent: int, style: DiffStyle) -> str:
    if not diff.is_block:
        return f"(sensitive value){style.null(diff.action)}{style.forces(diff.replaces)}"
    start = style.line(indent, Action.NO_OP)
    return (
        f"{{{style.forces(diff.replaces)}\n{start}  # At least one attribute in this block is (or was) sensitive,\n"
        f"{start}  # so its contents will not be displayed.\n{start}}}"
    )


def _warnings(diff: Diff, indent: int, style: DiffStyle) -> list[str]:
    """Return the lines that stand above a value whose sensitivity changes."""
    if not isinstance(diff, SensitiveDiff) or diff.was_sensitive == diff.will_be_sensitive:
        return []
    if diff.inner.action in (Action.CREATE, Action.DELETE):
        return []
    what = "block" if diff.is_block else "attribute value"
    start = INDENT * indent
    warning = f"{start}  # {style.terminal.paint('[yellow]Warning[reset]')}: this {what} will"
    if diff.was_sensitive:
        lines = [f"{warning} no longer be marked as sensitive", f"{start}  # after applying this change."]
    else:
        lines = [
            f"{warning} be marked as sensitive and will not",
            f"{start}  # display in UI output after applying this change.",
        ]
    if diff.inner.action is Action.NO_OP and not diff.is_block:
        lines[-1] += " The value is unchanged."
    return lines


def _unknown_text(diff: UnknownDiff, indent: int, style: DiffStyle) -> str:
    forces = style.forces(diff.replaces)
    if diff.action is Action.CREATE or diff.before is None:
        return f"{_KNOWN_LATER}{forces}"
    before = diff_text(
        diff.before, indent, replace(style, hides_null=True, replacement=False if diff.replaces else None)
    )
    return f"{before} -> {_KNOWN_LATER}{forces}"
