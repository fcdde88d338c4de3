"""Telling cdktf's tokens from plain values, in Python alone: asking jsii would cost a round trip for each value.

cdktf encodes a value that only an apply can tell inside the type it stands for: ``${TfToken[TOKEN.0]}`` in a string,
``["#{TfToken[TOKEN.1]}"]`` for a list, a key ``&{TfToken[TOKEN.2]}`` in a map, and a number whose two highest bytes
are a marker. Terraform templates written out by hand (``${var.name}``) are unknown in the same way.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Sequence
from typing import Any, Final

_NUMBER_IN_TEXT: Final = r"-(?:8\.\d+e\+298|1\.\d+e\+289)"
_TEMPLATE: Final = re.compile(rf"(?<!\$)\$\{{|(?<!%)%\{{|[#&]\{{TfToken\[|{_NUMBER_IN_TEXT}")
_GARBLED: Final = re.compile(rf"[-+|.\d]{_NUMBER_IN_TEXT}|{_NUMBER_IN_TEXT}[-+|.\deE]")
_NUMBER_MARKERS: Final = (b"\xfd\xff", b"\xfb\xff")


def is_template(text: str) -> bool:
    """Tell whether ``text`` has a token or a Terraform template in it (``$${`` is an escape, not a template)."""
    return _TEMPLATE.search(text) is not None


def is_garbled(text: str) -> bool:
    """Tell whether a number token stands in ``text`` where cdktf misreads it: next to a digit, ``-``, ``+``, ``.`` ...

    f"image-{count.index}" is such a text: cdktf would leave the encoded number in it, or swallow a neighbour.
    """
    return "e+2" in text and _GARBLED.search(text) is not None


def is_only_template(text: str) -> bool:
    """Tell whether ``text`` is one token or template and nothing beside it, so that it may be of any type."""
    return text.startswith("${") and text.endswith("}") and text.count("${") == 1


def is_number_token(value: float) -> bool:
    """Tell whether a number is a token in disguise."""
    return isinstance(value, float) and value < 0 and struct.pack(">d", value)[:2] in _NUMBER_MARKERS


def is_list_token(values: Sequence[Any]) -> bool:
    """Tell whether a list of strings is a token for a whole list."""
    return any(isinstance(value, str) and value.startswith("#{TfToken[") for value in values)


def is_map_token(keys: Iterable[Any]) -> bool:
    """Tell whether a map's keys show that it is a token for a whole map."""
    return any(isinstance(key, str) and key.startswith("&{TfToken[") for key in keys)


def is_resolvable(value: Any) -> bool:
    """Tell whether ``value`` is an ``IResolvable``: an object that says at synthesis what it stands for."""
    return not isinstance(value, type) and callable(getattr(value, "resolve", None))
