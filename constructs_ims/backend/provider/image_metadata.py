"""The rules of ``huaweicloud_ims_image_metadata``: what a plan makes of a change, and how objects meet the service.

Pure functions over plain values; whoever calls them does the talking. Source: the vendor's provider, whose texts and
orders are kept, so that what is seen offline is what production shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from constructs_ims.backend.provider.timeouts import private_bytes, timeout_fault
from constructs_ims.schema.attribute import Attribute, Change
from constructs_ims.schema.diagnostics import Diagnostic, error
from constructs_ims.schema.image_metadata import IMAGE_METADATA, NON_UPDATABLE
from constructs_ims.schema.operations import Object, PlanResult
from constructs_ims.schema.paths import attribute_path
from constructs_ims.schema.types import BOOL, NUMBER, STRING, SetType, Type
from constructs_ims.schema.values import Unknown, is_wholly_known

_BLOCK: Final = IMAGE_METADATA.block
_REPLACING: Final = tuple(a.name for a in _BLOCK.attributes if a.change is Change.REPLACE)
_OWN: Final = frozenset({"id", "region", "enable_force_new"})
"""Attributes that the service does not answer with."""
_ANSWERED: Final = tuple(a for a in _BLOCK.attributes if a.name not in _OWN)
_ALWAYS_SENT: Final = frozenset({"protected", "tags"})
_ALLOW_REPLACEMENT: Final = (
    "The service cannot change these arguments of an existing image. To replace the image instead, set "
    'enable_force_new = "true" on the resource, or enable_force_new = true on the provider; '
    "else put the arguments back."
)
_ALLOW_REPLACEMENT_IN_PYTHON: Final = (
    "The service cannot change an existing image. To replace it instead, set enable_force_new=True on the image or on "
    "the HuaweicloudProvider; else put back what was changed."
)

_BULLET: Final = "\n\t* "
"""What the vendor's provider begins each line of a list of errors with."""


class DecodeError(Exception):
    """The service answered with a value of another type than the resource declares."""


def plan_change(prior: Object | None, proposed: Object | None, *, force_new: bool, private: bytes = b"") -> PlanResult:
    """Plan the way from ``prior`` (None: create) to ``proposed`` (None: delete).

    ``force_new`` is the provider's setting, which the resource's own ``enable_force_new`` overrides.
    """
    if proposed is None:
        return PlanResult(None, private=private)
    if prior is not None and not _differs(prior, proposed):
        # The vendor's provider keeps the whole prior object then, the timeouts among it.
        return PlanResult(prior, private=private)
    fault = timeout_fault(proposed)
    if fault is not None:
        return PlanResult(proposed, private=private, diagnostics=[fault])
    if prior is None:
        return PlanResult(_planned_creation(proposed), private=private_bytes(proposed))
    return _plan_update(prior, proposed, force_new)


def _differs(prior: Object, proposed: Object) -> bool:
    """Tell whether any attribute differs; most are those of the prior object, of which nothing is unknown."""
    touched = [name for name in _BLOCK.by_name if proposed[name] is not prior[name] and name != "id"]
    return any(not _same(name, prior[name], proposed[name]) for name in touched)


def _settled_tags(values: Object) -> Object:
    """Return an object whose tags are unknown as a whole where any of them is, as a set is in the vendor's plans."""
    return values if is_wholly_known(values["tags"]) else {**values, "tags": Unknown}


def request_body(planned: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of the request that creates ``planned``.

    ``protected`` and ``tags`` always go along, other arguments only when they are neither null, empty nor zero.
    """
    given = {name: _argument(planned, name) for name in NON_UPDATABLE}
    return {name: value for name, value in given.items() if value or name in _ALWAYS_SENT}


def state_from_image(image: Mapping[str, Any], base: Mapping[str, Any], region: str) -> Object:
    """Return the state of an object from what the service answers.

    ``base`` gives the values that only Terraform knows. Missing and null values become ``""``, ``0``, ``False`` or
    ``[]``; raise ``DecodeError`` when one has the wrong type.
    """
    state: Object = {attribute.name: _decoded(attribute, image.get(attribute.name)) for attribute in _ANSWERED}
    own = {name: base.get(name) for name in ("id", "enable_force_new", "timeouts")}
    return {**state, **own, "region": region}


def imported_state(id: str) -> Object:
    """Return the state that an import starts with: an id, and nothing else known."""
    return {**empty_object(), "id": id}


def empty_object() -> Object:
    """Return an object with every attribute and block null."""
    return dict.fromkeys([*_BLOCK.by_name, *_BLOCK.blocks_by_name])


def _planned_creation(proposed: Object) -> Object:
    filled = {
        a.name: Unknown if a.computed and proposed[a.name] is None else proposed[a.name] for a in _BLOCK.attributes
    }
    return _settled_tags({**proposed, **filled, "id": Unknown})


def _plan_update(prior: Object, proposed: Object, force_new: bool) -> PlanResult:
    planned = _settled_tags({**proposed, "id": prior["id"]})
    refused = [
        name
        for name in NON_UPDATABLE
        if not _same(name, prior[name], planned[name]) and not (name == "tags" and planned["tags"] is Unknown)
    ]
    private = private_bytes(planned)
    if refused and not _may_replace(planned, force_new):
        return PlanResult(planned, private=private, diagnostics=[_refusal(prior, planned, refused)])
    replacing = [name for name in _REPLACING if not _same(name, prior[name], planned[name])]
    return PlanResult(planned, tuple(attribute_path(name) for name in refused + replacing), private)


def _may_replace(planned: Object, force_new: bool) -> bool:
    own = planned["enable_force_new"]
    return force_new if own is None or own is Unknown or own == "" else bool(own == "true")


def _refusal(prior: Object, planned: Object, names: list[str]) -> Diagnostic:
    """Refuse a change in the vendor's lines, and in plain words beside them."""
    lines = [f"{name} can't be updated, {_shown(prior[name])} -> {_shown(planned[name])}" for name in names]
    count = "1 error" if len(names) == 1 else f"{len(names)} errors"
    return in_plain_words(
        error("".join([f"{count} occurred:", *map(_BULLET.__add__, lines), "\n\n"]), _ALLOW_REPLACEMENT)
    )


def in_plain_words(diagnostic: Diagnostic) -> Diagnostic:
    """Return a refusal with the plain words that it loses on its way through Terraform; others as given."""
    if diagnostic.detail != _ALLOW_REPLACEMENT or diagnostic.plain:
        return diagnostic
    changes = (line.removesuffix("\n\n") for line in diagnostic.summary.split(_BULLET)[1:])
    sentence = "; ".join(_with_empty_text(change) for change in changes)
    return replace(diagnostic, plain=("Image cannot be updated", f"{sentence}. {_ALLOW_REPLACEMENT_IN_PYTHON}"))


def _with_empty_text(change: str) -> str:
    """Write quotes where a change has nothing before or behind its arrow."""
    change = change.replace("can't be updated,  -> ", 'can\'t be updated, "" -> ', 1)
    return f'{change}""' if change.endswith(" -> ") else change


def _shown(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case list():
            return f"[{', '.join(_shown(element) for element in value)}]"
        case _ if value is Unknown:
            return "(known after apply)"
        case _:
            return str(value)


def _same(name: str, old: Any, new: Any) -> bool:
    """Tell whether two values of an argument are equal; null equals empty, as in the vendor's provider."""
    if not is_wholly_known(new):
        return False
    empty = _empty(name)
    return bool((empty if old is None else old) == (empty if new is None else new))


def _argument(planned: Mapping[str, Any], name: str) -> Any:
    value = planned[name]
    if value is None or value is Unknown:
        return _empty(name)
    return [tag for tag in value if tag] if isinstance(value, list) else value


def _zero(type_: Type) -> Any:
    if isinstance(type_, SetType):
        return []
    return {STRING: "", NUMBER: 0, BOOL: False}[type_]


_ZEROS: Final = {attribute.name: _zero(attribute.type) for attribute in _BLOCK.attributes}


def _empty(name: str) -> Any:
    """Return what an attribute has that nobody has set; a list is the caller's own."""
    zero = _ZEROS[name]
    return [] if zero == [] else zero


def _decoded(attribute: Attribute, value: Any) -> Any:
    if value is None:
        return _empty(attribute.name)
    if attribute.type is STRING and isinstance(value, str):
        return value
    if isinstance(attribute.type, SetType):
        if not isinstance(value, list):
            raise DecodeError(f"{attribute.name}: {_mismatch('[]interface {}', value)}")
        return sorted(_strings(attribute, value))
    if not isinstance(value, _PYTHON_TYPES[attribute.type]) or (attribute.type is NUMBER and isinstance(value, bool)):
        raise DecodeError(f"{attribute.name}: {_mismatch(_GO_EXPECTED[attribute.type], value)}")
    return int(value) if isinstance(value, float) else value


def _strings(attribute: Attribute, values: list[Any]) -> Iterator[str]:
    for position, value in enumerate(values):
        if not isinstance(value, str):
            raise DecodeError(f"{attribute.name}.{position}: {_mismatch('string', value)}")
    yield from set(values)


_PYTHON_TYPES: Final[dict[Type, tuple[type, ...]]] = {STRING: (str,), NUMBER: (int, float), BOOL: (bool,)}
_GO_EXPECTED: Final[dict[Type, str]] = {STRING: "string", NUMBER: "int", BOOL: "bool"}
_GO_TYPES: Final = {
    bool: "bool",
    int: "float64",
    float: "float64",
    str: "string",
    list: "[]interface {}",
    dict: "map[string]interface {}",
}


def _mismatch(expected: str, value: Any) -> str:
    given = _GO_TYPES[type(value)]
    return f"'' expected type '{expected}', got unconvertible type '{given}', value: '{_shown(value)}'"
