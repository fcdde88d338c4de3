"""What an assertion is about: a class, the name of a type, a construct, or a construct's path."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from constructs_ims.testing.matching.matchers import refuse_token
from constructs_ims.testing.template.blocks import REMOTE_STATE, Kind, TemplateBlock

Subject: TypeAlias = Any
"""A class with ``TF_RESOURCE_TYPE`` (ours, generated, prebuilt), a type's name or a block's, an address, a construct, a
construct's path (it has a slash), or ``"*"``. A construct that is no block itself stands for all blocks inside of it.
"""

EVERY: Final = "*"


@dataclass(frozen=True, slots=True)
class Selector:
    """Which blocks are meant, and how messages say it: `` of type x``, after the blocks' kind."""

    phrase: str
    selects: Callable[[TemplateBlock], bool]
    name: str = ""
    """What a similar name may be suggested for."""


def selector_for(subject: Subject, kind: Kind) -> Selector:
    """Return what selects the subject's blocks; raise ``TypeError`` for what cannot be one."""
    if isinstance(subject, str):
        refuse_token(subject)
        return _by_text(str(subject), kind)
    _check_kind(subject if isinstance(subject, type) else type(subject), kind)
    if isinstance(subject, type):
        return _by_class(subject, kind)
    if hasattr(subject, "node"):
        return _by_construct(subject, kind)
    raise TypeError(
        f"{subject!r} is {type(subject).__name__}, which cannot be looked for. "
        "Give a class, the name of a type, a construct or a construct's path."
    )


_BASES: Final = {
    Kind.RESOURCE: {"TerraformResource"},
    Kind.DATA_SOURCE: {"TerraformDataSource", "TerraformRemoteState"},
    Kind.OUTPUT: {"TerraformOutput"},
    Kind.VARIABLE: {"TerraformVariable"},
    Kind.LOCAL: {"TerraformLocal"},
    Kind.PROVIDER: {"TerraformProvider"},
    Kind.MODULE: {"TerraformModule"},
    Kind.BACKEND: {"TerraformBackend"},
}
"""The CDK's classes of what stands in each section."""


def _check_kind(subject: type, kind: Kind) -> None:
    """Raise ``TypeError`` for what stands in another section, where it could only be found by accident."""
    bases = {base.__name__ for base in subject.__mro__}
    kinds = [own for own, names in _BASES.items() if names & bases]
    if kinds and kind not in kinds:
        own = kinds[0].value
        raise TypeError(f"{subject.__name__} is a {own}, and a {kind.value} is looked for. Use the method for a {own}.")


def _by_text(text: str, kind: Kind) -> Selector:
    if not text:
        raise TypeError("An empty text names nothing. Give the name of a type, an address or a construct's path.")
    if text == EVERY:
        return Selector("", lambda block: True)
    if "/" in text:
        return _by_path(text)
    if not kind.is_typed:
        return Selector(f" named {text}", lambda block: block.name == text, text)
    if "." in text:
        return Selector(f" at {text}", lambda block: block.address == text, text)
    return _by_type(text)


def _by_type(type_: str) -> Selector:
    return Selector(f" of type {type_}", lambda block: block.type == type_, type_)


def _by_path(path: str) -> Selector:
    inside = f"{path}/"
    return Selector(f" of construct {path}", lambda block: block.path == path or block.path.startswith(inside), path)


def _by_class(subject: type, kind: Kind) -> Selector:
    type_ = getattr(subject, "TF_RESOURCE_TYPE", None) or getattr(subject, "tf_resource_type", None)
    if not isinstance(type_, str):
        raise TypeError(f"{subject.__name__} has no TF_RESOURCE_TYPE. Give the class of a resource, or a type's name.")
    if kind is Kind.PROVIDER:
        return Selector(f" named {type_}", lambda block: block.type == type_, type_)
    return _by_type(type_)


def _by_construct(construct: Any, kind: Kind) -> Selector:
    path = str(construct.node.path)
    if kind is Kind.PROVIDER and hasattr(construct, "terraform_resource_type"):
        alias = getattr(construct, "alias", None)
        name = f"{construct.terraform_resource_type}.{alias}" if alias else str(construct.terraform_resource_type)
        return Selector(f" named {name}", lambda block: block.name == name, name)
    if not hasattr(construct, "friendly_unique_id"):
        return _by_path(path)
    name = str(construct.friendly_unique_id)
    type_ = str(getattr(construct, "terraform_resource_type", REMOTE_STATE)) if kind.is_typed else name
    return Selector(f" of construct {path}", lambda block: (block.type, block.name) == (type_, name), path)
