"""Values to YAML, in the form that Terraform writes, and back."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

import yaml

from constructs_ims.backend.engine.lang.convert import text as normal_text
from constructs_ims.backend.engine.lang.json_text import DEEPEST
from constructs_ims.backend.engine.lang.numbers import MAX_DIGITS, format_number, normalize, parse_number
from constructs_ims.backend.engine.lang.quoting import quote
from constructs_ims.backend.engine.lang.typed import Value, is_null, is_number

_INTEGER: Final = re.compile(r"[-+]?[0-9]+|0x[0-9a-fA-F]+|0o[0-7]+")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_MOMENT: Final = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d?):(\d\d?)(?:\.\d*)?(?:[ \t]*(Z|[-+]\d\d?(?::\d\d)?))?)?"
)
_WORDS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
}
"""What plain words stand for: those of YAML 1.1."""


_TAG: Final = "tag:yaml.org,2002:"
_MOST_REPEATED: Final = 100_000
_CONTAINER_TAGS: Final = {yaml.SequenceNode: "tag:yaml.org,2002:seq", yaml.MappingNode: "tag:yaml.org,2002:map"}


class _Loader(yaml.SafeLoader):
    """A loader that leaves plain words as they are written; only tags that were written down are kept."""

    def resolve(self, kind: type[Any], value: Any, implicit: Any) -> str:
        """Return the tag of a node that has none written down: none for a word."""
        return "" if kind is yaml.ScalarNode else _CONTAINER_TAGS[kind]


class YamlFault(Exception):  # noqa: N818 - reworded at once by its one caller
    """A text that is no YAML, or holds what has no value in the language."""


def encode_yaml(value: Value) -> str:
    """Write a wholly known value as a YAML document."""
    lines = list(_lines(value))
    if isinstance(value, str):
        lines = [lines[0], *(f"  {line}" if line else line for line in lines[1:])]
    elif not isinstance(value, list | dict):
        lines.append("...")
    return "".join(f"{line}\n" for line in lines)


def _lines(value: Value) -> Iterator[str]:
    if isinstance(value, list) and value:
        for item in value:
            yield from _entry("- ", _lines(item))
    elif isinstance(value, dict) and value:
        for name in sorted(value):
            yield from _member(f"{_quoted(name)}:", value[name])
    else:
        yield from _scalar(value)


def _entry(lead: str, lines: Iterator[str]) -> Iterator[str]:
    for position, line in enumerate(lines):
        yield (lead if position == 0 else "  ") + line if line else line


def _member(lead: str, value: Value) -> Iterator[str]:
    lines = list(_lines(value))
    if isinstance(value, dict) and value:
        yield lead
        yield from (f"  {line}" if line else line for line in lines)
    elif isinstance(value, list) and value:
        yield lead
        yield from lines
    else:
        yield f"{lead} {lines[0]}"
        yield from (f"  {line}" if line else line for line in lines[1:])


def _scalar(value: Value) -> Iterator[str]:
    if is_null(value):
        yield "null"
    elif is_number(value):
        yield format_number(value)
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, str):
        yield from _text(value)
    else:
        yield "[]" if isinstance(value, list) else "{}"


def _text(value: str) -> Iterator[str]:
    """Write a text in quotes, or as a literal block when it has several lines."""
    if "\n" not in value:
        yield _quoted(value)
        return
    body = value.rstrip("\n")
    ending = value[len(body) :]
    indent = "2" if value[0] in " \n" else ""
    keep = ending == value or len(ending) > 1
    yield "|" + indent + ("+" if keep else "" if ending else "-")
    yield from value.removesuffix("\n").split("\n")


def _quoted(text: str) -> str:
    """Write a text in quotes, with the escapes of the YAML library that Terraform uses."""
    return f'"{"".join(map(_written, text))}"'


def _written(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    if code < 0x20 or 0x7F <= code < 0xA0:
        return f"\\x{code:02X}"
    if code > 0xFFFF:
        return f"\\U{code:08X}"
    return f"\\u{code:04X}" if 0xD800 <= code < 0xE000 or code in (0xFEFF, 0xFFFE, 0xFFFF) else character


_ESCAPES: Final = {
    "\0": "\\0", "\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r",
    "\x1b": "\\e", '"': '\\"', "\\": "\\\\", "\x85": "\\N", "\u2028": "\\L", "\u2029": "\\P",
}  # fmt: skip


def decode_yaml(text: str) -> Value:
    """Read one YAML document; ``YamlFault`` when it is none."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        place = f"on line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise YamlFault(f"{place}{_problem(fault)}") from None
    except (yaml.YAMLError, RecursionError) as fault:
        raise YamlFault(str(fault)) from None
    if node is None:
        raise YamlFault("on line 1, column 1: missing start of document")
    return _Reader(_MOST_REPEATED + 10 * len(text)).value(node)


def _problem(fault: yaml.MarkedYAMLError) -> str:
    if "single document" in str(fault.context):
        return "unexpected extra content after value"
    return "did not find expected node content" if "node content" in str(fault.problem) else str(fault.problem)


def _fault(node: Any, why: str) -> YamlFault:
    return YamlFault(f"on line {node.start_mark.line + 1}, column {node.start_mark.column + 1}: {why}")


class _Reader:
    """Reads the values of nodes; what an alias repeats counts each time, so that few lines cannot fill the memory."""

    def __init__(self, most_values: int) -> None:
        self._values_left = most_values

    def value(self, node: Any, above: tuple[int, ...] = ()) -> Value:
        """Return the value of a node that stands inside those with the ids ``above``."""
        self._values_left -= 1
        if self._values_left < 0:
            raise _fault(node, "the aliases of the document repeat more values than can be handled")
        if id(node) in above:
            raise YamlFault("cannot refer to an anchor from inside its own definition")
        if len(above) >= DEEPEST:
            raise _fault(node, "nested too deeply")
        inside = (*above, id(node))
        if isinstance(node, yaml.SequenceNode):
            _check_tag(node, "sequence")
            return [self.value(item, inside) for item in node.value]
        if isinstance(node, yaml.MappingNode):
            _check_tag(node, "mapping")
            return self._mapping(node, inside)
        return _resolved(node)

    def _mapping(self, node: Any, inside: tuple[int, ...]) -> dict[str, Value]:
        merged: dict[str, Value] = {}
        own: dict[str, Value] = {}
        for key, item in node.value:
            if key.value == "<<" and key.style is None:
                merged = {**_merged(self.value(item, inside)), **merged}
            else:
                own[_key(key)] = self.value(item, inside)
        return {**merged, **own}


def _check_tag(node: Any, kind: str) -> None:
    if node.tag != _CONTAINER_TAGS[type(node)]:
        raise YamlFault(f"can't interpret {kind} as {node.tag}")


def _merged(value: Value) -> dict[str, Value]:
    if isinstance(value, list):
        return {name: item for one in reversed(value) for name, item in _merged(one).items()}
    if not isinstance(value, dict):
        raise YamlFault("map merge requires map or sequence of maps as the value")
    return value


def _key(node: Any) -> str:
    """Return a key's text: a plain number or truth value in its normal form."""
    if not isinstance(node, yaml.ScalarNode):
        raise YamlFault("only strings are allowed as mapping keys")
    value = _resolved(node)
    if value is None:
        raise YamlFault("mapping key cannot be null")
    if isinstance(value, bool):
        return "true" if value else "false"
    return format_number(value) if is_number(value) else str(value)


def _resolved(node: Any) -> Value:
    """Return the value of a scalar: by its tag, or by how it is written when it has none."""
    text, tag = node.value, node.tag
    if node.style is not None and tag.removeprefix(_TAG) in ("", "bool", "int", "float"):
        return normal_text(text)
    if not tag:
        return _plain(node, text)
    match tag.removeprefix(_TAG):
        case "str":
            return normal_text(text)
        case "binary":
            return _base64(text, tag)
        case "null":
            return None
        case "bool" if isinstance(_WORDS.get(text), bool):
            return _WORDS[text]
        case "int" | "float" if is_number(number := _plain(node, text)):
            return number
        case "timestamp" if moment := _moment(text):
            return moment
        case "bool" | "int" | "float" | "timestamp":
            raise YamlFault(f"cannot parse {quote(text)} as {tag}")
        case _:
            raise YamlFault(f"unsupported tag {quote(tag)}")


def _base64(text: str, tag: str) -> str:
    """Return Base64 text as it stands, without its line ends."""
    joined = text.replace("\n", "").replace("\r", "")
    try:
        base64.b64decode(joined, validate=True)
    except ValueError:
        raise YamlFault(f"cannot parse {quote(text)} as {tag}: not valid base64") from None
    return joined


def _plain(node: Any, text: str) -> Value:
    if text in _WORDS:
        return _WORDS[text]
    if text in (".nan", ".NaN", ".NAN"):
        raise YamlFault("floating point NaN is not supported")
    if text.removeprefix("-").removeprefix("+") in (".inf", ".Inf", ".INF"):
        raise _fault(node, "infinity cannot be handled")
    try:
        if _INTEGER.fullmatch(text):
            return normalize(Decimal(_integer(text))) if text.startswith(("0x", "0o")) else parse_number(text)
        if _FLOAT.fullmatch(text):
            return parse_number(text)
    except ValueError:
        raise _fault(node, "the number is too large or too small") from None
    return _moment(text) or normal_text(text)


def _integer(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(text[:40])
    return int(text, 0)


def _moment(text: str) -> str:
    """Return a timestamp in the form of RFC 3339, whole seconds only; nothing when it is none."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return ""
    year, month, day, hour, minute, second, zone = found.groups()
    sign, _, rest = (zone or "Z").partition(":")
    offset = sign if sign == "Z" else f"{sign[0]}{int(sign[1:]):02d}:{rest or '00'}"
    return f"{year}-{int(month):02d}-{int(day):02d}T{int(hour or 0):02d}:{minute or '00'}:{second or '00'}{offset}"
