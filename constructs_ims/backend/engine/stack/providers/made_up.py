"""Values for what only a cloud could tell: of the right type, fit for what reads them, the same for the same seed."""

from __future__ import annotations

import base64
import gzip
import hashlib
import ipaddress
import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from constructs_ims.backend.engine.stack.demands.demand import ANYTHING, Demand
from constructs_ims.backend.engine.stack.providers.matching_text import is_found, match_count, matching_text
from constructs_ims.schema.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    BoolType,
    ListType,
    MapType,
    NumberType,
    ObjectType,
    SetType,
    TupleType,
    Type,
)
from constructs_ims.schema.values import Unknown

PREFIX: Final = "simulated-"
_EPOCH: Final = datetime(2024, 1, 1, tzinfo=UTC)
_YEAR: Final = 365 * 24 * 60 * 60


@lru_cache(maxsize=4096)
def _digest(seed: str) -> str:
    return hashlib.sha256(seed.encode()).hexdigest()


def made_up(type_: Type, seed: str, asked: Demand = ANYTHING) -> Any:
    """Return a value of a type that gives what is ``asked`` of it, the same for the same ``seed``."""
    match type_:
        case ObjectType(attributes):
            return {
                name: made_up(inner, f"{seed}.{name}", asked.of_attribute(name)) for name, inner in attributes.items()
            }
        case TupleType(elements):
            return [made_up(inner, f"{seed}[{at}]", asked.of_elements()) for at, inner in enumerate(elements)]
        case ListType(element):
            return [made_up(element, f"{seed}[{at}]", asked.of_elements()) for at in range(max(1, asked.length))]
        case SetType(element):
            return [made_up(element, f"{seed}[0]", asked.of_elements())]
        case MapType(element):
            return _map(element, seed, asked)
        case NumberType():
            number = int(_digest(seed), 16)
            return number % asked.length if asked.form == "position" and asked.length else 10 + number % 90
        case BoolType():
            return True
        case _:
            return _text(seed, asked) if type_ == STRING else made_up(asked.type(), seed, asked)


def _map(element: Type, seed: str, asked: Demand) -> dict[str, Any]:
    if not asked.keys:
        return {f"{PREFIX}key": made_up(element, f"{seed}.key", asked.of_elements())}
    return {key: made_up(element, f"{seed}.{key}", asked.of_elements()) for key in sorted(asked.keys)}


def _text(seed: str, asked: Demand) -> str:
    form = _FORMS.get(asked.form)
    if form is not None:
        return form(seed, asked)
    if asked.scalar == NUMBER:
        return str(made_up(NUMBER, seed))
    return "true" if asked.scalar == BOOL else _plain(seed)


def _plain(seed: str) -> str:
    return f"{PREFIX}{_digest(seed)[:12]}"


def _json(seed: str, asked: Demand) -> str:
    content = {} if _asks_nothing(asked.inner) else made_up(DYNAMIC, f"{seed}:json", asked.inner or ANYTHING)
    return json.dumps(content, sort_keys=True)


def _asks_nothing(inner: Demand | None) -> bool:
    return inner is None or (inner.element is None and not inner.attributes and inner.scalar == DYNAMIC)


def _base64(seed: str, asked: Demand) -> str:
    return base64.b64encode(_text(f"{seed}:decoded", asked.inner or ANYTHING).encode()).decode()


def _gzip(seed: str, asked: Demand) -> str:
    content = _text(f"{seed}:decoded", asked.inner or ANYTHING).encode()
    return base64.b64encode(gzip.compress(content, mtime=0)).decode()


def _cidr(seed: str, asked: Demand) -> str:
    """Return a network with room for what is asked: of 16 free bits or as many as it takes, of IPv6 where that says."""
    if "ipv6" in seed.rpartition(".")[2] or asked.length > _MOST_BITS:
        network = f"fd{_digest(seed)[:2]}:{_digest(seed)[2:6]}::/{min(56, 128 - asked.length)}"
    else:
        network = f"{_ip(seed, asked)}/{min(16, 32 - asked.length)}"
    return str(ipaddress.ip_network(network, strict=False))


_MOST_BITS: Final = 24
"""How many bits a private network of IPv4 has at most."""


def _is_network(text: str, asked: Demand) -> bool:
    network = ipaddress.ip_network(text)
    return "/" in text and network.max_prefixlen - network.prefixlen >= asked.length


def _ip(seed: str, asked: Demand) -> str:
    return f"10.{_octet(seed, asked)}.0.0"


def _octet(seed: str, asked: Demand) -> str:
    return str(int(_digest(seed), 16) % 256)


def _duration(seed: str, asked: Demand) -> str:
    return f"{made_up(NUMBER, seed)}h"


def _time(seed: str, asked: Demand) -> str:
    return (_EPOCH + timedelta(seconds=int(_digest(seed), 16) % _YEAR)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(seed: str, asked: Demand) -> str:
    """Return a number in the base that is asked for."""
    number, base, digits = int(made_up(NUMBER, seed)), _base(asked), ""
    while number:
        number, digit = divmod(number, min(base, 36))
        digits = f"{_DIGITS[digit]}{digits}"
    return digits


_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


def _base(asked: Demand) -> int:
    return int(asked.pattern) if asked.pattern.isdecimal() and int(asked.pattern) > 1 else 10


def _split(seed: str, asked: Demand) -> str:
    parts = (_text(f"{seed}/{at}", asked.inner or ANYTHING) for at in range(max(1, asked.length)))
    # A part holds no separator, or there would be more of them.
    return asked.pattern.join(part.replace(asked.pattern, "") or "x" for part in parts)


def _has_parts(parts: list[str], asked: Demand) -> bool:
    return len(parts) >= asked.length and all(_suits(part, asked.inner) for part in parts)


def _csv(seed: str, asked: Demand) -> str:
    columns, count = _table(asked)
    rows = ([_text(f"{seed}[{at}].{name}", columns[name]) for name in columns] for at in range(count))
    return "".join(f"{','.join(row)}\n" for row in (columns, *rows))


def _has_table(text: str, asked: Demand) -> bool:
    columns, count = _table(asked)
    header, *rows = text.splitlines() or [""]
    return columns.keys() <= set(header.split(",")) and len(rows) >= count


def _table(asked: Demand) -> tuple[dict[str, Demand], int]:
    """Return what is asked of each column of a table, and of how many rows."""
    rows = asked.inner or ANYTHING
    columns = dict(sorted(rows.of_elements().attributes.items()))
    return columns or {f"{PREFIX}column": ANYTHING}, max(1, rows.length)


def _matching(seed: str, asked: Demand) -> str:
    """Return a text that a pattern is found in: what is asked of the match itself where that will do."""
    plain = _text(seed, asked.inner or ANYTHING)
    return plain if is_found(asked.pattern, plain) else matching_text(asked.pattern, seed) or plain


def _matches(text: str, asked: Demand) -> bool:
    if not is_found(asked.pattern, text):
        return False
    return _suits(text, asked.inner) or not is_found(asked.pattern, _text("", asked.inner or ANYTHING))


def _all_matching(seed: str, asked: Demand) -> str:
    """Return a text with as many matches of a pattern as are read, or else with more."""
    count = max(1, asked.length)
    one = matching_text(asked.pattern, seed) or _plain(seed)
    texts = [
        _text(seed, asked.inner or ANYTHING),
        *(mark.join([one] * count) for mark in ("", " ", "-", "/", ",", "x")),
    ]
    return min(texts, key=lambda text: _surplus(match_count(asked.pattern, text), count))


def _surplus(found: int, count: int) -> float:
    return found - count if found >= count else math.inf


def _suits(text: str, asked: Demand | None) -> bool:
    """Tell whether a text, or a part of one, can be read as what it is asked to be."""
    if asked is None:
        return True
    if asked.form in _READERS:
        return _fits(text, asked)
    if asked.scalar == NUMBER:
        return text.removeprefix("-").replace(".", "", 1).isdecimal()
    return asked.scalar != BOOL or text in ("true", "false")


_FORMS: Final[Mapping[str, Callable[[str, Demand], str]]] = {
    "json": _json,
    "base64": _base64,
    "gzip": _gzip,
    "cidr": _cidr,
    "ip": _ip,
    "octet": _octet,
    "time": _time,
    "duration": _duration,
    "number": _number,
    "split": _split,
    "regex": _matching,
    "regexall": _all_matching,
    "csv": _csv,
}


def _fits(text: str, asked: Demand) -> bool:
    """Tell whether a text can be read as what it is asked to be."""
    try:
        return _READERS[asked.form](text, asked)
    except (ValueError, OSError, EOFError, RecursionError):
        return False


_READERS: Final[Mapping[str, Callable[[str, Demand], bool]]] = {
    "base64": lambda text, asked: bool(base64.b64decode(text, validate=True)) or not text,
    "gzip": lambda text, asked: bool(gzip.decompress(base64.b64decode(text, validate=True))) or True,
    "cidr": _is_network,
    "ip": lambda text, asked: bool(ipaddress.ip_address(text)),
    "octet": lambda text, asked: int(text) < 256,
    "time": lambda text, asked: bool(datetime.fromisoformat(text)),
    "duration": lambda text, asked: re.fullmatch(r"-?([0-9.]+(ns|us|ms|s|m|h))+", text) is not None,
    "number": lambda text, asked: int(text, min(_base(asked), 36)) >= 0,
    "regex": _matches,
    "regexall": lambda text, asked: match_count(asked.pattern, text) >= max(1, asked.length),
    "csv": _has_table,
    "split": lambda text, asked: _has_parts(text.split(asked.pattern), asked),
}


def filled(value: Any, type_: Type, seed: str, asked: Demand = ANYTHING) -> Any:
    """Return a value with whatever is unknown inside made up."""
    if value is Unknown:
        return made_up(type_, seed, asked)
    match value, type_:
        case dict(), ObjectType(attributes):
            return {
                name: filled(item, attributes.get(name, DYNAMIC), f"{seed}.{name}", asked.of_attribute(name))
                for name, item in value.items()
            }
        case dict(), _:
            element = type_.element if isinstance(type_, MapType) else DYNAMIC
            return {name: filled(item, element, f"{seed}.{name}", asked.of_elements()) for name, item in value.items()}
        case list(), _:
            element = type_.element if isinstance(type_, ListType | SetType) else DYNAMIC
            return [filled(item, element, f"{seed}[{at}]", asked.of_elements()) for at, item in enumerate(value)]
        case _:
            return value


def grown(value: Any, type_: Type, seed: str, asked: Demand = ANYTHING) -> Any:
    """Return a value that was made up before with what is asked of it by now: more elements, keys, another form."""
    match value, type_:
        case None, _:
            return made_up(type_, seed, asked)
        case list(), ListType(element):
            inner = asked.of_elements()
            more = range(len(value), asked.length)
            return [
                *(grown(item, element, f"{seed}[{at}]", inner) for at, item in enumerate(value)),
                *(made_up(element, f"{seed}[{at}]", inner) for at in more),
            ]
        case dict(), MapType(element):
            missing = {key: made_up(element, f"{seed}.{key}", asked.of_elements()) for key in asked.keys - value.keys()}
            return {**value, **missing}
        case dict(), ObjectType(attributes):
            return {
                name: grown(value.get(name), inner, f"{seed}.{name}", asked.of_attribute(name))
                for name, inner in attributes.items()
            }
        case str(), _ if asked.form == "json":
            return _grown_json(value, seed, asked)
        case str(), _ if asked.form in _READERS:
            return value if _fits(value, asked) else made_up(type_, seed, asked)
        case _:
            return value


def _grown_json(text: str, seed: str, asked: Demand) -> str:
    made = _json(seed, asked)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return made
    more = json.loads(made)
    if not isinstance(content, dict) or not isinstance(more, dict) or more.keys() <= content.keys():
        return text
    return json.dumps({**more, **content}, sort_keys=True)
