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

_NUMBER_IN_TEXT: Final = r"-8\.\d+e\+298"
_TEMPLATE: Final = re.compile(rf"(?<!\$)\$\{{|(?<!%)%\{{|{_NUMBER_IN_TEXT}")
_NUMBER_MARKER: Final = b"\xfd\xff"
_NUMBER_OF_LIST_MARKER: Final = b"\xfb\xff"
_MISUSES: Final = (
    (
        "e+298",
        re.compile(rf"[-+|.\d]{_NUMBER_IN_TEXT}|{_NUMBER_IN_TEXT}[-+|.\deE]"),
        "It holds a number token that cdktf misreads; wrap it: Token.as_string(number).",
    ),
    (
        " object at 0x",
        re.compile(r"<[\w.]+ object at 0x[0-9a-f]+>"),
        "It holds what Python prints for an object; wrap the object: Token.as_string(object).",
    ),
    (
        "{TfToken[",
        re.compile(r"[#&]\{TfToken\["),
        "It is taken out of a token for a whole list or map. Use Fn.element(list, 0) or Fn.lookup(map, key).",
    ),
)
"""How a token can go wrong in a text: a part of the text that is quickly looked for, the whole pattern, the mend."""


def is_template(text: str) -> bool:
    """Tell whether ``text`` has a token or a Terraform template in it (``$${`` is an escape, not a template)."""
    return _TEMPLATE.search(text) is not None


def misuse_in(text: str) -> str | None:
    """Return how to mend a token that stands in ``text`` as none can, or None.

    In f"image-{count.index}" cdktf misreads the number behind the dash; f"{iterator.value}" holds an object's name
    instead of a token; ``names[0]``, of a token for a list, is no element.
    """
    return next((mend for part, pattern, mend in _MISUSES if part in text and pattern.search(text)), None)


def is_only_template(text: str) -> bool:
    """Tell whether ``text`` is one token or template and nothing beside it, so that it may be of any type."""
    return text.startswith("${") and text.endswith("}") and text.count("${") == 1


def is_number_token(value: float) -> bool:
    """Tell whether a number is a token in disguise."""
    return _marker(value) == _NUMBER_MARKER


def is_number_of_list_token(value: float) -> bool:
    """Tell whether a number was taken out of a token for a whole list of numbers, where it means nothing."""
    return _marker(value) == _NUMBER_OF_LIST_MARKER


def is_list_token(values: Sequence[Any]) -> bool:
    """Tell whether a list of strings is, or has among its elements, a token for a whole list."""
    return any(isinstance(value, str) and value.startswith("#{TfToken[") for value in values)


def is_map_token(keys: Iterable[Any]) -> bool:
    """Tell whether a map's keys show that it is a token for a whole map."""
    return any(isinstance(key, str) and key.startswith("&{TfToken[") for key in keys)


def is_resolvable(value: Any) -> bool:
    """Tell whether ``value`` is an ``IResolvable``: an object that says at synthesis what it stands for.

    One that cdktf returns as ``any``, such as ``TerraformVariable.value``, comes without methods, as jsii's "Object".
    """
    if isinstance(value, type):
        return False
    return callable(getattr(value, "resolve", None)) or getattr(value, "__jsii_type__", None) == "Object"


def _marker(value: float) -> bytes:
    return struct.pack(">d", value)[:2] if isinstance(value, float) and value < 0 else b""
