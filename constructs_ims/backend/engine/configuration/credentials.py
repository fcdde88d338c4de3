"""Credentials in provider blocks: read as stars, so that no plan, message or copy of a stack ever holds them.

Nothing offline needs them: the sandbox has a key pair of its own, and other providers are simulated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from constructs_ims.backend.engine.configuration.source import SourceFile, Steps, read_source

_CREDENTIAL: Final = re.compile(r"(.*_)?((access|secret|private|api|account)_?key(_id)?|secret|password|token)", re.I)
_TEMPLATE: Final = re.compile(r"[$%]\{")


def without_credentials(source: SourceFile) -> SourceFile:
    """Return a file whose provider blocks have stars for their credentials, at the same places of the text.

    Expressions stay, for they hold a name and not the secret.
    """
    providers = source.data.get("provider") if isinstance(source.data, dict) else None
    spans = [source.value_span(place) for place in _places(providers, ("provider",))]
    if not spans:
        return source
    text = source.text
    for start, end in filter(None, spans):
        text = f'{text[:start]}"{"*" * (end - start - 2)}"{text[end:]}'
    return read_source(source.filename, text)[0]


def hidden_credentials(filename: str, text: str) -> str:
    """Return the text of a file with stars for the credentials in its provider blocks, if it is JSON."""
    if not filename.endswith(".json") or '"provider"' not in text:
        return text
    return without_credentials(read_source(filename, text)[0]).text


def _places(value: Any, place: Steps) -> Iterator[Steps]:
    """Yield where credentials stand as plain texts."""
    if isinstance(value, list):
        for position, item in enumerate(value):
            yield from _places(item, (*place, position))
    elif isinstance(value, dict):
        for name, inner in value.items():
            if not isinstance(inner, str):
                yield from _places(inner, (*place, name))
            elif inner and _CREDENTIAL.fullmatch(name) and not _TEMPLATE.search(inner):
                yield (*place, name)
