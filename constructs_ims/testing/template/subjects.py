"""What an assertion is about: a class, the name of a type, a construct, or a construct's path."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from constructs_ims.schema.diagnostics import did_you_mean
from constructs_ims.schema.image_metadata import RESOURCE_TYPE
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


def _kinds_of(subject: type) -> set[Kind]:
    bases = {base.__name__ for base in subject.__mro__}
    return {kind for kind, names in _BASES.items() if names & bases}


def _check_kind(subject: type, kind: Kind) -> None:
    """Raise ``TypeError`` for what stands in another section, where it could only be found by accident."""
    kinds = _kinds_of(subject)
    if kinds and kind not in kinds:
        own = _one(next(iter(kinds)))
        raise TypeError(f"{subject.__name__} is {own}, and {_one(kind)} is looked for. Use the method for {own}.")


def _one(kind: Kind) -> str:
    return f"{'an' if kind is Kind.OUTPUT else 'a'} {kind.value}"


_BY_NAME: Final[dict[Kind, str]] = {
    kind: "Give the class of a resource, or a type's name."
    if kind.is_typed
    else f'Give the name of {_one(kind)}, or "*".'
    for kind in Kind
}
"""What to look for instead, where a class tells nothing."""


def _by_text(text: str, kind: Kind) -> Selector:
    if not text:
        raise TypeError("An empty text names nothing. Give the name of a type, an address or a construct's path.")
    if text == EVERY:
        return Selector("", lambda block: True)
    if is_path(text):
        return _by_path(text, kind)
    _check_text(text, kind)
    if not kind.is_typed:
        return Selector(f" named {text}", lambda block: block.name == text, text)
    if "." in text:
        return Selector(f" at {text}", lambda block: block.address == text, text)
    return _by_type(text)


_TYPE: Final = r"[a-z_][a-z0-9_-]*"
_NAME: Final = r"[^\W\d][\w-]*"
_TEXTS: Final[dict[Kind, re.Pattern[str]]] = dict.fromkeys(Kind, re.compile(_NAME)) | {
    Kind.RESOURCE: re.compile(rf"(?!data\.){_TYPE}(\.{_NAME})?"),
    Kind.DATA_SOURCE: re.compile(rf"{_TYPE}|data\.{_TYPE}\.{_NAME}"),
    Kind.PROVIDER: re.compile(rf"{_NAME}(\.{_NAME})?"),
}
"""How the blocks of each section can be named. Nothing is there under another text, so that it could not be missed."""


def _check_text(text: str, kind: Kind) -> None:
    """Raise ``TypeError`` for a text that is the name of no block in a section, whatever the stack has."""
    if _TEXTS[kind].fullmatch(text):
        type_ = text.partition(".")[0]
        if kind is Kind.RESOURCE and type_ != RESOURCE_TYPE:
            _check_slip(type_)
        return
    match kind:
        case Kind.RESOURCE | Kind.DATA_SOURCE:
            address = "TYPE.NAME" if kind is Kind.RESOURCE else "data.TYPE.NAME"
            forms = f'the name of a type (in lower case), an address without an index ("{address}")'
        case Kind.PROVIDER:
            forms = 'its name alone, or with its alias ("NAME.ALIAS")'
        case _:
            forms = "its name alone"
    raise TypeError(f'"{text}" names no {kind.value}. Give {forms}, a construct, a construct\'s path or "*".')


def _check_slip(type_: str) -> None:
    """Raise ``TypeError`` for what is almost the type of an image; the provider's own types are less alike."""
    if guess := did_you_mean(type_, [RESOURCE_TYPE], cutoff=0.9):
        raise TypeError(f'"{type_}" is a type of no provider. Give the name of one.{guess}')


def _by_type(type_: str) -> Selector:
    return Selector(f" of type {type_}", lambda block: block.type == type_, type_)


def is_path(subject: Subject) -> bool:
    """Tell whether a subject is the path of a construct."""
    return isinstance(subject, str) and "/" in subject


def _by_path(path: str, kind: Kind) -> Selector:
    """Select by the paths that the JSON has in its comments, where there is no stack to ask."""
    if kind not in (Kind.RESOURCE, Kind.DATA_SOURCE, Kind.MODULE):
        raise TypeError(
            f"JSON tells no paths of {kind.value}s. Give a name, or make the template from the stack itself."
        )
    inside = f"{path}/"
    return Selector(f" of construct {path}", lambda block: block.path == path or block.path.startswith(inside), path)


def _by_class(subject: type, kind: Kind) -> Selector:
    type_ = getattr(subject, "TF_RESOURCE_TYPE", None) or getattr(subject, "tf_resource_type", None)
    if not isinstance(type_, str):
        raise TypeError(f"{subject.__name__} has no TF_RESOURCE_TYPE. {_BY_NAME[kind]}")
    if kind is Kind.PROVIDER:
        return Selector(f" named {type_}", lambda block: block.type == type_, type_)
    if type_ == REMOTE_STATE:
        backend = _backend_of(subject)
        return Selector(
            f" of backend {backend}", lambda block: block.type == type_ and block.body.get("backend") == backend, type_
        )
    return _by_type(type_)


def _backend_of(remote_state: type) -> str:
    """Return the backend that a class of remote states reads; its name tells it: ``DataTerraformRemoteStateS3``."""
    names = [base.__name__ for base in remote_state.__mro__]
    own = next(name for name in names if name.startswith(_REMOTE_STATE_CLASS))
    return own.removeprefix(_REMOTE_STATE_CLASS).lower() or "remote"


_REMOTE_STATE_CLASS: Final = "DataTerraformRemoteState"


def _by_construct(construct: Any, kind: Kind) -> Selector:
    """Select the block of a construct, or those of all constructs in it where it is no block itself."""
    path = str(construct.node.path)
    is_group = not hasattr(construct, "friendly_unique_id")
    constructs = construct.node.find_all() if is_group else [construct]
    identities = {_identity(each, kind) for each in constructs if _kinds_of(type(each)) & {kind}}
    if kind is Kind.BACKEND:  # a stack has one at most
        return Selector(f" of construct {path}", lambda block: bool(identities), path)
    if kind is Kind.PROVIDER and not is_group:
        ((_, name),) = identities
        return Selector(f" named {name}", lambda block: block.name == name, name)
    return Selector(f" of construct {path}", lambda block: (block.type, block.name) in identities, path)


def _identity(construct: Any, kind: Kind) -> tuple[str, str]:
    """Return the type and the name that the block of a construct has."""
    name = str(construct.friendly_unique_id)
    if kind is Kind.PROVIDER:
        type_ = str(construct.terraform_resource_type)
        alias = getattr(construct, "alias", None)
        return type_, f"{type_}.{alias}" if alias else type_
    return str(getattr(construct, "terraform_resource_type", REMOTE_STATE)) if kind.is_typed else name, name
