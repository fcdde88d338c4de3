"""What a tag may be, for every way in which one reaches an image, and how it is kept.

An image keeps its tags as texts, ``key=value`` or a bare word, which is a key without a value. Sources: the API
reference's pages on tags, and on creating image metadata.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from constructs_ims.backend.emulator.faults import Fault, ims_fault

MAX_TAGS: Final = 10
_KEY: Final = re.compile(r"[A-Za-z0-9_\u4e00-\u9fff-]+")
_VALUE: Final = re.compile(r"[A-Za-z0-9_.\u4e00-\u9fff-]*")
_LONGEST_TEXT: Final = 255
_LONGEST_PAIR: Final = (36, 43)
_LONGEST_PAIR_TO_DELETE: Final = (127, 255)


def tag_of_creation(value: Any) -> str:
    """Return a tag as a creation gives it: a text of 1 to 255 characters.

    Whether it has the documented form ``key=value`` is not checked: examples have bare words, and blanks around the
    equals sign.
    """
    if not isinstance(value, str):
        raise ims_fault("IMG.0001", "A tag is not a string.")
    if not 1 <= len(value) <= _LONGEST_TEXT:
        raise _unfit(f"A tag has {len(value)} characters; 1 to {_LONGEST_TEXT} are allowed.")
    return value


def tag_of_path(text: str) -> str:
    """Return a tag as the path of Glance's call gives it: a key alone, of 1 to 255 characters."""
    if len(text) > _LONGEST_TEXT:
        raise _unfit(f"The tag has {len(text)} characters; {_LONGEST_TEXT} are allowed.")
    _check_key(text)
    return text


def tag_of_text(tag: object) -> tuple[str, str]:
    """Read a tag in one text: the older form has a dot between key and value, today's an equals sign."""
    if not isinstance(tag, str):
        raise _unfit(f"{_shown(tag)} is not a string.")
    key, sign, value = tag.partition("=") if "=" in tag else tag.partition(".")
    return tag_of_pair({"key": key, "value": value} if sign else {"key": key})


def tag_of_pair(tag: object) -> tuple[str, str]:
    """Read a tag in two: ``{"key": ..., "value": ...}``."""
    key, value = _read_pair(tag, *_LONGEST_PAIR)
    _check_key(key)
    if not _VALUE.fullmatch(value or ""):
        raise _unfit(f"The value {_shown(value)} has other characters than letters, digits, _, - and .")
    return key, value or ""


def tags_to_set(tags: object) -> list[tuple[str, str | None]]:
    """Read an array of tags in two, whose keys differ."""
    return _with_different_keys([tag_of_pair(tag) for tag in _array(tags)])


def tags_to_delete(tags: object) -> list[tuple[str, str | None]]:
    """Read an array of tags that are to go: None stands for any value."""
    return _with_different_keys([_read_pair(tag, *_LONGEST_PAIR_TO_DELETE) for tag in _array(tags)])


def counted(tags: list[str]) -> list[str]:
    """Return the tags of an image; refuse more than one may have."""
    if len(tags) > MAX_TAGS:
        raise ims_fault("IMG.0116", f"The image would have {len(tags)} tags; it may have {MAX_TAGS}.")
    return tags


def parts(tag: str) -> tuple[str, str]:
    """Return the key and the value of a tag as it is kept."""
    key, _, value = tag.partition("=")
    return key, value


def tag_text(key: str, value: str) -> str:
    """Return a tag as it is kept."""
    return f"{key}={value}" if value else key


def _array(tags: object) -> list[object]:
    if not isinstance(tags, list) or not tags:
        raise _unfit("tags is not an array of one or more tags.")
    return tags


def _with_different_keys(pairs: Iterable[tuple[str, str | None]]) -> list[tuple[str, str | None]]:
    given = list(pairs)
    keys = [key for key, _ in given]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise _unfit(f"The key {_shown(twice)} is given more than once.")
    return given


def _read_pair(tag: object, longest_key: int, longest_value: int) -> tuple[str, str | None]:
    if not isinstance(tag, dict) or tag.keys() - {"key", "value"}:
        raise _unfit(f"{_shown(tag)} is not a key and a value.")
    key, value = tag.get("key"), tag.get("value")
    if not isinstance(key, str) or not 1 <= len(key) <= longest_key:
        raise _unfit(f"A key is not a string of 1 to {longest_key} characters.")
    if value is not None and (not isinstance(value, str) or len(value) > longest_value):
        raise _unfit(f"The value of {_shown(key)} is not a string of up to {longest_value} characters.")
    return key, value


def _check_key(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise _unfit(f"The key {_shown(key)} has other characters than letters, digits, _ and -.")


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:100]


def _unfit(why: str) -> Fault:
    return ims_fault("IMG.0115", why)
