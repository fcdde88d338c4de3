"""Credentials in a configuration: read as stars, so that no plan, message or copy of a stack ever holds them.

They stand in the blocks of providers, in backends, and in the places of other stacks' states. Nothing offline needs
them: the sandbox has a key pair of its own, other providers are simulated, and no real backend is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from constructs_ims.backend.engine.configuration.source import SourceFile, Steps, read_source
from constructs_ims.schema.diagnostics import Diagnostic
from constructs_ims.schema.image_metadata import IMAGE_METADATA, RESOURCE_TYPE
from constructs_ims.schema.provider import PROVIDER

_WORDS: Final = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_LAST_WORDS: Final = frozenset(
    {"key", "secret", "password", "passwd", "passphrase", "token", "credential", "credentials", "pat"}
)
_FORMS: Final = frozenset({"id", "data", "pem", "base64", "json", "value"})
"""What may follow the word that tells a credential: ``access_key_id``, ``client_key_data``."""
_CONNECTIONS: Final = frozenset({"conn_str", "connection_string"})
_LITERAL: Final = re.compile(r'"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*')
_USERINFO: Final = re.compile(r'(?<=://)[^/?#\s"@]+(?=@)')
_WORD: Final = re.compile(r"[^\s\"{}\[\]:,=]+")
_KNOWN_NAMES: Final = frozenset(
    {"backend", "cloud", "config", "data", "default", "description", "locals", "module", "output", "provider"}
    | {"required_providers", "resource", "sensitive", "source", "terraform", "terraform_remote_state", "type"}
    | {"value", "variable", "version", "workspace", "//", "null", "true", "false", RESOURCE_TYPE, "huaweicloud"}
    | {*PROVIDER.block.by_name, *PROVIDER.block.blocks_by_name, *IMAGE_METADATA.block.by_name}
)
_BLOCKS: Final = frozenset({"provider", "terraform", "data"})
_DEEPEST: Final = 4
_SECTIONS: Final = ("provider", "backend", "cloud", "terraform_remote_state")


def is_credential(name: str) -> bool:
    """Whether an argument of this name holds a credential: ``secret_key``, ``clientSecret``, ``api-token``."""
    words = [word.lower() for word in _WORDS.findall(name)]
    if len(words) > 1 and words[-1] in _FORMS:
        words.pop()
    return bool(words) and (words[-1] in _LAST_WORDS or "_".join(words) in _CONNECTIONS)


def without_credentials(source: SourceFile) -> SourceFile:
    """Return a file with stars for its credentials, at the same places of the text.

    References stay, for they hold a name and not the secret.
    """
    text = source.text
    for start, end in filter(None, map(source.value_span, _places(source.data))):
        text = f"{text[:start]}{_hidden(text[start:end])}{text[end:]}"
    text = _USERINFO.sub(_stars, text)
    return source if text == source.text else read_source(source.filename, text)[0]


def read_without_credentials(filename: str, text: str) -> tuple[SourceFile, list[Diagnostic]]:
    """Read a file, with stars for its credentials in the text, the data and the messages about what is wrong."""
    source, faults = read_source(filename, text)
    if not faults:
        return without_credentials(source), []
    if not _may_hold_credentials(text):
        return source, faults
    return SourceFile(filename, _known_names_only(source.text), {}), faults


def hidden_credentials(filename: str, text: str) -> str:
    """Return the text of a file with stars for its credentials, if it is JSON."""
    if not filename.endswith(".json") or not _may_hold_credentials(text):
        return text
    return read_without_credentials(filename, text)[0].text


def _may_hold_credentials(text: str) -> bool:
    return any(section in text for section in _SECTIONS)


def public_part(value: Any) -> Any:
    """Return a value without the credentials in it."""
    if isinstance(value, Mapping):
        return {name: public_part(inner) for name, inner in value.items() if not is_credential(name) or name == "key"}
    if isinstance(value, list):
        return [public_part(item) for item in value]
    return _USERINFO.sub("", value) if isinstance(value, str) else value


def _places(data: Any) -> Iterator[Steps]:
    """Yield where credentials stand in the data of a file."""
    yield from _stray_texts(data, (), ())
    for place, providers in _members(data, (), "provider"):
        for name, block in _entries(providers, place):
            yield from _arguments(block, name)
    for place, terraform in _members(data, (), "terraform"):
        for section in ("backend", "cloud"):
            for inner, block in _members(terraform, place, section):
                yield from _arguments(block, inner, but=("key",))
    for place, sources in _members(data, (), "data"):
        for inner, states in _members(sources, place, "terraform_remote_state"):
            yield from _arguments(states, inner, but=("key",))


def _members(value: Any, place: Steps, name: str) -> Iterator[tuple[Steps, Any]]:
    """Yield what stands under a name in an object, or in each of a list of them."""
    return ((inner, found) for inner, found in _entries(value, place) if inner[-1] == name)


def _entries(value: Any, place: Steps) -> Iterator[tuple[Steps, Any]]:
    if isinstance(value, list):
        for position, item in enumerate(value):
            yield from _entries(item, (*place, position))
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield (*place, name), inner


def _takes_block(names: tuple[str, ...]) -> bool:
    """Tell whether a block, or a set of named ones, belongs at a place, told by the names on the way to it."""
    match names:
        case ("provider",) | ("provider", _) | ("terraform", "backend" | "cloud"):
            return True
        case ("terraform", "backend", _) | ("data", "terraform_remote_state") | ("data", "terraform_remote_state", _):
            return True
        case ("data", "terraform_remote_state", _, "config"):
            return True
    return False


def _stray_texts(value: Any, place: Steps, names: tuple[str, ...]) -> Iterator[Steps]:
    """Yield the texts that stand where a block belongs: nobody knows what they are."""
    if isinstance(value, str) and _takes_block(names):
        yield place
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _stray_texts(item, (*place, position), names)
    elif isinstance(value, dict) and (not names or names[0] in _BLOCKS) and len(names) < _DEEPEST:
        for name, inner in value.items():
            yield from _stray_texts(inner, (*place, name), (*names, name))


def _known_names_only(text: str) -> str:
    """Put stars for every word but names that Terraform and the image's provider have, in a text that is no JSON.

    Where a quote or bracket is missing nobody can tell where a credential ends, and not even what is one.
    """
    return _WORD.sub(lambda found: found[0] if found[0] in _KNOWN_NAMES else "*" * len(found[0]), text)


def _arguments(value: Any, place: Steps, but: Sequence[str] = ()) -> Iterator[Steps]:
    """Yield the values of credentials, of whatever type they are, but those under the names ``but``."""
    for inner, found in _entries(value, place):
        name = next(step for step in reversed(inner) if isinstance(step, str))
        if is_credential(name) and name not in but:
            yield inner
        else:
            yield from _arguments(found, inner, but)


def _hidden(text: str) -> str:
    """Put stars in place of every text and number in the JSON of a value, which stays JSON of the same length."""
    return _LITERAL.sub(lambda found: _hidden_literal(found[0]), text)


def _hidden_literal(text: str) -> str:
    if not text.startswith('"'):
        return "1" * len(text)
    inner = text[1:-1]
    shown = [False] * len(inner)
    for start, end in _references(inner):
        shown[start:end] = [True] * (end - start)
    return f'"{"".join(sign if keep else "*" for sign, keep in zip(inner, shown, strict=True))}"'


def _references(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the expressions of a template stand; an escaped ``$${`` begins none, nor does one without an end."""
    at = 0
    while at < len(text):
        if text.startswith(("$${", "%%{"), at):
            at += 3
        elif text.startswith(("${", "%{"), at) and (end := _end_of_expression(text, at + 2)):
            yield at, end
            at = end
        else:
            at += 1


def _end_of_expression(text: str, at: int) -> int | None:
    depth = 1
    for position in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position + 1
    return None


def _stars(found: re.Match[str]) -> str:
    return "*" * len(found[0])
