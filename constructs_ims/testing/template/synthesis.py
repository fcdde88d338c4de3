"""From a CDK's stacks and apps to their JSON, and from tokens to what the JSON has for them. Imports no CDK."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from weakref import WeakSet

from constructs_ims.backend.sandbox.operation_errors import OperationFailedError
from constructs_ims.backend.sandbox.stacks import stack_directory
from constructs_ims.backend.sandbox.synthesis import CONFIGURATION_FILE
from constructs_ims.cdk_choice import CDKS, MixedCdksError, cdk_of, installed_cdk, is_of_foreign_token

_STOPPED: Final = re.compile(r'^App failed before|Encountered Annotations with level "ERROR"')
"""What is raised for an app that an annotated error has stopped, now or before."""
_RUN_ALONE: Final[WeakSet[Any]] = WeakSet()


def synthesized(stack: Any) -> tuple[str, dict[str, Any]]:
    """Return a stack's name and its JSON, with Aspects and validations run, as they are for a deployment.

    ``stack`` is a stack of either CDK, or the directory of one. Raises ``OperationFailedError`` for what is no stack,
    and what the CDK raises for an app that it refuses.
    """
    directory = stack_directory(stack)
    return directory.name, read_document((directory.path / CONFIGURATION_FILE).read_text(encoding="utf-8"))


def run_aspects(stack: Any) -> None:
    """Have a stack's constructs say what they have to say; annotated errors, here or elsewhere, are no fault.

    An app stops at the first stack with an annotated error. The Aspects of the stacks after it have not run then, and
    run here, once.
    """
    if stack in _RUN_ALONE:
        return
    try:
        stack_directory(stack)
    except (RuntimeError, OperationFailedError) as failure:
        if not _STOPPED.search(str(failure)):
            raise
        if str(stack.node.id) not in stack.node.root.manifest.stacks:
            _RUN_ALONE.add(stack)
            _cdk_module(stack).Testing.synth(stack)


def stacks_of(app: Any) -> list[Any]:
    """Return the stacks of an app, in the order of its tree; raise ``TypeError`` when it is none."""
    if not callable(getattr(app, "synth", None)) or not hasattr(app, "node"):
        raise TypeError(f"{app!r} is {type(app).__name__} and no app. Give an App, or a stack to Template.from_stack.")
    return [construct for construct in app.node.find_all() if hasattr(type(construct), "prepare_stack")]


def document_from(source: str | Path | Mapping[str, Any]) -> dict[str, Any]:
    """Return a stack's JSON from text, a mapping, a file or a directory; raise ``ValueError`` when it is none."""
    if isinstance(source, Mapping):
        return read_document(json.dumps(source))
    if not isinstance(source, str | Path):
        raise TypeError(
            f"{source!r} is {type(source).__name__}, from which no template can be read. Give JSON as a text or a "
            "mapping, or the path of a file."
        )
    if isinstance(source, str) and source.lstrip()[:1] in ("{", "[", ""):
        return read_document(source)
    path = Path(source)
    return read_document((path / CONFIGURATION_FILE if path.is_dir() else path).read_text(encoding="utf-8"))


def read_document(text: str) -> dict[str, Any]:
    """Read the JSON of a stack; raise ``ValueError`` when it is not an object."""
    document = json.loads(text) if text.strip() else None
    if not isinstance(document, dict):
        raise ValueError(f"A template is a JSON object, and this is {text.strip()[:40]!r}.")
    return document


def token_resolver(stack: Any) -> Callable[[Any], Any]:
    """Return what resolves a token, or a construct, as a stack sees it.

    It prepares references to other stacks, as synthesizing does; without that they would resolve to addresses that may
    be those of other objects here.
    """

    def resolve(token: Any) -> Any:
        reference = token.fqn if hasattr(token, "node") and hasattr(token, "fqn") else token
        cdk = _cdk_module(stack)
        resolver = cdk.DefaultTokenResolver(cdk.StringConcat())
        try:
            return cdk.Tokenization.resolve(reference, scope=stack, resolver=resolver, preparing=True)
        except RuntimeError as failure:
            if not is_of_foreign_token(failure):
                raise
            (other,) = set(CDKS) - {cdk.__name__}  # whose tokens ask a stack for what only those of theirs have
            detail = f"The token comes from {other}, and the stack from {cdk.__name__}. Take both from {cdk.__name__}."
            raise MixedCdksError(f"Mixed CDKs: {detail}") from None

    return resolve


def _cdk_module(stack: Any) -> Any:
    """Return the CDK that a stack's class comes from; a stack cannot be without its CDK being imported."""
    return sys.modules[cdk_of(stack) or installed_cdk()]
