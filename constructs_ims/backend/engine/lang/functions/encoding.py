"""Functions that encode and decode: Base64, JSON, YAML, CSV, URLs and character sets."""

from __future__ import annotations

import base64
import codecs
import csv
import io
import json
import re
import zlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote_plus

from constructs_ims.backend.engine.lang.convert import ConversionError, to_type
from constructs_ims.backend.engine.lang.convert import text as normal_text
from constructs_ims.backend.engine.lang.functions.charsets import codec_of
from constructs_ims.backend.engine.lang.functions.registry import FunctionError, Parameter, function
from constructs_ims.backend.engine.lang.json_text import is_too_deep, read_decimal, with_whole_pairs
from constructs_ims.backend.engine.lang.jsonvalue import encode_json, from_json
from constructs_ims.backend.engine.lang.limits import BEYOND_LIMITS
from constructs_ims.backend.engine.lang.quoting import quote
from constructs_ims.backend.engine.lang.typed import TfList, Value, type_of
from constructs_ims.schema.types import DYNAMIC, STRING, ObjectType, friendly_name

_STR: Final = Parameter("str", STRING)
_VALUE: Final = Parameter("val", DYNAMIC, nullable=True)


@function("base64encode", _STR, result=STRING)
def base64encode(text: str) -> str:
    """Encode a text in Base64."""
    return base64.b64encode(text.encode()).decode()


@function("base64decode", _STR, result=STRING)
def base64decode(text: str) -> str:
    """Decode a Base64 text."""
    try:
        return normal_text(_decoded(text).decode())
    except UnicodeDecodeError:
        raise FunctionError("the result of decoding the provided string is not valid UTF-8") from None


def _decoded(text: str) -> bytes:
    try:
        return _from_base64(text)
    except ValueError:
        raise FunctionError(f'failed to decode base64 data "{text}"') from None


def _from_base64(text: str) -> bytes:
    """Decode Base64 text, in which line ends do not count; ``ValueError`` when it is none."""
    return base64.b64decode(text.replace("\n", "").replace("\r", ""), validate=True)


@function("base64gzip", _STR, result=STRING)
def base64gzip(text: str) -> str:
    """Compress a text and encode it in Base64; the frame is the one that Go writes, flushed before its end."""
    data = text.encode()
    compressor = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = compressor.compress(data) + compressor.flush(zlib.Z_SYNC_FLUSH)
    header, end = b"\x1f\x8b\x08\0\0\0\0\0\0\xff", b"\x01\0\0\xff\xff"
    trailer = zlib.crc32(data).to_bytes(4, "little") + (len(data) & 0xFFFFFFFF).to_bytes(4, "little")
    return base64.b64encode(header + body + end + trailer).decode()


@function("textencodebase64", Parameter("string", STRING), Parameter("encoding", STRING), result=STRING)
def textencodebase64(text: str, encoding: str) -> str:
    """Encode a text in a character set, and that in Base64."""
    try:
        return base64.b64encode(_encoded(text, _codec(encoding))).decode()
    except UnicodeEncodeError:
        raise FunctionError(
            f"the given string contains characters that cannot be represented in {encoding}", 0
        ) from None


@function("textdecodebase64", Parameter("source", STRING), Parameter("encoding", STRING), result=STRING)
def textdecodebase64(source: str, encoding: str) -> str:
    """Decode a Base64 text in a character set."""
    codec = _codec(encoding)
    try:
        data = _from_base64(source)
    except ValueError:
        raise FunctionError("the given value is not a valid base64 string", 0) from None
    try:
        return normal_text(data.decode("utf-16-be" if codec == "utf-16" and not _has_order_mark(data) else codec))
    except UnicodeDecodeError:
        raise FunctionError(f"the given string contains symbols that are not defined for {encoding}", 0) from None


def _has_order_mark(data: bytes) -> bool:
    return data.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE))


def _encoded(text: str, codec: str) -> bytes:
    """Encode a text; plain UTF-16 is big-endian behind its byte order mark."""
    return codecs.BOM_UTF16_BE + text.encode("utf-16-be") if codec == "utf-16" else text.encode(codec)


def _codec(encoding: str) -> str:
    codec = codec_of(encoding)
    if codec is None:
        kind = f"{quote(encoding)} is not a supported IANA encoding name or alias in this Terraform version"
        raise FunctionError(kind, 1)
    return codec


@function("urlencode", _STR, result=STRING)
def urlencode(text: str) -> str:
    """Escape a text for the query of a URL."""
    return quote_plus(text)


@function("jsonencode", _VALUE, result=STRING)
def jsonencode(value: Value) -> str:
    """Write a value as JSON."""
    return encode_json(value)


@function("jsondecode", _STR)
def jsondecode(text: str) -> Value:
    """Read JSON: objects and tuples, as no types are given."""
    try:
        data = json.loads(
            with_whole_pairs(text),
            parse_float=read_decimal,
            parse_int=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_members,
        )
        if is_too_deep(data):
            raise RecursionError
        return from_json(data)
    except json.JSONDecodeError as fault:
        raise FunctionError(_json_fault(text, fault)) from None
    except (ValueError, RecursionError):
        raise FunctionError(
            f"the JSON text holds a number or a nesting that cannot be handled. {BEYOND_LIMITS}"
        ) from None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of an object; a key given twice must have values of one type, which the last one decides."""
    members = dict(pairs)
    if len(members) < len(pairs):
        for name, value in pairs:
            _check_like(value, members[name])
    return members


def _check_like(value: Any, like: Any) -> None:
    """Refuse a value that does not fit the type of another; scalars convert as they do everywhere."""
    if value is None or value is like:
        return
    if like is None:
        raise FunctionError("missing expected {")
    if isinstance(like, dict):
        _check_object_like(value, like)
    elif isinstance(like, list):
        _check_tuple_like(value, like)
    elif isinstance(value, dict | list):
        raise FunctionError(f"{friendly_name(type_of(like))} is required")
    else:
        _check_scalar_like(value, like)


def _check_object_like(value: Any, like: dict[str, Any]) -> None:
    if not isinstance(value, dict):
        raise FunctionError("missing expected {")
    for name, item in value.items():
        if name not in like:
            raise FunctionError(f'unsupported attribute "{name}"')
        _check_like(item, like[name])


def _check_tuple_like(value: Any, like: list[Any]) -> None:
    if not isinstance(value, list):
        raise FunctionError("missing expected [")
    if len(value) != len(like):
        count = "not enough" if len(value) < len(like) else "too many"
        raise FunctionError(f"{count} tuple elements (need {len(like)})")
    for item, wanted in zip(value, like, strict=True):
        _check_like(item, wanted)


def _check_scalar_like(value: Any, like: Any) -> None:
    wanted = type_of(like)
    if isinstance(value, str):
        try:
            to_type(value, wanted)
        except ConversionError as fault:
            raise FunctionError(fault.message) from None
    elif wanted not in (type_of(value), STRING):
        raise FunctionError(f"{friendly_name(wanted)} is required")


def _no_constant(name: str) -> Any:
    raise json.JSONDecodeError("invalid", name, 0)


def _json_fault(text: str, fault: json.JSONDecodeError) -> str:
    if fault.msg == "Extra data":
        return "extraneous data after JSON object"
    position = fault.pos
    if fault.msg.startswith("Illegal trailing comma"):  # Python 3.13 points at the comma, and not behind it
        position += 1 + len(text[position + 1 :]) - len(text[position + 1 :].lstrip())
    if position >= len(text):
        return "EOF"
    if any(word.startswith(text[position:]) for word in ("null", "true", "false")):
        return "unexpected EOF"
    place = " after object key" if "':'" in fault.msg else " looking for beginning of value"
    return f"invalid character '{text[position]}'{place}"


@function("csvdecode", _STR)
def csvdecode(text: str) -> Value:
    """Read CSV: a list of one object per row, named by the first row."""
    rows = _rows(text)
    if not rows:
        raise FunctionError("missing header line")
    names = [normal_text(name) for name in rows[0][1]]
    doubled = next((name for position, name in enumerate(names) if name in names[:position]), None)
    if doubled is not None:
        raise FunctionError(f'duplicate column name "{doubled}"')
    records = (_record(names, line, row) for line, row in rows[1:])
    return TfList(records, ObjectType(dict.fromkeys(names, STRING)))


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Return the rows that are not empty, each with the number of its last line."""
    _check_quotes(text)
    reader = csv.reader(io.StringIO(text.replace("\r\n", "\n"), newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            if row:
                rows.append((reader.line_num, row))
    except csv.Error:
        why = 'extraneous or missing " in quoted-field'
        raise FunctionError(f"CSV parse error on line {reader.line_num}: {why}") from None
    return rows


_QUOTED_FIELD: Final = re.compile(r'(?:(?<=,)|^)"(?:[^"]|"")*("|\Z)', re.MULTILINE)


def _check_quotes(text: str) -> None:
    """Refuse a quote inside a field that is not quoted; the reader would let it pass."""
    rest = _QUOTED_FIELD.sub(lambda found: "\n" * found[0].count("\n"), text) if '"' in text else ""
    if '"' in rest:
        line = rest[: rest.index('"')].count("\n") + 1
        raise FunctionError(f'CSV parse error on line {line}: bare " in non-quoted-field')


def _record(names: Sequence[str], line: int, row: Sequence[str]) -> dict[str, Value]:
    if len(row) != len(names):
        raise FunctionError(f"CSV parse error on line {line}: wrong number of fields")
    return dict(zip(names, map(normal_text, row), strict=True))


@function("yamlencode", Parameter("value", DYNAMIC, nullable=True), result=STRING)
def yamlencode(value: Value) -> str:
    """Write a value as YAML."""
    from constructs_ims.backend.engine.lang.functions.yamlvalue import encode_yaml

    return encode_yaml(value)


@function("yamldecode", Parameter("src", STRING))
def yamldecode(text: str) -> Value:
    """Read YAML: objects and tuples, as no types are given."""
    from constructs_ims.backend.engine.lang.functions.yamlvalue import YamlFault, decode_yaml

    try:
        return decode_yaml(text)
    except YamlFault as fault:
        raise FunctionError(str(fault)) from None
